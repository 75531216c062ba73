//! Sentiment by a sequence classifier of anyone's: two, three or five classes onto negative, neutral and positive.

use std::sync::Arc;

use super::checkpoint::Checkpoint;
use super::classifier::{Classifier, Input, Weights};
use super::device::Place;
use crate::article::Paragraph;
use crate::engine::model::ModelError;
use crate::engine::tokens::windows;
use crate::engine::{EngineError, Part};
use crate::findings::Sentiment;

/// A classifier whose classes are understood.
pub(super) struct Model {
    weights: Arc<Weights>,
    /// The valence of each class, -1 to 1; its sign is the class it counts for.
    valences: Vec<f32>,
}

impl Model {
    /// Reads a checkpoint and what its classes mean.
    pub(super) fn load(checkpoint: &Checkpoint, place: Place) -> Result<Model, ModelError> {
        let weights = Weights::load(checkpoint, place)?;
        let valences = valences(weights.labels()).map_err(|why| checkpoint.unusable("config.json", why))?;
        Ok(Model {
            weights: Arc::new(weights),
            valences,
        })
    }

    /// For `run.json`: the model, and what each of its classes was taken for.
    pub(super) fn part(&self) -> Part {
        let labels = self.weights.labels().iter().zip(&self.valences);
        let mut notes: Vec<String> = labels
            .map(|(label, valence)| format!("`{label}` is taken for {}", class(*valence)))
            .collect();
        if !self.valences.contains(&0.0) {
            notes.push("it has no neutral class".to_owned());
        }
        self.weights.pretrained.part("sentiment", notes)
    }

    /// The model as one worker has it.
    pub(super) fn reader(self: &Arc<Model>) -> Reader {
        Reader {
            classifier: Classifier::new(Arc::clone(&self.weights)),
            model: Arc::clone(self),
        }
    }
}

fn class(valence: f32) -> &'static str {
    if valence < 0.0 {
        "negative"
    } else if valence > 0.0 {
        "positive"
    } else {
        "neutral"
    }
}

/// What the names of classes mean, as valences from -1 to 1.
fn valences(labels: &[String]) -> Result<Vec<f32>, String> {
    let plain: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
    let stars: Vec<f32> = plain
        .iter()
        .filter_map(|label| label.strip_suffix("stars").or_else(|| label.strip_suffix("star")))
        .filter_map(|number| number.trim().parse().ok())
        .collect();
    if stars.len() == labels.len() {
        let middle = (labels.len() + 1) as f32 / 2.0;
        return Ok(stars
            .iter()
            .map(|star| (star - middle) / (middle - 1.0))
            .collect());
    }
    // "very negative" is worse than "negative" only beside it.
    let graded = plain.iter().any(|label| strong(label));
    let valence = |label: &String| -> Option<f32> {
        let sign = match label {
            label if label.contains("neg") => -1.0,
            label if label.contains("pos") => 1.0,
            label if ["neutral", "neu", "mixed", "other"].contains(&label.as_str()) => 0.0,
            _ => return None,
        };
        Some(if graded && !strong(label) {
            sign / 2.0
        } else {
            sign
        })
    };
    let valences: Option<Vec<f32>> = plain.iter().map(valence).collect();
    valences
        .filter(|all| all.iter().any(|v| *v < 0.0) && all.iter().any(|v| *v > 0.0))
        .ok_or_else(|| {
            format!(
                "its classes are {}, which do not say what is negative and what positive; name them so in `id2label`",
                labels.join(", ")
            )
        })
}

fn strong(label: &str) -> bool {
    ["very", "strong", "extreme"]
        .iter()
        .any(|word| label.contains(word))
}

/// Reads paragraphs for one worker.
pub(super) struct Reader {
    classifier: Classifier,
    model: Arc<Model>,
}

impl Reader {
    /// The sentiment of each paragraph, and the windows in which it was read.
    pub(super) fn read(&self, paragraphs: &[Paragraph]) -> Result<Vec<(Sentiment, u32)>, EngineError> {
        let mut inputs: Vec<Input> = Vec::new();
        // Of each input, its paragraph and the tokens that it answers for.
        let mut shares: Vec<(usize, usize)> = Vec::new();
        for (index, paragraph) in paragraphs.iter().enumerate() {
            let encoding = self.classifier.encode(&paragraph.text)?;
            let ids = encoding.get_ids();
            for window in windows(ids.len(), self.classifier.capacity(None)) {
                inputs.push(self.classifier.single(&ids[window.read]));
                shares.push((index, window.own.len().max(1)));
            }
        }
        let answers = self.classifier.probabilities(&inputs)?;
        let mut sums: Vec<(Sentiment, f32, u32)> = vec![(NOTHING, 0.0, 0); paragraphs.len()];
        for ((index, tokens), p) in shares.into_iter().zip(answers) {
            let (sum, weight, windows) = &mut sums[index];
            let share = tokens as f32;
            for (p, valence) in p.iter().zip(&self.model.valences) {
                let slot = match class(*valence) {
                    "negative" => &mut sum.negative,
                    "positive" => &mut sum.positive,
                    _ => &mut sum.neutral,
                };
                *slot += p * share;
                sum.score += p * valence * share;
            }
            *weight += share;
            *windows += 1;
        }
        let mean = |(sum, weight, windows): (Sentiment, f32, u32)| {
            let mean = Sentiment {
                negative: sum.negative / weight,
                neutral: sum.neutral / weight,
                positive: sum.positive / weight,
                score: sum.score / weight,
            };
            (mean, windows)
        };
        Ok(sums.into_iter().map(mean).collect())
    }
}

const NOTHING: Sentiment = Sentiment {
    negative: 0.0,
    neutral: 0.0,
    positive: 0.0,
    score: 0.0,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(labels: &[&str], expected: &[f32]) {
        let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
        assert_eq!(valences(&labels), Ok(expected.to_vec()));
    }

    #[test]
    fn classes_are_understood_by_their_names() {
        check(&["NEGATIVE", "POSITIVE"], &[-1.0, 1.0]);
        check(&["POS", "NEU", "NEG"], &[1.0, 0.0, -1.0]);
        check(&["positive", "mixed", "negative"], &[1.0, 0.0, -1.0]);
        check(
            &["1 star", "2 stars", "3 stars", "4 stars", "5 stars"],
            &[-1.0, -0.5, 0.0, 0.5, 1.0],
        );
        check(
            &[
                "Very Negative",
                "Negative",
                "Neutral",
                "Positive",
                "Very Positive",
            ],
            &[-1.0, -0.5, 0.0, 0.5, 1.0],
        );
    }

    #[test]
    fn classes_that_say_nothing_are_refused() {
        for labels in [["LABEL_0", "LABEL_1"], ["joy", "anger"], ["positive", "neutral"]] {
            assert!(valences(&labels.map(str::to_owned)).is_err(), "{labels:?}");
        }
    }
}
