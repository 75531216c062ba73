//! Weights that lie in memory once, whatever the number of networks that compute with them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use safetensors::{Dtype, SafeTensors};
use tch::nn::{Path, VarStore};
use tch::{Kind, Tensor};

use super::device::Place;

/// Tensors by their names.
pub(super) type Tensors = BTreeMap<String, Tensor>;

/// A kind of network, of a certain size.
pub(super) trait Architecture {
    /// What computes.
    type Network;

    /// The tensors of a checkpoint under the names that the network has for its variables.
    fn named(&self, tensors: Tensors) -> Result<Tensors, String> {
        Ok(tensors)
    }

    /// A network whose weights mean nothing yet.
    fn build(&self, root: Path<'_>) -> Result<Self::Network, String>;
}

/// Weights, and the networks over them.
pub(super) struct Shared<A: Architecture> {
    pub(super) architecture: A,
    pub(super) place: Place,
    /// A tensor can be sent to another thread, but not be used by two through a reference: each takes a
    /// handle of its own to the same numbers.
    tensors: Mutex<Tensors>,
    /// The network that was built to see whether the weights fit; the first worker takes it.
    first: Mutex<Option<A::Network>>,
}

impl<A: Architecture> Shared<A> {
    /// Takes tensors as they were read, and builds a network over them.
    pub(super) fn new(architecture: A, tensors: Tensors, place: Place) -> Result<Shared<A>, String> {
        let tensors = architecture.named(tensors)?.into_iter();
        let moved = tensors.map(|(name, tensor)| (name, tensor.to_kind(place.kind).to_device(place.device)));
        let shared = Shared {
            architecture,
            place,
            tensors: Mutex::new(moved.collect()),
            first: Mutex::new(None),
        };
        let first = shared.build()?;
        *lock(&shared.first) = Some(first);
        Ok(shared)
    }

    /// A network for one worker.
    pub(super) fn network(&self) -> A::Network {
        let first = lock(&self.first).take();
        first.unwrap_or_else(|| self.build().expect("the first was built of the same weights"))
    }

    /// Builds a network and puts the tensors in place of its own, which are forgotten.
    fn build(&self) -> Result<A::Network, String> {
        let mut variables = VarStore::new(self.place.device);
        variables.set_kind(self.place.kind);
        let network = self.architecture.build(variables.root())?;
        let tensors = lock(&self.tensors);
        let named: Tensors = variables.variables().into_iter().collect();
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
        Ok(network)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tensors of a safetensors file, as it holds them.
pub(super) fn safetensors(bytes: &[u8]) -> Result<Tensors, String> {
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
