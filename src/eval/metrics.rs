//! Figures of merit, from counts. Pure; each is checked against values computed by hand.

/// Gold against predicted, by class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    /// `[gold][predicted]`, row after row.
    counts: Vec<u64>,
}

/// How well one class is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerClass {
    /// Share of the predictions that are right; 0 where there are none.
    pub precision: f64,
    /// Share of the gold that is found; 0 where there is none.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// Gold of the class.
    pub support: u64,
}

impl Confusion {
    /// Counts pairs of gold and predicted classes.
    #[must_use]
    pub fn of(classes: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Confusion {
        let mut counts = vec![0; classes * classes];
        for (gold, predicted) in pairs {
            counts[gold * classes + predicted] += 1;
        }
        Confusion { classes, counts }
    }

    /// Pairs of that gold and that prediction.
    #[must_use]
    pub fn at(&self, gold: usize, predicted: usize) -> u64 {
        self.counts[gold * self.classes + predicted]
    }

    /// Share of the pairs that agree.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|class| self.at(class, class)).sum();
        share(right, self.counts.iter().sum())
    }

    /// Precision, recall and F1 of a class.
    #[must_use]
    pub fn class(&self, class: usize) -> PerClass {
        let support: u64 = (0..self.classes).map(|predicted| self.at(class, predicted)).sum();
        let predicted: u64 = (0..self.classes).map(|gold| self.at(gold, class)).sum();
        per_class(self.at(class, class), predicted, support)
    }

    /// Mean F1 of the classes that the gold has.
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        mean(
            (0..self.classes)
                .map(|class| self.class(class))
                .filter(|class| class.support > 0)
                .map(|c| c.f1),
        )
    }
}

/// Precision, recall and F1 from what was right, predicted and there to find.
#[must_use]
pub fn per_class(right: u64, predicted: u64, support: u64) -> PerClass {
    let (precision, recall) = (share(right, predicted), share(right, support));
    let f1 = share(2 * right, predicted + support);
    PerClass {
        precision,
        recall,
        f1,
        support,
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The mean; 0 of none.
#[must_use]
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Pearson's correlation; `None` where one side does not vary.
#[must_use]
pub fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let (mx, my) = (mean(pairs.iter().map(|p| p.0)), mean(pairs.iter().map(|p| p.1)));
    let sums = pairs.iter().fold((0.0, 0.0, 0.0), |(xy, xx, yy), (x, y)| {
        (
            xy + (x - mx) * (y - my),
            xx + (x - mx).powi(2),
            yy + (y - my).powi(2),
        )
    });
    let scale = (sums.1 * sums.2).sqrt();
    (scale > 0.0).then(|| sums.0 / scale)
}

/// F1 of the kept tokens of one sentence; a sentence of which neither side keeps a token counts as 1.
#[must_use]
pub fn kept_f1(gold: &[bool], predicted: &[bool]) -> f64 {
    let count = |side: &[bool]| side.iter().filter(|keep| **keep).count() as u64;
    let both = gold.iter().zip(predicted).filter(|(a, b)| **a && **b).count() as u64;
    match count(gold) + count(predicted) {
        0 => 1.0,
        either => share(2 * both, either),
    }
}

/// The mentions that a sequence of BIO tags marks: class, first word, word after the last. An `I-` that
/// follows nothing of its class begins a mention, as in the `CoNLL` scorer (Tjong Kim Sang and De Meulder 2003).
#[must_use]
pub fn mentions(tags: &[String]) -> Vec<(&str, usize, usize)> {
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let Some((mark, class)) = tag.split_once('-') else {
            continue;
        };
        match found.last_mut() {
            Some((open, _, end)) if mark == "I" && *open == class && *end == at => *end = at + 1,
            _ => found.push((class, at, at + 1)),
        }
    }
    found
}

/// A percentile bootstrap interval of 95 % (Efron 1979) of a figure over records drawn with
/// replacement, from a fixed seed.
#[must_use]
pub fn bootstrap(records: usize, figure: impl Fn(&[usize]) -> f64) -> [f64; 2] {
    const ROUNDS: usize = 1_000;
    if records == 0 {
        return [0.0, 0.0];
    }
    let mut random = fastrand::Rng::with_seed(20_210_419);
    let mut drawn = vec![0; records];
    let mut figures: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            drawn.fill_with(|| random.usize(..records));
            figure(&drawn)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    [figures[ROUNDS / 40], figures[ROUNDS - 1 - ROUNDS / 40]]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-9, "{got} is not {expected}");
    }

    #[test]
    fn figures_are_those_computed_by_hand() {
        // Class 0: 2 of 3 found, 2 of 2 right: P 1, R 2/3, F 4/5. Class 1: 1 of 1 found, 1 of 2 right: F 2/3.
        let confusion = Confusion::of(3, [(0, 0), (0, 0), (0, 1), (1, 1)]);
        close(confusion.accuracy(), 0.75);
        close(confusion.class(0).precision, 1.0);
        close(confusion.class(0).recall, 2.0 / 3.0);
        close(confusion.class(0).f1, 0.8);
        close(confusion.class(1).f1, 2.0 / 3.0);
        // Class 2 has no gold and does not count.
        close(confusion.macro_f1(), 11.0 / 15.0);
    }

    #[test]
    fn correlation_is_that_computed_by_hand() {
        // Deviations (-1, 0, 1) and (-1, 1, 0): 1 / sqrt(2 · 2).
        close(pearson(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0)]).unwrap(), 0.5);
        assert_eq!(pearson(&[(1.0, 1.0), (1.0, 2.0)]), None);
    }

    #[test]
    fn kept_tokens_are_scored_sentence_by_sentence() {
        close(kept_f1(&[true, true, false], &[true, false, true]), 0.5);
        close(kept_f1(&[false], &[false]), 1.0);
        close(kept_f1(&[true], &[false]), 0.0);
    }

    #[test]
    fn tags_become_mentions() {
        let tags: Vec<String> = ["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG"]
            .map(str::to_owned)
            .into();
        assert_eq!(
            mentions(&tags),
            [("PER", 0, 2), ("PER", 2, 3), ("LOC", 4, 5), ("ORG", 5, 6)]
        );
    }

    #[test]
    fn the_interval_holds_the_figure_and_never_changes() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let figure = |drawn: &[usize]| mean(drawn.iter().map(|&at| values[at]));
        let [low, high] = bootstrap(values.len(), figure);
        assert!(low < 49.5 && 49.5 < high && high - low < 14.0, "{low} {high}");
        let [again_low, again_high] = bootstrap(values.len(), figure);
        close(again_low, low);
        close(again_high, high);
    }
}
