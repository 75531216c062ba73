//! Sequence classifiers: BERT, DistilBERT, RoBERTa and BART, with an attention mask of our own.
//!
//! `rust-bert`'s pipeline passes none, so that a text's logits depend on the texts beside it.

use std::sync::{Arc, Mutex, PoisonError};

use rust_bert::bart::{BartConfig, BartForSequenceClassification};
use rust_bert::bert::{BertConfig, BertForSequenceClassification};
use rust_bert::distilbert::{DistilBertConfig, DistilBertModelClassifier};
use rust_bert::roberta::RobertaForSequenceClassification;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};
use tokenizers::Tokenizer;

use super::checkpoint::Checkpoint;
use super::padded::Padded;
use super::shared::Shared;
use crate::engine::EngineError;
use crate::engine::model::ModelError;

/// Tokens that are read together at most, padding included.
const TOGETHER: usize = 4_096;

/// What kind of network it is, and how large.
enum Architecture {
    Bert(BertConfig),
    DistilBert(DistilBertConfig),
    Roberta(BertConfig),
    Bart(Box<BartConfig>),
}

enum Model {
    Bert(BertForSequenceClassification),
    DistilBert(DistilBertModelClassifier),
    Roberta(RobertaForSequenceClassification),
    Bart(BartForSequenceClassification),
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

/// What all workers share of a classifier.
pub(super) struct Weights {
    architecture: Architecture,
    tensors: Shared,
    device: Device,
    first: Mutex<Option<Model>>,
    tokenizer: Tokenizer,
    frame: Frame,
    positions: usize,
    labels: Vec<String>,
    name: String,
    sha256: String,
}

impl Weights {
    /// Reads a checkpoint and builds its network once.
    pub(super) fn load(checkpoint: &Checkpoint, device: Device) -> Result<Weights, ModelError> {
        let architecture = architecture(checkpoint)?;
        let labels = checkpoint.labels()?;
        let contents = checkpoint.contents()?;
        let tensors = Shared::new(contents.tensors, device, Kind::Float);
        let unusable = |why: String| checkpoint.unusable("model.safetensors", why);
        let first = build(&architecture, &tensors, device).map_err(unusable)?;
        Ok(Weights {
            frame: frame(&architecture, &contents.tokenizer)
                .map_err(|why| checkpoint.unusable("tokenizer.json", why))?,
            positions: positions(&architecture),
            architecture,
            tensors,
            device,
            first: Mutex::new(Some(first)),
            tokenizer: contents.tokenizer,
            labels,
            name: checkpoint.name.clone(),
            sha256: contents.sha256,
        })
    }

    /// The classes, in the order of the logits.
    pub(super) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// As the user named it, and the digest of its files.
    pub(super) fn identity(&self) -> (&str, &str) {
        (&self.name, &self.sha256)
    }

    fn model(&self) -> Model {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.unwrap_or_else(|| {
            build(&self.architecture, &self.tensors, self.device)
                .expect("the first was built of the same weights")
        })
    }
}

fn architecture(checkpoint: &Checkpoint) -> Result<Architecture, ModelError> {
    let bert = || checkpoint.config(&BertConfig::default());
    Ok(match checkpoint.kind() {
        "bert" => Architecture::Bert(bert()?),
        "roberta" | "xlm-roberta" | "camembert" => Architecture::Roberta(bert()?),
        "distilbert" => Architecture::DistilBert(checkpoint.config(&DistilBertConfig::default())?),
        "bart" => Architecture::Bart(Box::new(checkpoint.config(&BartConfig::default())?)),
        kind @ ("deberta" | "deberta-v2") => {
            // The first takes the number of heads for the length of the text. The second leaves out that relative
            // positions are counted from the middle of the table, and divides by what it should take the root of.
            let why = format!(
                "`model_type` is `{kind}`, whose attention rust-bert 0.23 computes wrongly; take a BERT, DistilBERT, RoBERTa or BART"
            );
            return Err(checkpoint.unusable("config.json", why));
        }
        other => {
            let why = format!(
                "`model_type` is `{other}`; classifiers may be bert, distilbert, roberta, xlm-roberta or bart"
            );
            return Err(checkpoint.unusable("config.json", why));
        }
    })
}

fn build(architecture: &Architecture, tensors: &Shared, device: Device) -> Result<Model, String> {
    let variables = VarStore::new(device);
    let root = variables.root();
    let failed = |error: rust_bert::RustBertError| error.to_string();
    let model = match architecture {
        Architecture::Bert(config) => {
            Model::Bert(BertForSequenceClassification::new(root, config).map_err(failed)?)
        }
        Architecture::DistilBert(config) => {
            Model::DistilBert(DistilBertModelClassifier::new(root, config).map_err(failed)?)
        }
        Architecture::Roberta(config) => {
            Model::Roberta(RobertaForSequenceClassification::new(root, config).map_err(failed)?)
        }
        Architecture::Bart(config) => {
            Model::Bart(BartForSequenceClassification::new(root, config).map_err(failed)?)
        }
    };
    tensors.fill(&variables)?;
    Ok(model)
}

fn frame(architecture: &Architecture, tokenizer: &Tokenizer) -> Result<Frame, String> {
    let (open, close, pad, between, types) = match architecture {
        Architecture::Bert(_) => ("[CLS]", "[SEP]", "[PAD]", 1, true),
        Architecture::DistilBert(_) => ("[CLS]", "[SEP]", "[PAD]", 1, false),
        Architecture::Roberta(_) | Architecture::Bart(_) => ("<s>", "</s>", "<pad>", 2, false),
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
fn positions(architecture: &Architecture) -> usize {
    let positions = match architecture {
        Architecture::Bert(config) => config.max_position_embeddings,
        Architecture::DistilBert(config) => config.max_position_embeddings,
        // Positions are counted from behind that of the padding.
        Architecture::Roberta(config) => config.max_position_embeddings - 2,
        Architecture::Bart(config) => config.max_position_embeddings,
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
            model: weights.model(),
            weights,
        }
    }

    /// A text's tokens, without a frame.
    pub(super) fn encode(&self, text: &str) -> Result<tokenizers::Encoding, EngineError> {
        self.weights
            .tokenizer
            .encode(text, false)
            .map_err(|error| EngineError::Tokenizer(error.to_string()))
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
            let p = logits.f_softmax(-1, Kind::Float).map_err(failed)?;
            answers.extend(Vec::<Vec<f32>>::try_from(p).map_err(failed)?);
        }
        Ok(answers)
    }

    /// A row of logits for each input.
    pub(super) fn logits(&self, inputs: &[Input]) -> Result<Tensor, EngineError> {
        let Weights { device, frame, .. } = &*self.weights;
        let ids: Vec<&Vec<i64>> = inputs.iter().map(|input| &input.ids).collect();
        let types: Vec<&Vec<i64>> = inputs.iter().map(|input| &input.types).collect();
        let Padded { values: ids, mask } = Padded::new(&ids, i64::from(frame.pad), *device);
        let types = Padded::new(&types, 0, *device).values;
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
