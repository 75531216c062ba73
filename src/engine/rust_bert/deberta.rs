//! DeBERTa, its three versions: a classifier whose attention keeps apart what a token is and where it stands.
//!
//! Each token has a vector of its content, each relative distance a vector of its own; attention is content to
//! content, content to position and position to content (He, Liu, Gao and Chen 2021, "DeBERTa: Decoding-enhanced
//! BERT with Disentangled Attention"). The second version counts great distances by their logarithm; the third
//! is the second, trained otherwise. Ours because `rust-bert` 0.23 takes the number of heads for the length of
//! the text in the first, and neither centres the distances nor scales rightly in the second.

mod config;
mod first;

use rust_bert::Activation;
use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

pub(super) use config::Config;
pub(super) use first::named;

/// The score of what is padding. The least number of 32 bits is none of `bfloat16`, which rounds it out of reach.
const MASKED: f64 = -1e30;

/// A text's states as each head sees them: `[texts, heads, tokens, width]`.
fn heads(states: &Tensor, heads: i64) -> Tensor {
    let size = states.size();
    states.view([size[0], size[1], heads, -1]).transpose(1, 2)
}

fn active(activation: Activation, states: &Tensor) -> Tensor {
    activation.get_function().get_fn()(states)
}

/// The vectors of distances, and which of them each pair of places has.
struct Distances {
    table: Tensor,
    index: Tensor,
}

struct Layer {
    query: nn::Linear,
    key: nn::Linear,
    value: nn::Linear,
    /// What a distance is as a key, and as a query; where they are not made as those of tokens.
    distance_key: Option<nn::Linear>,
    distance_query: Option<nn::Linear>,
    attended: nn::Linear,
    attended_norm: nn::LayerNorm,
    wide: nn::Linear,
    narrow: nn::Linear,
    norm: nn::LayerNorm,
}

impl Layer {
    fn new(path: &Path<'_>, config: &Config) -> Layer {
        let attention = path / "attention";
        let own = &attention / "self";
        let distance = |name: &str, term: &str| {
            let apart = config.relative_attention && !config.share_att_key && config.attends(term);
            apart.then(|| config.linear(&own / name))
        };
        let (narrow, wide) = (config.hidden_size, config.intermediate_size);
        let plain = nn::LinearConfig::default();
        Layer {
            query: config.linear(&own / "query_proj"),
            key: config.linear(&own / "key_proj"),
            value: config.linear(&own / "value_proj"),
            distance_key: distance("pos_key_proj", "c2p"),
            distance_query: distance("pos_query_proj", "p2c"),
            attended: config.linear(&attention / "output" / "dense"),
            attended_norm: config.norm(&attention / "output" / "LayerNorm"),
            wide: nn::linear(path / "intermediate" / "dense", narrow, wide, plain),
            narrow: nn::linear(path / "output" / "dense", wide, narrow, plain),
            norm: config.norm(path / "output" / "LayerNorm"),
        }
    }

    fn forward(
        &self,
        states: &Tensor,
        padding: &Tensor,
        distances: Option<&Distances>,
        config: &Config,
    ) -> Tensor {
        let count = config.num_attention_heads;
        let query = heads(&self.query.forward(states), count);
        let key = heads(&self.key.forward(states), count);
        let value = heads(&self.value.forward(states), count);
        let mut scores = query.matmul(&key.transpose(-1, -2));
        let (to_position, from_position) = (config.attends("c2p"), config.attends("p2c"));
        if let Some(Distances { table, index }) = distances {
            let index = index.expand_as(&scores);
            let distance = |own: &nn::Linear| heads(&own.forward(table), count);
            if to_position {
                let key = distance(self.distance_key.as_ref().unwrap_or(&self.key));
                scores += query.matmul(&key.transpose(-1, -2)).gather(-1, &index, false);
            }
            if from_position {
                let query = distance(self.distance_query.as_ref().unwrap_or(&self.query));
                scores += query.matmul(&key.transpose(-1, -2)).gather(-2, &index, false);
            }
        }
        let terms = 1 + i64::from(to_position) + i64::from(from_position);
        let width = config.hidden_size / count;
        let scores = (scores / ((width * terms) as f64).sqrt()).masked_fill(padding, MASKED);
        let read = scores.softmax(-1, None).matmul(&value).transpose(1, 2);
        let read = read.contiguous().view_as(states);
        let states = self
            .attended_norm
            .forward(&(self.attended.forward(&read) + states));
        let wide = active(config.hidden_act, &self.wide.forward(&states));
        self.norm.forward(&(self.narrow.forward(&wide) + states))
    }
}

/// A convolution beside the first layer, which the largest of the second version have.
struct Convolution {
    convolution: nn::Conv1D,
    norm: nn::LayerNorm,
}

