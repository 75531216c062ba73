//! The heads of `columnist-mini`: token states into findings.
//!
//! Shared by every engine that runs the trunk, so that engines can differ in nothing but the states.
//! Sums are taken in a fixed order: the same states give the same bits.

use std::ops::Range;

use safetensors::{Dtype, SafeTensors};

use super::model::{Config, ModelError, Temperature};
use super::tokens::Token;
use crate::article::Mention;
use crate::findings::{Entity, EntityClass, Findings, Keep, Sentiment, Stance};

const FILE: &str = "heads.safetensors";

/// Everything that answers from token states of width `hidden`.
pub struct Heads {
    hidden: usize,
    /// Mean of the paragraph's tokens → negative, neutral, positive.
    sentiment: Head,
    /// Mean of the paragraph's tokens → valence.
    score: Head,
    /// Mean of a mention's tokens beside that of the paragraph's → against, neutral, favor.
    stance: Head,
    /// Each token → kept in a compression.
    keep: Head,
    /// Mean of a sentence's tokens beside that of the paragraph's → carries the paragraph.
    salience: Head,
    /// First token of each word → a tag.
    entity: Head,
    tags: Vec<Tag>,
    temperature: Temperature,
    /// Log-odds of the keep threshold: with it taken off, a token is kept from one half on.
    keep_threshold: f32,
}

/// One tag of the BIO scheme (Ramshaw and Marcus 1995).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Outside,
    Begin(EntityClass),
    Inside(EntityClass),
}

impl Heads {
    /// Reads the tensors and checks their shapes against the configuration.
    pub fn load(bytes: &[u8], config: &Config) -> Result<Heads, ModelError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| unusable(&error.to_string()))?;
        let hidden = config.hidden_size;
        let tags = config
            .labels
            .entity
            .iter()
            .map(|label| tag(label))
            .collect::<Result<Vec<_>, _>>()?;
        if config.labels.sentiment != ["negative", "neutral", "positive"]
            || config.labels.stance != ["against", "neutral", "favor"]
        {
            let why = "the labels are not those this version knows".to_owned();
            return Err(ModelError::Content {
                file: "config.json",
                why,
            });
        }
        Ok(Heads {
            hidden,
            sentiment: Head::load(&tensors, "sentiment", hidden, 3)?,
            score: Head::load(&tensors, "score", hidden, 1)?,
            stance: Head::load(&tensors, "stance", 2 * hidden, 3)?,
            keep: Head::load(&tensors, "keep", hidden, 1)?,
            salience: Head::load(&tensors, "salience", 2 * hidden, 1)?,
            entity: Head::load(&tensors, "entity", hidden, tags.len())?,
            tags,
            temperature: config.temperature.clone(),
            keep_threshold: (config.threshold.keep / (1.0 - config.threshold.keep)).ln(),
        })
    }

    /// Starts reading a paragraph.
    #[must_use]
    pub fn reader<'a>(&'a self, tokens: &'a [Token], sentences: usize, mentions: &[Mention]) -> Reader<'a> {
        Reader {
            heads: self,
            tokens,
            paragraph: Mean::new(self.hidden),
            sentence_means: vec![Mean::new(self.hidden); sentences],
            mention_tokens: mentions
                .iter()
                .map(|Mention { span, .. }| {
                    let begins = tokens.partition_point(|token| token.span.end <= span.start);
                    begins..tokens.partition_point(|token| token.span.start < span.end)
                })
                .collect(),
            mention_means: vec![Mean::new(self.hidden); mentions.len()],
            keep: Vec::with_capacity(tokens.len()),
            words: Vec::new(),
            windows: 0,
        }
    }
}

/// Gathers what the heads need while a paragraph's states go by, window after window.
///
/// Nothing is kept of a token's state but its share in the means, so that a paragraph of any length
/// is read in the memory of one window.
pub struct Reader<'a> {
    heads: &'a Heads,
    tokens: &'a [Token],
    paragraph: Mean,
    sentence_means: Vec<Mean>,
    /// The tokens of each mention.
    mention_tokens: Vec<Range<usize>>,
    mention_means: Vec<Mean>,
    keep: Vec<Keep>,
    words: Vec<Word>,
    windows: u32,
}

