//! Peer (c): the stock pipelines of `rust-bert`, as they are, on random weights of the sizes that they bring by
//! default: DistilBERT for sentiment, BART-large for summaries and for zero-shot stance. For speed alone.
//!
//! `rust_bert_pipelines.py` writes what it reads and starts it:
//!
//! ```text
//! rust_bert_pipelines CHECKPOINTS JOB.json THREADS > SECONDS.json
//! ```

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it is a program of its own, and reads and writes files"
)]

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use rust_bert::bart::{BartConfig, BartForConditionalGeneration, BartForSequenceClassification};
use rust_bert::distilbert::{DistilBertConfig, DistilBertModelClassifier};
use rust_bert::pipelines::common::{ModelResource, ModelType};
use rust_bert::pipelines::sequence_classification::{
    SequenceClassificationConfig, SequenceClassificationModel,
};
use rust_bert::pipelines::summarization::{SummarizationConfig, SummarizationModel};
use rust_bert::pipelines::zero_shot_classification::{
    ZeroShotClassificationConfig, ZeroShotClassificationModel,
};
use rust_bert::resources::LocalResource;
use serde::{Deserialize, Serialize};
use tch::nn::{Path as Root, VarStore};
use tch::{Device, manual_seed, set_num_threads};

/// What there is to do; the slow tasks have a sample of it.
#[derive(Deserialize)]
struct Job {
    sentiment: Vec<String>,
    summary: Vec<String>,
    /// A text, and the target that it is asked about.
    named: Vec<(String, String)>,
    elsewhere: Vec<(String, String)>,
}

/// Tokens of a text that the zero-shot pipeline reads.
const LONGEST: usize = 512;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut argument = || arguments.next().context("CHECKPOINTS JOB.json THREADS");
    let folder = PathBuf::from(argument()?);
    let job: Job = serde_json::from_str(&fs::read_to_string(argument()?)?)?;
    set_num_threads(argument()?.parse()?);

    let distilbert = DistilBertConfig {
        id2label: Some(labels(["negative", "neutral", "positive"])),
        ..DistilBertConfig::default()
    };
    let bart = BartConfig {
        id2label: Some(labels(["contradiction", "neutral", "entailment"])),
        ..BartConfig::default()
    };
    let begun = Instant::now();
    let sentiment = SequenceClassificationModel::new(SequenceClassificationConfig::new(
        ModelType::DistilBert,
        weights(&folder, "sentiment", &distilbert, |root, config| {
            DistilBertModelClassifier::new(root, config)
        })?,
        file(&folder, "sentiment.json"),
        file(&folder, "vocab.txt"),
        None,
        true,
        None,
        None,
    ))?;
    let summary = SummarizationModel::new(SummarizationConfig {
        device: Device::Cpu,
        // It is never shorter than its stock minimum; random weights would go on to the maximum.
        max_length: Some(56),
        ..SummarizationConfig::new(
            ModelType::Bart,
            weights(&folder, "summary", &bart, |root, config| {
                Ok::<_, Infallible>(BartForConditionalGeneration::new(root, config))
            })?,
            file(&folder, "summary.json"),
            file(&folder, "vocab.json"),
            Some(file(&folder, "merges.txt")),
        )
    })?;
    let stance = ZeroShotClassificationModel::new(ZeroShotClassificationConfig::new(
        ModelType::Bart,
        weights(&folder, "stance", &bart, |root, config| {
            BartForSequenceClassification::new(root, config)
        })?,
        file(&folder, "stance.json"),
        file(&folder, "vocab.json"),
        Some(file(&folder, "merges.txt")),
        false,
        None,
        None,
    ))?;
    let mut seconds = BTreeMap::from([("load", begun.elapsed().as_secs_f64())]);

    // One text a call: its tensor would hold all of them, padded, and no mask.
    let mut timed = |task, work: &dyn Fn() -> Result<()>| -> Result<()> {
        let begun = Instant::now();
        work()?;
        seconds.insert(task, begun.elapsed().as_secs_f64());
        Ok(())
    };
    timed("sentiment", &|| {
        job.sentiment
            .iter()
            .for_each(|text| drop(sentiment.predict([text.as_str()])));
        Ok(())
    })?;
    timed("summary", &|| {
        job.summary
            .iter()
            .try_for_each(|text| summary.summarize(&[text.as_str()]).map(drop).map_err(Into::into))
    })?;
    for (task, asked) in [
        ("stance where named", &job.named),
        ("stance elsewhere", &job.elsewhere),
    ] {
        timed(task, &|| {
            asked.iter().try_for_each(|(text, target)| {
                let labels =
                    ["against", "neutral toward", "in favor of"].map(|label| format!("{label} {target}"));
                let asked = labels.each_ref().map(String::as_str);
                stance.predict([text.as_str()], asked, None, LONGEST)?;
                Ok(())
            })
        })?;
    }
    println!("{}", serde_json::to_string(&seconds)?);
    Ok(())
}

fn labels(names: [&str; 3]) -> HashMap<i64, String> {
    (0..).zip(names.map(str::to_owned)).collect()
}

fn file(folder: &Path, name: &str) -> LocalResource {
    LocalResource::from(folder.join(name))
}

/// Random weights of a model, written once, and its configuration beside them.
fn weights<C: Serialize, M, E: std::error::Error + Send + Sync + 'static>(
    folder: &Path,
    name: &str,
    config: &C,
    build: impl for<'a> FnOnce(Root<'a>, &C) -> Result<M, E>,
) -> Result<ModelResource> {
    let path = folder.join(format!("{name}.ot"));
    if !path.exists() {
        manual_seed(5);
        let store = VarStore::new(Device::Cpu);
        build(store.root(), config)?;
        fs::write(
            folder.join(format!("{name}.json")),
            serde_json::to_string(config)?,
        )?;
        store.save(&path)?;
    }
    Ok(ModelResource::Torch(Box::new(LocalResource::from(path))))
}
