//! Stance by natural language inference: does the paragraph entail that its author is for the target, or against it?
//!
//! Only targets that a paragraph mentions are asked about. All mentions of a target in a paragraph get one answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checkpoint::Checkpoint;
use super::classifier::{Classifier, Input, Weights};
use super::device::Place;
use crate::article::{Mention, Paragraph};
use crate::engine::choice::Hypotheses;
use crate::engine::model::ModelError;
use crate::engine::tokens::windows;
use crate::engine::{EngineError, Part};
use crate::findings::Stance;

/// A classifier that knows entailment, and what it is asked.
pub(super) struct Model {
    weights: Arc<Weights>,
    /// Which of its classes means that the second text follows from the first.
    entailment: usize,
    hypotheses: Hypotheses,
}

impl Model {
    /// Reads a checkpoint and finds its class for entailment.
    pub(super) fn load(
        checkpoint: &Checkpoint,
        hypotheses: &Hypotheses,
        place: Place,
    ) -> Result<Model, ModelError> {
        let weights = Weights::load(checkpoint, place)?;
        let entailment = entailment(weights.labels()).ok_or_else(|| {
            let why = format!(
                "its classes are {}; a model of natural language inference has one called `entailment`",
                weights.labels().join(", ")
            );
            checkpoint.unusable("config.json", why)
        })?;
        Ok(Model {
            weights: Arc::new(weights),
            entailment,
            hypotheses: hypotheses.clone(),
        })
    }

    /// For `run.json`: the model, and what it is asked.
    pub(super) fn part(&self) -> Part {
        let notes = vec![
            format!("favor: {}", self.hypotheses.favor),
            format!("against: {}", self.hypotheses.against),
            format!(
                "`{}` is taken for entailment",
                self.weights.labels()[self.entailment]
            ),
        ];
        self.weights.pretrained.part("stance", notes)
    }

    /// The model as one worker has it.
    pub(super) fn reader(self: &Arc<Model>) -> Reader {
        Reader {
            classifier: Classifier::new(Arc::clone(&self.weights)),
            model: Arc::clone(self),
        }
    }
}

/// Not the last class, and not any that merely ends so: `not_entailment` is the opposite.
fn entailment(labels: &[String]) -> Option<usize> {
    labels
        .iter()
        .position(|label| ["entailment", "entail", "entails"].contains(&label.to_lowercase().as_str()))
}

/// Reads paragraphs for one worker.
pub(super) struct Reader {
    classifier: Classifier,
    model: Arc<Model>,
}

/// One question and its reverse, to one part of one paragraph.
struct Question {
    paragraph: usize,
    target: usize,
}

impl Reader {
    /// The stance of each mention of each paragraph, given the targets' names.
    pub(super) fn read(
        &self,
        paragraphs: &[Paragraph],
        names: &[String],
    ) -> Result<Vec<Vec<Stance>>, EngineError> {
        let mut inputs: Vec<Input> = Vec::new();
        let mut questions: Vec<Question> = Vec::new();
        for (index, paragraph) in paragraphs.iter().enumerate() {
            for (target, mentions) in by_target(&paragraph.mentions) {
                let name = names
                    .get(target)
                    .map_or_else(|| &paragraph.text[mentions[0].span.clone()], String::as_str);
                for [favor, against] in self.pairs(&paragraph.text, &mentions, name)? {
                    inputs.extend([favor, against]);
                    questions.push(Question {
                        paragraph: index,
                        target,
                    });
                }
            }
        }
        let answers = self.classifier.probabilities(&inputs)?;
        let mut found: BTreeMap<(usize, usize), Vec<Stance>> = BTreeMap::new();
        for (question, p) in questions.iter().zip(answers.chunks_exact(2)) {
            found
                .entry((question.paragraph, question.target))
                .or_default()
                .push(weighed(p[0][self.model.entailment], p[1][self.model.entailment]));
        }
        let stance = |index: usize, mention: &Mention| {
            let windows = found.get(&(index, mention.target)).into_iter().flatten();
            Stance::mean(windows).ok_or_else(|| EngineError::Model("a target was not asked about".to_owned()))
        };
        paragraphs
            .iter()
            .enumerate()
            .map(|(index, paragraph)| {
                paragraph
                    .mentions
                    .iter()
                    .map(|mention| stance(index, mention))
                    .collect()
            })
            .collect()
    }

    /// The paragraph with both hypotheses; of a long one, every window that names the target.
    fn pairs(&self, text: &str, mentions: &[&Mention], name: &str) -> Result<Vec<[Input; 2]>, EngineError> {
        let hypothesis = |template: &str| self.classifier.encode(&template.replace("{target}", name));
        let favor = hypothesis(&self.model.hypotheses.favor)?;
        let against = hypothesis(&self.model.hypotheses.against)?;
        let encoding = self.classifier.encode(text)?;
        let (ids, offsets) = (encoding.get_ids(), encoding.get_offsets());
        let capacity = self.classifier.capacity(Some(favor.len().max(against.len())));
        if capacity < 8 {
            return Err(EngineError::Model(format!(
                "the name `{name}` leaves no room for the text"
            )));
        }
        let names = |window: &crate::engine::tokens::Window| {
            let tokens = &offsets[window.own.clone()];
            let named = |token: &(usize, usize)| {
                mentions
                    .iter()
                    .any(|mention| token.0 < mention.span.end && mention.span.start < token.1)
            };
            tokens.iter().any(named)
        };
        let mut read: Vec<_> = windows(ids.len(), capacity);
        if read.len() > 1 && read.iter().any(names) {
            read.retain(names);
        }
        Ok(read
            .into_iter()
            .map(|window| {
                let premise = &ids[window.read];
                [favor.get_ids(), against.get_ids()]
                    .map(|hypothesis| self.classifier.pair(premise, hypothesis))
            })
            .collect())
    }
}

/// Mentions of each target, targets in order.
fn by_target(mentions: &[Mention]) -> BTreeMap<usize, Vec<&Mention>> {
    let mut targets: BTreeMap<usize, Vec<&Mention>> = BTreeMap::new();
    for mention in mentions {
        targets.entry(mention.target).or_default().push(mention);
    }
    targets
}

/// What the probabilities of entailing the one and the other come to: who is for something is not against it.
fn weighed(favor: f32, against: f32) -> Stance {
    Stance {
        favor: favor * (1.0 - against),
        against: against * (1.0 - favor),
        neutral: favor * against + (1.0 - favor) * (1.0 - against),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entailment_is_found_wherever_it_stands() {
        let find = |labels: &[&str]| entailment(&labels.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(find(&["contradiction", "neutral", "entailment"]), Some(2));
        assert_eq!(find(&["ENTAILMENT", "NEUTRAL", "CONTRADICTION"]), Some(0));
        assert_eq!(find(&["entailment", "not_entailment"]), Some(0));
        assert_eq!(find(&["not_entailment", "entailment"]), Some(1));
        assert_eq!(find(&["negative", "positive"]), None);
    }

    #[test]
    fn both_entailed_or_neither_is_neutral() {
        for (favor, against, label) in [
            (0.9, 0.1, "favor"),
            (0.1, 0.9, "against"),
            (0.9, 0.9, "neutral"),
            (0.1, 0.1, "neutral"),
        ] {
            let stance = weighed(favor, against);
            assert_eq!(stance.label(), label);
            assert!((stance.favor + stance.neutral + stance.against - 1.0).abs() < 1e-6);
        }
    }
}