/// A word with the log-probabilities of its tags.
struct Word {
    span: Range<usize>,
    tags: Vec<f32>,
}

impl Reader<'_> {
    /// Takes the states of the tokens `own`, `hidden` numbers each.
    pub fn read(&mut self, own: Range<usize>, states: &[f32]) {
        debug_assert_eq!(states.len(), own.len() * self.heads.hidden);
        self.windows += 1;
        let heads = self.heads;
        let state = |index: usize| &states[(index - own.start) * heads.hidden..][..heads.hidden];
        for (tokens, mean) in self.mention_tokens.iter().zip(&mut self.mention_means) {
            for index in tokens.start.max(own.start)..tokens.end.min(own.end) {
                mean.add(state(index));
            }
        }
        for (index, state) in own.clone().zip(states.chunks_exact(heads.hidden)) {
            let token = &self.tokens[index];
            self.paragraph.add(state);
            self.sentence_means[token.sentence].add(state);
            let kept = heads.keep.apply(state)[0] / heads.temperature.keep - heads.keep_threshold;
            self.keep.push(Keep {
                span: token.span.clone(),
                p: sigmoid(kept),
            });
            match self.words.last_mut() {
                Some(word) if !token.begins_word => word.span.end = token.span.end,
                _ => self.words.push(Word {
                    span: token.span.clone(),
                    tags: softmax(heads.entity.apply(state), heads.temperature.entity),
                }),
            }
        }
    }

    /// What the heads say, now that every token was read.
    #[must_use]
    pub fn finish(self) -> Findings {
        let Heads {
            sentiment,
            score,
            stance,
            salience,
            temperature,
            tags,
            ..
        } = self.heads;
        let paragraph = self.paragraph.value();
        let beside = |mean: &Mean| {
            let mut input = mean.value();
            input.extend_from_slice(&paragraph);
            input
        };
        let feeling = softmax(sentiment.apply(&paragraph), temperature.sentiment);
        Findings {
            sentiment: Some(Sentiment {
                negative: feeling[0],
                neutral: feeling[1],
                positive: feeling[2],
                score: score.apply(&paragraph)[0].tanh(),
            }),
            stance: Some(
                self.mention_means
                    .iter()
                    .map(|mean| {
                        let p = softmax(stance.apply(&beside(mean)), temperature.stance);
                        Stance {
                            against: p[0],
                            neutral: p[1],
                            favor: p[2],
                        }
                    })
                    .collect(),
            ),
            salience: Some(
                self.sentence_means
                    .iter()
                    .map(|mean| sigmoid(salience.apply(&beside(mean))[0] / temperature.salience))
                    .collect(),
            ),
            keep: Some(self.keep),
            retold: None,
            entities: Some(entities(&self.words, tags)),
            windows: self.windows,
        }
    }
}

/// The names that the most probable legal sequence of tags marks (Viterbi over BIO).
fn entities(words: &[Word], tags: &[Tag]) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let mut members = 0;
    for (word, &best) in words.iter().zip(&best_path(words, tags)) {
        match (tags[best], found.last_mut()) {
            (Tag::Begin(class), _) => {
                members = 1;
                found.push(Entity {
                    span: word.span.clone(),
                    class,
                    p: word.tags[best],
                });
            }
            (Tag::Inside(_), Some(entity)) => {
                members += 1;
                entity.span.end = word.span.end;
                entity.p += (word.tags[best] - entity.p) / members as f32;
            }
            _ => {}
        }
    }
    found
}

