//! What the user asks of an engine, checked as far as it can be without loading anything.

use std::fmt;
use std::str::FromStr;

use super::EngineName;
use super::model::Location;
use crate::settings::hub::HubSettings;

/// What reads, with which weights, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The engine.
    pub engine: EngineName,
    /// Where the weights of `columnist-mini` lie.
    pub model: Location,
    /// What computes.
    pub device: Device,
    /// In which numbers.
    pub precision: Precision,
    /// Models that answer for a task in the engine's place.
    pub parts: Option<Parts>,
}

impl Choice {
    /// Whether summaries are generated.
    #[must_use]
    pub fn retells(&self) -> bool {
        self.parts
            .as_ref()
            .is_some_and(|parts| parts.summarizer.is_some())
    }
}

/// Models of `transformers` that answer for one task each, by folder or by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// A sequence classifier for sentiment.
    pub sentiment: Option<String>,
    /// A model of natural language inference for stance.
    pub stance: Option<String>,
    /// What it is asked.
    pub hypotheses: Hypotheses,
    /// A generator for summaries.
    pub summarizer: Option<Summarizer>,
    /// Where those come from that are no folders.
    pub hub: HubSettings,
}

/// A model that says in other words what a paragraph says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summarizer {
    /// Its folder or id.
    pub model: String,
    /// About how many words a summary has.
    pub words: usize,
    /// Sequences followed side by side; `None`: as the model recommends.
    pub beams: Option<usize>,
}

/// Sentences that a text entails if its author is for a target, or against it. `{target}` stands for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hypotheses {
    /// Entailed by a text in favor.
    pub favor: String,
    /// Entailed by a text against.
    pub against: String,
}

impl Default for Hypotheses {
    fn default() -> Hypotheses {
        Hypotheses {
            favor: "The author supports {target}.".to_owned(),
            against: "The author opposes {target}.".to_owned(),
        }
    }
}

/// What an engine computes on; `mini` knows the processor alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// The first graphics card if the engine can use one, else the processor.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// The graphics card of that number.
    Cuda(usize),
}

impl FromStr for Device {
    type Err = String;

    fn from_str(name: &str) -> Result<Device, String> {
        match name {
            "auto" => Ok(Device::Auto),
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Cuda(0)),
            _ => name
                .strip_prefix("cuda:")
                .and_then(|number| number.parse().ok())
                .map(Device::Cuda)
                .ok_or_else(|| format!("there is no device `{name}`; the devices are auto, cpu and cuda:N")),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Auto => f.write_str("auto"),
            Device::Cpu => f.write_str("cpu"),
            Device::Cuda(number) => write!(f, "cuda:{number}"),
        }
    }
}

/// Numbers in which libtorch computes; `mini` has its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// 16 bits with the exponent of 32 (bfloat16).
    Bf16,
}

impl FromStr for Precision {
    type Err = String;

    fn from_str(name: &str) -> Result<Precision, String> {
        match name {
            "f32" => Ok(Precision::F32),
            "bf16" => Ok(Precision::Bf16),
            _ => Err(format!("there is no precision `{name}`; there are f32 and bf16")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_read_as_it_is_shown() {
        for name in ["auto", "cpu", "cuda:0", "cuda:3"] {
            assert_eq!(
                name.parse::<Device>().map(|device| device.to_string()),
                Ok(name.to_owned())
            );
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        for name in ["", "gpu", "cuda:", "cuda:x", "CUDA:-1"] {
            assert!(name.parse::<Device>().is_err(), "{name}");
        }
    }
}
