//! Sequence classifiers: BERT, DistilBERT, RoBERTa, BART and DeBERTa, with an attention mask of our own.
//!
//! `rust-bert`'s pipeline passes none, so that a text's logits depend on the texts beside it.

use std::sync::Arc;

use rust_bert::bart::{BartConfig, BartForSequenceClassification};
use rust_bert::bert::{BertConfig, BertForSequenceClassification};
use rust_bert::distilbert::{DistilBertConfig, DistilBertModelClassifier};
use rust_bert::roberta::RobertaForSequenceClassification;
use tch::Tensor;
use tch::nn::Path;
use tokenizers::{Encoding, Tokenizer};

use super::checkpoint::{Checkpoint, Pretrained};
use super::deberta::{self, Deberta};
use super::device::Place;
use super::padded::Padded;
use super::shared::{Architecture, Tensors};
use crate::engine::EngineError;
use crate::engine::model::ModelError;

/// Tokens that are read together at most, padding included.
const TOGETHER: usize = 4_096;

/// What kind of network it is, and how large.
pub(super) enum Family {
    Bert(BertConfig),
    DistilBert(DistilBertConfig),
    Roberta(BertConfig),
    Bart(Box<BartConfig>),
    Deberta(deberta::Config),
}

pub(super) enum Model {
    Bert(BertForSequenceClassification),
    DistilBert(DistilBertModelClassifier),
    Roberta(RobertaForSequenceClassification),
    Bart(BartForSequenceClassification),
    Deberta(Box<Deberta>),
}

/// The tokens that a network wants around a text.
#[derive(Clone, Copy)]
struct Frame {
    open: u32,
    close: u32,
    pad: u32,
    /// How many closing tokens stand between the two texts of a pair.
    between: usize,
    /// Whether the second text of a pair is marked by its token type.
    types: bool,
}

impl Architecture for Family {
    type Network = Model;

    fn named(&self, tensors: Tensors) -> Result<Tensors, String> {
        match self {
            Family::Deberta(config) => deberta::named(tensors, config),
            _ => Ok(tensors),
        }
    }

    fn build(&self, root: Path<'_>) -> Result<Model, String> {
        match self {
            Family::Bert(config) => BertForSequenceClassification::new(root, config).map(Model::Bert),
            Family::DistilBert(config) => DistilBertModelClassifier::new(root, config).map(Model::DistilBert),
            Family::Roberta(config) => {
                RobertaForSequenceClassification::new(root, config).map(Model::Roberta)
            }
            Family::Bart(config) => BartForSequenceClassification::new(root, config).map(Model::Bart),
            Family::Deberta(config) => Ok(Model::Deberta(Box::new(Deberta::new(&root, config.clone())))),
        }
        .map_err(|error| error.to_string())
    }
}

/// What all workers share of a classifier.
pub(super) struct Weights {
    pub(super) pretrained: Pretrained<Family>,
    frame: Frame,
    positions: usize,
    labels: Vec<String>,
}

impl Weights {
    /// Reads a checkpoint and builds its network once.
    pub(super) fn load(checkpoint: &Checkpoint, place: Place) -> Result<Weights, ModelError> {
        let family = family(checkpoint)?;
        let labels = checkpoint.labels()?;
        let positions = positions(&family);
        let pretrained = checkpoint.load(family, place)?;
        let frame = frame(&pretrained.shared.architecture, &pretrained.tokenizer);
        Ok(Weights {
            frame: frame.map_err(|why| checkpoint.unusable("tokenizer.json", why))?,
            pretrained,
            positions,
            labels,
        })
    }

    /// The classes, in the order of the logits.
    pub(super) fn labels(&self) -> &[String] {
        &self.labels
    }
}

fn family(checkpoint: &Checkpoint) -> Result<Family, ModelError> {
    let bert = || checkpoint.config(&BertConfig::default());
    Ok(match checkpoint.kind() {
        "bert" => Family::Bert(bert()?),
        "roberta" | "xlm-roberta" | "camembert" => Family::Roberta(bert()?),
        "distilbert" => Family::DistilBert(checkpoint.config(&DistilBertConfig::default())?),
        "bart" => Family::Bart(Box::new(checkpoint.config(&BartConfig::default())?)),
        "deberta" | "deberta-v2" => Family::Deberta(checkpoint.config(&deberta::Config::default())?),
        other => {
            let why = format!(
                "`model_type` is `{other}`; classifiers may be bert, distilbert, roberta, xlm-roberta, bart, deberta or deberta-v2"
            );
            return Err(checkpoint.unusable("config.json", why));
        }
    })
}

fn frame(family: &Family, tokenizer: &Tokenizer) -> Result<Frame, String> {
    let (open, close, pad, between, types) = match family {
        Family::Bert(_) => ("[CLS]", "[SEP]", "[PAD]", 1, true),
        Family::DistilBert(_) => ("[CLS]", "[SEP]", "[PAD]", 1, false),
        Family::Deberta(config) => ("[CLS]", "[SEP]", "[PAD]", 1, config.type_vocab_size > 0),
        Family::Roberta(_) | Family::Bart(_) => ("<s>", "</s>", "<pad>", 2, false),
    };
    let id = |name: &str| {
        tokenizer
            .token_to_id(name)
            .ok_or_else(|| format!("it has no `{name}` token"))
    };
    Ok(Frame {
        open: id(open)?,
        close: id(close)?,
        pad: id(pad)?,
        between,
        types,
    })
}

