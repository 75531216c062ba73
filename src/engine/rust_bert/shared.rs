//! Weights that lie in memory once, whatever the number of models that compute with them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use safetensors::{Dtype, SafeTensors};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

/// Tensors by the names that `rust-bert` gives its variables.
///
/// A tensor can be sent to another thread, but not be used by two through a reference: each takes a handle
/// of its own to the same numbers.
pub(super) struct Shared(Mutex<BTreeMap<String, Tensor>>);

impl Shared {
    /// Takes tensors as they were read, and makes them what the models compute with.
    pub(super) fn new(tensors: BTreeMap<String, Tensor>, device: Device, kind: Kind) -> Shared {
        let moved = tensors
            .into_iter()
            .map(|(name, tensor)| (name, tensor.to_kind(kind).to_device(device)))
            .collect();
        Shared(Mutex::new(moved))
    }

    /// Puts the tensors in place of a new model's own, which are forgotten.
    pub(super) fn fill(&self, variables: &VarStore) -> Result<(), String> {
        let tensors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let named: BTreeMap<String, Tensor> = variables.variables().into_iter().collect();
        for (name, mut variable) in named {
            let tensor = tensors.get(&name).ok_or_else(|| format!("it has no `{name}`"))?;
            if tensor.size() != variable.size() {
                return Err(format!(
                    "`{name}` is {:?}, not {:?}",
                    tensor.size(),
                    variable.size()
                ));
            }
            tch::no_grad(|| variable.f_set_data(tensor)).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// The tensors of a safetensors file, as it holds them.
pub(super) fn safetensors(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let tensor = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
        let kind = match view.dtype() {
            Dtype::F16 => Kind::Half,
            Dtype::BF16 => Kind::BFloat16,
            Dtype::F32 => Kind::Float,
            Dtype::F64 => Kind::Double,
            Dtype::I64 => Kind::Int64,
            other => {
                return Err(format!(
                    "`{name}` is {other:?}, which is no kind of weight known here"
                ));
            }
        };
        let shape: Vec<i64> = view.shape().iter().map(|&side| side as i64).collect();
        let tensor =
            Tensor::f_from_data_size(view.data(), &shape, kind).map_err(|error| error.to_string())?;
        Ok((name, tensor))
    };
    file.tensors().into_iter().map(tensor).collect()
}
