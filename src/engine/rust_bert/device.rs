//! What libtorch computes on here.

use tch::{Cuda, Device, Kind};

use crate::engine::choice::{self, Precision};
use crate::engine::model::ModelError;

/// Where libtorch computes, and in numbers of which kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) device: Device,
    pub(super) kind: Kind,
}

impl Place {
    /// What the user's choice means on this machine.
    pub(super) fn resolve(device: choice::Device, precision: Precision) -> Result<Place, ModelError> {
        Ok(Place {
            device: resolve(device)?,
            kind: match precision {
                Precision::F32 => Kind::Float,
                Precision::Bf16 => Kind::BFloat16,
            },
        })
    }

    /// For the record of a run: the kind, where it is not that of the reference.
    pub(super) fn precision(self) -> Option<String> {
        (self.kind == Kind::BFloat16).then(|| "bf16".to_owned())
    }
}

fn resolve(choice: choice::Device) -> Result<Device, ModelError> {
    match choice {
        choice::Device::Auto => Ok(Device::cuda_if_available()),
        choice::Device::Cpu => Ok(Device::Cpu),
        choice::Device::Cuda(number) => {
            let found = if Cuda::is_available() {
                Cuda::device_count()
            } else {
                0
            };
            if i64::try_from(number).is_ok_and(|number| number < found) {
                Ok(Device::Cuda(number))
            } else {
                Err(ModelError::Device {
                    device: choice.to_string(),
                    found,
                })
            }
        }
    }
}

/// For `doctor`: what libtorch finds on this machine.
pub(crate) fn summary() -> String {
    let cards = if Cuda::is_available() {
        Cuda::device_count()
    } else {
        0
    };
    match cards {
        0 => "libtorch 2.4, no CUDA: `rust-bert` computes on the processor".to_owned(),
        cards => format!("libtorch 2.4 with CUDA, {cards} cards"),
    }
}