/// Tokens in a pass, those of the frame included.
fn positions(family: &Family) -> usize {
    let positions = match family {
        Family::Bert(config) => config.max_position_embeddings,
        Family::DistilBert(config) => config.max_position_embeddings,
        // Positions are counted from behind that of the padding.
        Family::Roberta(config) => config.max_position_embeddings - 2,
        Family::Bart(config) => config.max_position_embeddings,
        Family::Deberta(config) => config.max_position_embeddings,
    };
    usize::try_from(positions).unwrap_or(0)
}

/// Tokens of one pass with their frame.
pub(super) struct Input {
    ids: Vec<i64>,
    types: Vec<i64>,
}

/// A classifier as one worker has it.
pub(super) struct Classifier {
    weights: Arc<Weights>,
    model: Model,
}

impl Classifier {
    pub(super) fn new(weights: Arc<Weights>) -> Classifier {
        Classifier {
            model: weights.pretrained.shared.network(),
            weights,
        }
    }

    /// A text's tokens, without a frame.
    pub(super) fn encode(&self, text: &str) -> Result<Encoding, EngineError> {
        self.weights.pretrained.encode(text)
    }

    /// How many tokens of a text fit into a pass, beside a second text of so many tokens.
    pub(super) fn capacity(&self, second: Option<usize>) -> usize {
        let frame = 2 + second.map_or(0, |tokens| tokens + self.weights.frame.between);
        self.weights.positions.saturating_sub(frame)
    }

    /// Puts the frame around a text.
    pub(super) fn single(&self, text: &[u32]) -> Input {
        self.framed(text, None)
    }

    /// Puts the frame around two texts.
    pub(super) fn pair(&self, first: &[u32], second: &[u32]) -> Input {
        self.framed(first, Some(second))
    }

    fn framed(&self, first: &[u32], second: Option<&[u32]>) -> Input {
        let Frame {
            open,
            close,
            between,
            types,
            ..
        } = self.weights.frame;
        let mut ids = vec![open];
        ids.extend(first);
        let mut second_from = usize::MAX;
        if let Some(second) = second {
            ids.extend(std::iter::repeat_n(close, between));
            second_from = ids.len();
            ids.extend(second);
        }
        ids.push(close);
        Input {
            types: (0..ids.len())
                .map(|at| i64::from(types && at >= second_from))
                .collect(),
            ids: ids.into_iter().map(i64::from).collect(),
        }
    }

    /// The probability of each class, for each input.
    pub(super) fn probabilities(&self, inputs: &[Input]) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut answers = Vec::with_capacity(inputs.len());
        let mut rest = inputs;
        while !rest.is_empty() {
            let (together, later) = rest.split_at(together(rest));
            rest = later;
            let logits = self.logits(together)?;
            let failed = |error: tch::TchError| EngineError::Model(error.to_string());
            let p = logits.f_softmax(-1, tch::Kind::Float).map_err(failed)?;
            answers.extend(Vec::<Vec<f32>>::try_from(p).map_err(failed)?);
        }
        Ok(answers)
    }

    /// A row of logits for each input.
    pub(super) fn logits(&self, inputs: &[Input]) -> Result<Tensor, EngineError> {
        let Weights {
            pretrained, frame, ..
        } = &*self.weights;
        let device = pretrained.shared.place.device;
        let ids: Vec<&Vec<i64>> = inputs.iter().map(|input| &input.ids).collect();
        let types: Vec<&Vec<i64>> = inputs.iter().map(|input| &input.types).collect();
        let Padded { values: ids, mask } = Padded::new(&ids, i64::from(frame.pad), device);
        let types = Padded::new(&types, 0, device).values;
        tch::no_grad(|| match &self.model {
            Model::Bert(model) => Ok(model
                .forward_t(Some(&ids), Some(&mask), Some(&types), None, None, false)
                .logits),
            Model::DistilBert(model) => model
                .forward_t(Some(&ids), Some(&mask), None, false)
                .map(|output| output.logits),
            Model::Roberta(model) => Ok(model
                .forward_t(Some(&ids), Some(&mask), Some(&types), None, None, false)
                .logits),
            Model::Deberta(model) => Ok(model.forward(&ids, &mask, &types)),
            Model::Bart(model) => Ok(model
                .forward_t(&ids, Some(&mask), None, None, None, false)
                .decoder_output),
        })
        .map_err(|error| EngineError::Model(error.to_string()))
    }
}

/// How many of the inputs are read together: as many as the budget holds, and one in any case.
fn together(inputs: &[Input]) -> usize {
    let mut longest = 0;
    let fitting = inputs.iter().enumerate().take_while(|(index, input)| {
        longest = longest.max(input.ids.len());
        longest * (index + 1) <= TOGETHER
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_together_keeps_to_the_budget() {
        let inputs = |lengths: &[usize]| -> Vec<Input> {
            let input = |&length: &usize| Input {
                ids: vec![0; length],
                types: vec![0; length],
            };
            lengths.iter().map(input).collect()
        };
        assert_eq!(together(&inputs(&[100; 50])), 40);
        assert_eq!(together(&inputs(&[5_000, 10])), 1);
        assert_eq!(together(&inputs(&[10, 10, 2_000])), 2);
        assert_eq!(together(&inputs(&[10])), 1);
    }
}
