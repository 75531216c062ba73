//! What `config.json` says of a DeBERTa, and the distances that follow from it.

use std::collections::BTreeMap;

use rust_bert::Activation;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tch::nn::{self, Path};
use tch::{Device, Kind, Tensor};

/// What `config.json` says of the network.
#[derive(Clone, Serialize, Deserialize)]
pub(in super::super) struct Config {
    pub(super) vocab_size: i64,
    pub(super) hidden_size: i64,
    pub(super) num_hidden_layers: i64,
    pub(super) num_attention_heads: i64,
    pub(super) intermediate_size: i64,
    pub(super) hidden_act: Activation,
    pub(super) pooler_hidden_act: Activation,
    layer_norm_eps: f64,
    pub(in super::super) max_position_embeddings: i64,
    pub(in super::super) type_vocab_size: i64,
    /// Whether the place in the text is added to the content.
    pub(super) position_biased_input: bool,
    pub(super) relative_attention: bool,
    max_relative_positions: i64,
    position_buckets: i64,
    /// `["c2p", "p2c"]`, or `"c2p|p2c"`.
    pos_att_type: Value,
    pub(super) share_att_key: bool,
    pub(super) norm_rel_ebd: String,
    pub(super) conv_kernel_size: i64,
    pub(super) conv_groups: i64,
    pub(super) conv_act: Activation,
    /// Zero: as wide as the states.
    pub(super) embedding_size: i64,
    id2label: BTreeMap<String, String>,
}

impl Default for Config {
    /// What a file means by leaving it out.
    fn default() -> Config {
        Config {
            vocab_size: 0,
            hidden_size: 0,
            num_hidden_layers: 0,
            num_attention_heads: 0,
            intermediate_size: 0,
            hidden_act: Activation::gelu,
            pooler_hidden_act: Activation::gelu,
            layer_norm_eps: 1e-7,
            max_position_embeddings: 512,
            type_vocab_size: 0,
            position_biased_input: true,
            relative_attention: false,
            max_relative_positions: -1,
            position_buckets: -1,
            pos_att_type: Value::Null,
            share_att_key: false,
            norm_rel_ebd: "none".to_owned(),
            conv_kernel_size: 0,
            conv_groups: 1,
            conv_act: Activation::tanh,
            embedding_size: 0,
            id2label: BTreeMap::new(),
        }
    }
}

impl Config {
    /// How many classes there are.
    pub(super) fn classes(&self) -> i64 {
        self.id2label.len() as i64
    }

    /// Whether attention has this term.
    pub(super) fn attends(&self, term: &str) -> bool {
        self.pos_att_type.to_string().contains(term)
    }

    /// The greatest distance that is told from greater ones.
    fn reach(&self) -> i64 {
        match self.max_relative_positions {
            ..1 => self.max_position_embeddings,
            some => some,
        }
    }

    /// Distances to either side that have a vector.
    pub(super) fn span(&self) -> i64 {
        match self.position_buckets {
            ..1 => self.reach(),
            some => some,
        }
    }

    pub(super) fn norm(&self, path: Path<'_>) -> nn::LayerNorm {
        let config = nn::LayerNormConfig {
            eps: self.layer_norm_eps,
            ..Default::default()
        };
        nn::layer_norm(path, vec![self.hidden_size], config)
    }

    pub(super) fn linear(&self, path: Path<'_>) -> nn::Linear {
        nn::linear(
            path,
            self.hidden_size,
            self.hidden_size,
            nn::LinearConfig::default(),
        )
    }

    /// For each pair of places, the row of the table of distances that is theirs.
    pub(super) fn distances(&self, tokens: i64, device: Device) -> Tensor {
        let place = Tensor::arange(tokens, (Kind::Int64, device));
        let mut distance = place.unsqueeze(1) - place.unsqueeze(0);
        if self.position_buckets > 0 {
            let middle = self.position_buckets / 2;
            let float = |number: i64| Tensor::from(number as f32 / middle as f32).log();
            let far = (distance.abs().to_kind(Kind::Float) / middle as f64).log() / float(self.reach() - 1);
            let far = (far * (middle - 1) as f64).ceil() + middle as f64;
            let near = distance.abs().le(middle);
            distance = distance.where_self(&near, &(far.to_kind(Kind::Int64) * distance.sign()));
        }
        (distance + self.span()).clamp(0, 2 * self.span() - 1)
    }
}