/// The classifier.
pub(super) struct Deberta {
    config: Config,
    words: nn::Embedding,
    places: Option<nn::Embedding>,
    types: Option<nn::Embedding>,
    widened: Option<nn::Linear>,
    embedded_norm: nn::LayerNorm,
    layers: Vec<Layer>,
    distances: Option<nn::Embedding>,
    distances_norm: Option<nn::LayerNorm>,
    convolution: Option<Convolution>,
    pooler: nn::Linear,
    classifier: nn::Linear,
}

impl Deberta {
    pub(super) fn new(root: &Path<'_>, config: Config) -> Deberta {
        let (embeddings, encoder) = (root / "deberta" / "embeddings", root / "deberta" / "encoder");
        let (hidden, plain) = (config.hidden_size, nn::LinearConfig::default());
        let embedded = match config.embedding_size {
            0 => hidden,
            some => some,
        };
        let table = |path: Path<'_>, rows: i64, width: i64| {
            (rows > 0).then(|| nn::embedding(path, rows, width, nn::EmbeddingConfig::default()))
        };
        let places = if config.position_biased_input {
            config.max_position_embeddings
        } else {
            0
        };
        let distances = if config.relative_attention {
            2 * config.span()
        } else {
            0
        };
        let convolution = (config.conv_kernel_size > 0).then(|| {
            let path = &encoder / "conv";
            let shape = nn::ConvConfig {
                padding: (config.conv_kernel_size - 1) / 2,
                groups: config.conv_groups,
                ..Default::default()
            };
            Convolution {
                convolution: nn::conv1d(&path / "conv", hidden, hidden, config.conv_kernel_size, shape),
                norm: config.norm(&path / "LayerNorm"),
            }
        });
        let widened = (embedded != hidden).then(|| {
            let unbiased = nn::LinearConfig { bias: false, ..plain };
            nn::linear(&embeddings / "embed_proj", embedded, hidden, unbiased)
        });
        let words = &embeddings / "word_embeddings";
        Deberta {
            words: nn::embedding(words, config.vocab_size, embedded, nn::EmbeddingConfig::default()),
            places: table(&embeddings / "position_embeddings", places, embedded),
            types: table(
                &embeddings / "token_type_embeddings",
                config.type_vocab_size,
                embedded,
            ),
            widened,
            embedded_norm: config.norm(&embeddings / "LayerNorm"),
            layers: (0..config.num_hidden_layers)
                .map(|index| Layer::new(&(&encoder / "layer" / index), &config))
                .collect(),
            distances: table(&encoder / "rel_embeddings", distances, hidden),
            distances_norm: (distances > 0 && config.norm_rel_ebd.contains("layer_norm"))
                .then(|| config.norm(&encoder / "LayerNorm")),
            convolution,
            pooler: config.linear(root / "pooler" / "dense"),
            classifier: nn::linear(root / "classifier", hidden, config.classes(), plain),
            config,
        }
    }

    /// A row of logits for each text; `mask` is one where a token is real.
    pub(super) fn forward(&self, ids: &Tensor, mask: &Tensor, types: &Tensor) -> Tensor {
        let config = &self.config;
        let (tokens, device) = (ids.size()[1], ids.device());
        let mut states = self.words.forward(ids);
        if let Some(places) = &self.places {
            states += places.forward(&Tensor::arange(tokens, (Kind::Int64, device)));
        }
        if let Some(table) = &self.types {
            states += table.forward(types);
        }
        if let Some(widened) = &self.widened {
            states = widened.forward(&states);
        }
        let real = mask.unsqueeze(-1).to_kind(states.kind());
        states = self.embedded_norm.forward(&states) * &real;
        let padding = mask.eq(0).unsqueeze(1).unsqueeze(1);
        let distances = self.distances.as_ref().map(|table| {
            let table = match &self.distances_norm {
                Some(norm) => norm.forward(&table.ws),
                None => table.ws.shallow_clone(),
            };
            Distances {
                table: table.unsqueeze(0),
                index: config.distances(tokens, device),
            }
        });
        for (index, layer) in self.layers.iter().enumerate() {
            let attended = layer.forward(&states, &padding, distances.as_ref(), config);
            states = match &self.convolution {
                Some(Convolution { convolution, norm }) if index == 0 => {
                    let beside = convolution.forward(&states.transpose(1, 2)).transpose(1, 2) * &real;
                    norm.forward(&(attended + active(config.conv_act, &beside))) * &real
                }
                _ => attended,
            };
        }
        let first = self.pooler.forward(&states.select(1, 0));
        self.classifier.forward(&active(config.pooler_hidden_act, &first))
    }
}
