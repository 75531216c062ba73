//! Where does a paragraph stand toward a target? Mentions into one answer, with its evidence. Pure.

use crate::article::Paragraph;
use crate::findings::Stance;

/// Whose words a mention stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The author's.
    Author,
    /// Words in quotation marks, of whom the text names, if it does.
    Quoted(Option<String>),
}

impl Voice {
    /// Whose words stand at a byte of the paragraph.
    #[must_use]
    pub fn at(paragraph: &Paragraph, byte: usize) -> Voice {
        let quotations = &paragraph.quotations;
        let next = quotations.partition_point(|quotation| quotation.span.end <= byte);
        quotations
            .get(next)
            .filter(|quotation| quotation.span.contains(&byte))
            .map_or(Voice::Author, |quotation| {
                Voice::Quoted(quotation.speaker.clone())
            })
    }

    /// `author`, the speaker's name, or `quoted` where the text names nobody.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Voice::Author => "author",
            Voice::Quoted(Some(speaker)) => speaker,
            Voice::Quoted(None) => "quoted",
        }
    }
}

/// Where the words of one voice in a paragraph stand toward one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Index of the target.
    pub target: usize,
    /// Whose words.
    pub voice: Voice,
    /// Mean over the mentions.
    pub p: Stance,
    /// Index of the mention that speaks most clearly for the label.
    pub evidence: usize,
}

/// One answer for each target and voice that mentions it, by target, then by first mention.
///
/// `stances` are those of the paragraph's mentions, in their order.
#[must_use]
pub fn answers(paragraph: &Paragraph, stances: &[Stance]) -> Vec<Answer> {
    let mut groups: Vec<(usize, Voice, Vec<usize>)> = Vec::new();
    for (index, mention) in paragraph.mentions.iter().enumerate().take(stances.len()) {
        let voice = Voice::at(paragraph, mention.span.start);
        match groups
            .iter_mut()
            .find(|(target, other, _)| *target == mention.target && *other == voice)
        {
            Some((_, _, members)) => members.push(index),
            None => groups.push((mention.target, voice, vec![index])),
        }
    }
    groups.sort_by_key(|(target, _, members)| (*target, members[0]));
    groups
        .into_iter()
        .filter_map(|(target, voice, members)| {
            let p = Stance::mean(members.iter().map(|&index| &stances[index]))?;
            let label = p.label();
            let evidence = members.iter().copied().reduce(|best, next| {
                if stances[next].of_label(label) > stances[best].of_label(label) {
                    next
                } else {
                    best
                }
            })?;
            Some(Answer {
                target,
                voice,
                p,
                evidence,
            })
        })
        .collect()
}

/// The stance of a whole paragraph toward one target: the mean over its mentions, those in quotation
/// marks only if `quoted` are to count. `None` if nothing that counts mentions it.
#[must_use]
pub fn overall(paragraph: &Paragraph, stances: &[Stance], target: usize, quoted: bool) -> Option<Stance> {
    Stance::mean(
        paragraph
            .mentions
            .iter()
            .zip(stances)
            .filter_map(|(mention, stance)| {
                let counts = quoted || Voice::at(paragraph, mention.span.start) == Voice::Author;
                (mention.target == target && counts).then_some(stance)
            }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Mention, Quotation, tests::paragraph};

    fn stance(against: f32, neutral: f32, favor: f32) -> Stance {
        Stance {
            against,
            neutral,
            favor,
        }
    }

    #[test]
    fn a_hostile_quotation_is_not_a_hostile_author() {
        let mut p = paragraph("Canada acted. “Canada lies,” said Kim, and Canada shrugged.");
        p.quotations = vec![Quotation {
            span: 14..31,
            speaker: Some("Kim".to_owned()),
        }];
        p.mentions = ["Canada acted", "Canada lies", "Canada shrugged"]
            .map(|at| p.text.find(at).unwrap_or(0))
            .map(|start| Mention {
                span: start..start + 6,
                target: 0,
            })
            .into();
        let stances = [
            stance(0.1, 0.6, 0.3),
            stance(0.9, 0.1, 0.0),
            stance(0.1, 0.8, 0.1),
        ];
        let shown: Vec<_> = answers(&p, &stances)
            .into_iter()
            .map(|answer| (answer.voice.name().to_owned(), answer.p.label(), answer.evidence))
            .collect();
        assert_eq!(
            shown,
            [
                ("author".to_owned(), "neutral", 2),
                ("Kim".to_owned(), "against", 1)
            ]
        );
        let author = overall(&p, &stances, 0, false).map(|p| p.score());
        assert!(author.is_some_and(|score| (score - 0.1).abs() < 1e-6));
        assert_eq!(overall(&p, &stances, 1, true), None);
    }

    #[test]
    fn a_tie_is_neutral() {
        assert_eq!(stance(0.4, 0.4, 0.2).label(), "neutral");
        assert_eq!(stance(0.4, 0.2, 0.4).label(), "against");
        assert_eq!(stance(0.2, 0.3, 0.5).label(), "favor");
    }
}
