//! Paragraphs into batches: which of them an engine reads together. Pure.
//!
//! An engine that reads one paragraph a pass asks for a budget of one token and gets batches of one.

use crate::article::Paragraph;

/// Paragraphs that an engine reads together; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The paragraphs, each with its place among the run's analysed paragraphs, counted from zero.
    pub items: Vec<(u64, Paragraph)>,
}

/// About how many tokens a paragraph has: English news has one for every four bytes, and every
/// pass adds two. Good enough to group by length; an engine counts for itself.
#[must_use]
pub fn cost(paragraph: &Paragraph) -> usize {
    paragraph.text.len() / 4 + 2
}

/// Groups paragraphs of similar length, so that little is spent on padding.
///
/// A batch costs its longest member times its size, because shorter members are padded. No batch
/// costs more than `budget` tokens, save one that holds a single paragraph: that one is the engine's
/// to read in windows. Ties keep their order, so the plan follows from its input alone.
#[must_use]
pub fn plan(mut window: Vec<(u64, Paragraph)>, budget: usize) -> Vec<Batch> {
    window.sort_by_key(|(seq, paragraph)| (cost(paragraph), *seq));
    let mut batches: Vec<Batch> = Vec::new();
    for item in window {
        let longest = cost(&item.1); // the longest so far, since lengths go upwards
        match batches.last_mut() {
            Some(batch) if longest * (batch.items.len() + 1) <= budget => batch.items.push(item),
            _ => batches.push(Batch { items: vec![item] }),
        }
    }
    // Whoever waits for the first row waits least if the earliest paragraphs are read first.
    batches.sort_by_key(|batch| batch.items.iter().map(|(seq, _)| *seq).min());
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paragraph(bytes: usize) -> Paragraph {
        Paragraph {
            text: "a".repeat(bytes),
            ..crate::article::tests::paragraph("")
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_budget_is_kept(
            lengths in proptest::collection::vec(0_usize..3_000, 0..60),
            budget in 1_usize..4_096,
        ) {
            let window: Vec<_> = (0_u64..).zip(lengths.iter().map(|&n| paragraph(n))).collect();
            let batches = plan(window.clone(), budget);
            for batch in &batches {
                let longest = batch.items.iter().map(|(_, p)| cost(p)).max().unwrap_or(0);
                prop_assert!(batch.items.len() == 1 || longest * batch.items.len() <= budget);
            }
            let mut back: Vec<_> = batches.into_iter().flat_map(|batch| batch.items).collect();
            back.sort_by_key(|(seq, _)| *seq);
            prop_assert_eq!(back, window);
        }
    }

    #[test]
    fn a_budget_of_one_token_reads_in_order_one_by_one() {
        let window: Vec<_> = (0_u64..).zip([400, 8, 90].map(paragraph)).collect();
        let order: Vec<u64> = plan(window, 1).iter().map(|batch| batch.items[0].0).collect();
        assert_eq!(order, [0, 1, 2]);
    }
}
