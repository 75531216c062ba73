//! The first version's weights under the second's names.

use tch::{Device, Kind, Tensor};

use super::Config;
use crate::engine::rust_bert::shared::Tensors;

/// The weights of any version as the second has them. The first has other names, and queries, keys and values
/// in one.
pub(in super::super) fn named(tensors: Tensors, config: &Config) -> Result<Tensors, String> {
    if !tensors.keys().any(|name| name.ends_with(".in_proj.weight")) {
        return Ok(tensors);
    }
    let (hidden, count) = (config.hidden_size, config.num_attention_heads);
    let mut renamed = Tensors::new();
    for (name, tensor) in tensors {
        let Some((layer, own)) = name.split_once(".attention.self.") else {
            renamed.insert(name, tensor);
            continue;
        };
        let mut put = |own: &str, tensor: Tensor| {
            renamed.insert(format!("{layer}.attention.self.{own}"), tensor);
        };
        match own {
            "in_proj.weight" => {
                let all = tensor
                    .f_view([count, 3, -1, hidden])
                    .map_err(|error| error.to_string())?;
                for (place, part) in ["query", "key", "value"].into_iter().enumerate() {
                    let part_of_all = all.select(1, place as i64).reshape([hidden, hidden]);
                    put(&format!("{part}_proj.weight"), part_of_all);
                }
                put(
                    "key_proj.bias",
                    Tensor::zeros([hidden], (Kind::Float, tensor.device())),
                );
            }
            "q_bias" => put("query_proj.bias", tensor),
            "v_bias" => put("value_proj.bias", tensor),
            "pos_proj.weight" => {
                put("pos_key_proj.weight", tensor);
                put(
                    "pos_key_proj.bias",
                    Tensor::zeros([hidden], (Kind::Float, Device::Cpu)),
                );
            }
            "pos_q_proj.weight" => put("pos_query_proj.weight", tensor),
            "pos_q_proj.bias" => put("pos_query_proj.bias", tensor),
            other => {
                return Err(format!(
                    "it has `{other}` in its attention, which is not known here"
                ));
            }
        }
    }
    Ok(renamed)
}