fn best_path(words: &[Word], tags: &[Tag]) -> Vec<usize> {
    let legal = |from: Option<Tag>, to: Tag| match to {
        Tag::Inside(class) => matches!(from, Some(Tag::Begin(c) | Tag::Inside(c)) if c == class),
        _ => true,
    };
    let mut scores: Vec<f32> = Vec::new();
    let mut back: Vec<Vec<usize>> = Vec::with_capacity(words.len());
    for word in words {
        let (next, from): (Vec<f32>, Vec<usize>) = tags
            .iter()
            .enumerate()
            .map(|(to, &tag)| {
                let emission = word.tags[to].max(f32::MIN_POSITIVE).ln();
                if scores.is_empty() {
                    return (
                        if legal(None, tag) {
                            emission
                        } else {
                            f32::NEG_INFINITY
                        },
                        0,
                    );
                }
                let mut best = (f32::NEG_INFINITY, 0);
                for (from, &score) in scores.iter().enumerate() {
                    if score > best.0 && legal(Some(tags[from]), tag) {
                        best = (score, from);
                    }
                }
                (best.0 + emission, best.1)
            })
            .unzip();
        scores = next;
        back.push(from);
    }
    let mut at = (0..scores.len()).fold(0, |best, tag| if scores[tag] > scores[best] { tag } else { best });
    let mut path = vec![0; words.len()];
    for (slot, from) in path.iter_mut().zip(&back).rev() {
        *slot = at;
        at = from[at];
    }
    path
}

fn tag(label: &str) -> Result<Tag, ModelError> {
    match label.split_once('-') {
        None if label == "O" => Some(Tag::Outside),
        Some(("B", class)) => EntityClass::from_name(class).map(Tag::Begin),
        Some(("I", class)) => EntityClass::from_name(class).map(Tag::Inside),
        _ => None,
    }
    .ok_or_else(|| ModelError::Content {
        file: "config.json",
        why: format!("unknown tag `{label}`"),
    })
}

/// A linear layer, with a tanh layer before it where the file has one.
struct Head {
    dense: Option<Layer>,
    out: Layer,
}

impl Head {
    fn load(
        tensors: &SafeTensors<'_>,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Head, ModelError> {
        let dense = match tensors.tensor(&format!("{name}.dense.bias")) {
            Ok(bias) => Some(Layer::load(
                tensors,
                &format!("{name}.dense"),
                inputs,
                bias.shape().iter().product(),
            )?),
            Err(_) => None,
        };
        let inner = dense.as_ref().map_or(inputs, |layer| layer.bias.len());
        if inner == 0 {
            return Err(unusable(&format!("`{name}.dense` gives nothing")));
        }
        Ok(Head {
            dense,
            out: Layer::load(tensors, &format!("{name}.out"), inner, outputs)?,
        })
    }

    fn apply(&self, input: &[f32]) -> Vec<f32> {
        match &self.dense {
            Some(dense) => {
                let mut inner = dense.apply(input);
                for x in &mut inner {
                    *x = x.tanh();
                }
                self.out.apply(&inner)
            }
            None => self.out.apply(input),
        }
    }
}

/// `weight · input + bias`; the weight is `[outputs, inputs]`, row after row.
struct Layer {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn load(
        tensors: &SafeTensors<'_>,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Layer, ModelError> {
        Ok(Layer {
            weight: floats(tensors, &format!("{name}.weight"), inputs * outputs)?,
            bias: floats(tensors, &format!("{name}.bias"), outputs)?,
        })
    }

    fn apply(&self, input: &[f32]) -> Vec<f32> {
        self.weight
            .chunks_exact(input.len())
            .zip(&self.bias)
            .map(|(row, bias)| dot(row, input) + bias)
            .collect()
    }
}

/// Dot product in sixteen sums, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let (b_whole, b_rest) = b.as_chunks::<LANES>();
    for (x, y) in a_whole.iter().zip(b_whole) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

fn floats(tensors: &SafeTensors<'_>, name: &str, expected: usize) -> Result<Vec<f32>, ModelError> {
    let tensor = tensors
        .tensor(name)
        .map_err(|_| unusable(&format!("it has no `{name}`")))?;
    if tensor.dtype() != Dtype::F32 || tensor.data().len() != 4 * expected {
        let why = format!(
            "`{name}` is {:?} {:?}, not {expected} f32 values",
            tensor.dtype(),
            tensor.shape()
        );
        return Err(unusable(&why));
    }
    Ok(tensor
        .data()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect())
}

fn unusable(why: &str) -> ModelError {
    ModelError::Content {
        file: FILE,
        why: why.to_owned(),
    }
}

/// A running mean of token states.
#[derive(Clone)]
struct Mean {
    sum: Vec<f32>,
    count: u32,
}

impl Mean {
    fn new(width: usize) -> Mean {
        Mean {
            sum: vec![0.0; width],
            count: 0,
        }
    }

    fn add(&mut self, state: &[f32]) {
        self.count += 1;
        for (sum, x) in self.sum.iter_mut().zip(state) {
            *sum += x;
        }
    }

    /// The mean; zeros where nothing was added.
    fn value(&self) -> Vec<f32> {
        let count = self.count.max(1) as f32;
        self.sum.iter().map(|sum| sum / count).collect()
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn softmax(mut logits: Vec<f32>, temperature: f32) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for x in &mut logits {
        *x = ((*x - largest) / temperature).exp();
    }
    let sum: f32 = logits.iter().sum();
    for x in &mut logits {
        *x /= sum;
    }
    logits
}

#[cfg(test)]
mod tests {
    use safetensors::serialize;
    use safetensors::tensor::TensorView;

    use super::*;
    use crate::engine::model::Location;

    const TAGS: [Tag; 5] = [
        Tag::Outside,
        Tag::Begin(EntityClass::Per),
        Tag::Inside(EntityClass::Per),
        Tag::Begin(EntityClass::Loc),
        Tag::Inside(EntityClass::Loc),
    ];

    #[track_caller]
    fn check(tags: &[[f32; 5]], expected: &[(Range<usize>, EntityClass)]) {
        let words: Vec<Word> = tags
            .iter()
            .enumerate()
            .map(|(at, p)| Word {
                span: at..at + 1,
                tags: p.to_vec(),
            })
            .collect();
        let found: Vec<_> = entities(&words, &TAGS)
            .into_iter()
            .map(|e| (e.span, e.class))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn tags_make_legal_names() {
        let (outside, begin) = ([0.9, 0.1, 0.0, 0.0, 0.0], [0.0, 0.9, 0.1, 0.0, 0.0]);
        let inside = [0.0, 0.1, 0.9, 0.0, 0.0];
        check(&[outside, begin, inside, outside], &[(1..3, EntityClass::Per)]);
        check(
            &[begin, begin],
            &[(0..1, EntityClass::Per), (1..2, EntityClass::Per)],
        );
        // An inside tag cannot stand alone: the likelier reading that is legal wins.
        check(&[outside, [0.3, 0.1, 0.6, 0.0, 0.0]], &[]);
        check(
            &[[0.4, 0.1, 0.0, 0.5, 0.0], [0.0, 0.0, 0.4, 0.0, 0.6]],
            &[(0..2, EntityClass::Loc)],
        );
        check(&[], &[]);
    }

    #[test]
    fn a_layer_that_gives_nothing_is_refused() {
        let files = Location::Shipped.files().expect("the shipped files are there");
        let tensors = SafeTensors::deserialize(&files.heads).expect("they are sound");
        let emptied = tensors.iter().map(|(name, tensor)| {
            let shape = match name {
                "stance.dense.bias" => vec![0],
                "stance.dense.weight" => vec![0, 768],
                "stance.out.weight" => vec![3, 0],
                _ => return (name, tensor),
            };
            (
                name,
                TensorView::new(Dtype::F32, shape, &[]).expect("it holds nothing"),
            )
        });
        let bytes = serialize(emptied, None).expect("it can be written");
        let error = Heads::load(&bytes, &files.config).err().expect("it is refused");
        let why = "the model file `heads.safetensors` cannot be used: `stance.dense` gives nothing";
        assert_eq!(error.to_string(), why);
    }

    #[test]
    fn probabilities_sum_to_one_at_any_temperature() {
        let p = softmax(vec![1.0, 2.0, 3.0], 1.0);
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6 && p[2] > p[1] && p[1] > p[0]);
        assert!((softmax(vec![1000.0, 0.0], 0.5)[0] - 1.0).abs() < 1e-6);
        assert!((sigmoid(0.0) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_dot_product_takes_any_length() {
        let a: Vec<f32> = (0..37_u8).map(f32::from).collect();
        assert!((dot(&a, &a) - 16_206.0).abs() < 1e-3);
    }
}
