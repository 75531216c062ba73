//! Checkpoints of `transformers`: the answers are Python's, from the same files (`tests/checkpoints/make.py`).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use tch::{Device, Kind, Tensor};

use super::{findings, load, naming, numbers, parts};
use crate::article::Paragraph;
use crate::cli::TalkArgs;
use crate::engine::choice::{Choice, Parts, Summarizer};
use crate::engine::rust_bert::checkpoint::Checkpoint;
use crate::engine::rust_bert::classifier::{Classifier, Input, Weights};
use crate::engine::rust_bert::device::Place;
use crate::engine::rust_bert::generator::{self, Generator};
use crate::engine::rust_bert::search::Search;
use crate::engine::rust_bert::shared::safetensors;
use crate::engine::rust_bert::{pickled, pieces};
use crate::engine::{EngineName, Loaded};
use crate::models;
use crate::progress::Printer;

#[derive(Deserialize)]
struct Answers {
    texts: Vec<String>,
    hypotheses: Vec<String>,
    classifiers: BTreeMap<String, Logits>,
    searches: Vec<Asked>,
    /// For each generator, text and search: its tokens.
    generators: BTreeMap<String, Vec<Vec<Vec<u32>>>>,
    pieces: Pieces,
}

/// How tokens were chosen, in Python's words.
#[derive(Deserialize)]
struct Asked {
    num_beams: usize,
    min_new_tokens: usize,
    max_new_tokens: usize,
    no_repeat_ngram_size: usize,
    length_penalty: Option<f32>,
    early_stopping: Option<bool>,
}

/// For each kind of network and text: the ids that SentencePiece gives.
#[derive(Deserialize)]
struct Pieces {
    texts: Vec<String>,
    ids: BTreeMap<String, Vec<Vec<u32>>>,
}

/// For each text: its logits, and those with each hypothesis behind it.
#[derive(Deserialize)]
struct Logits {
    single: Vec<Vec<f32>>,
    pair: Vec<Vec<Vec<f32>>>,
}

static ANSWERS: LazyLock<Answers> = LazyLock::new(|| {
    let text = include_str!("../../../../tests/checkpoints/answers.json");
    serde_json::from_str(text).expect("it is of this shape")
});

fn folder(name: &str) -> String {
    format!("{}/tests/checkpoints/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Opens the checkpoint in a folder.
fn open(folder: &str) -> Checkpoint {
    let printer = Printer::new(&TalkArgs::default());
    let model = models::resolve(folder, &parts().hub, &printer).expect("it is there");
    Checkpoint::open(folder, model).expect("it says what it is")
}

fn classifier(name: &str) -> Classifier {
    of_folder(&folder(name))
}

fn of_folder(folder: &str) -> Classifier {
    in_kind(folder, Kind::Float)
}

fn in_kind(folder: &str, kind: Kind) -> Classifier {
    tch::set_num_threads(1);
    let weights = Weights::load(&open(folder), place(kind)).expect("the weights load");
    Classifier::new(Arc::new(weights))
}

fn place(kind: Kind) -> Place {
    Place {
        device: Device::Cpu,
        kind,
    }
}

fn logits(classifier: &Classifier, inputs: &[Input]) -> Vec<Vec<f32>> {
    let logits = classifier
        .logits(inputs)
        .expect("it answers")
        .to_kind(Kind::Float);
    Vec::<Vec<f32>>::try_from(logits).expect("a row each")
}

/// The largest difference of two numbers in the same place.
fn apart(one: &[Vec<f32>], other: &[Vec<f32>]) -> f32 {
    assert_eq!(one.len(), other.len());
    let rows = one.iter().zip(other);
    rows.flat_map(|(a, b)| a.iter().zip(b))
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn logits_are_those_of_python_and_batched_as_alone() {
    for (name, expected) in &ANSWERS.classifiers {
        let classifier = classifier(name);
        let tokens = |text: &String| classifier.encode(text).expect("it is cut").get_ids().to_vec();
        let texts: Vec<Vec<u32>> = ANSWERS.texts.iter().map(tokens).collect();
        let hypotheses: Vec<Vec<u32>> = ANSWERS.hypotheses.iter().map(tokens).collect();
        let single: Vec<Input> = texts.iter().map(|text| classifier.single(text)).collect();
        let pair: Vec<Input> = texts
            .iter()
            .flat_map(|text| {
                hypotheses
                    .iter()
                    .map(|hypothesis| classifier.pair(text, hypothesis))
            })
            .collect();
        for (inputs, expected) in [(single, expected.single.clone()), (pair, expected.pair.concat())] {
            let together = logits(&classifier, &inputs);
            let alone: Vec<Vec<f32>> = inputs
                .iter()
                .flat_map(|one| logits(&classifier, std::slice::from_ref(one)))
                .collect();
            assert!(
                apart(&alone, &expected) < 1e-4,
                "{name}: {} from Python",
                apart(&alone, &expected)
            );
            assert!(
                apart(&alone, &together) < 1e-5,
                "{name}: {} in a batch",
                apart(&alone, &together)
            );
        }
    }
}

#[test]
fn half_the_bits_give_much_the_same_logits() {
    for (name, expected) in &ANSWERS.classifiers {
        let classifier = in_kind(&folder(name), Kind::BFloat16);
        let tokens = |text: &String| classifier.encode(text).expect("it is cut").get_ids().to_vec();
        let inputs: Vec<Input> = ANSWERS
            .texts
            .iter()
            .map(|text| classifier.single(&tokens(text)))
            .collect();
        let furthest = apart(&logits(&classifier, &inputs), &expected.single);
        assert!(furthest < 0.1, "{name}: {furthest} from Python");
        assert!(furthest > 1e-5, "{name} has all its bits");
    }
}

#[test]
fn pieces_are_those_of_sentencepiece() {
    for (network, expected) in &ANSWERS.pieces.ids {
        let file = match network.as_str() {
            "xlm-roberta" => "sentencepiece.bpe.model",
            "deberta-v2" => "spm.model",
            _ => "spiece.model",
        };
        let bytes = std::fs::read(folder("pieces") + "/" + file).expect("it is there");
        let tokenizer = pieces::tokenizer(&bytes, network).expect("it is read");
        for (text, expected) in ANSWERS.pieces.texts.iter().zip(expected) {
            let encoding = tokenizer.encode(text.as_str(), false).expect("it is cut");
            assert_eq!(encoding.get_ids(), expected, "{network}: {text}");
        }
        let text = "The minister praised the senator.";
        let ids = tokenizer
            .encode(text, false)
            .expect("it is cut")
            .get_ids()
            .to_vec();
        assert_eq!(tokenizer.decode(&ids, true).expect("it is text"), text);
    }
    let bytes = std::fs::read(folder("pieces") + "/spiece.model").expect("it is there");
    let cut = &bytes[..bytes.len() - 1];
    for (bytes, network) in [(cut, "t5"), (&[], "t5"), (&bytes[..], "bert")] {
        assert!(pieces::tokenizer(bytes, network).is_err(), "{network}");
    }
}

/// A folder with a checkpoint's files but its weights.
fn without_weights(name: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for file in ["config.json", "tokenizer.json"] {
        let to = copy.path().join(file);
        std::fs::copy(format!("{}/{file}", folder(name)), to).expect("it is copied");
    }
    copy
}

#[test]
fn weights_of_rust_bert_are_read() {
    let copy = without_weights("bert");
    let bytes = std::fs::read(folder("bert") + "/model.safetensors").expect("it is there");
    let tensors: Vec<(String, Tensor)> = safetensors(&bytes).expect("they are read").into_iter().collect();
    Tensor::save_multi(&tensors, copy.path().join("rust_model.ot")).expect("it is written");
    let classifier = of_folder(copy.path().to_str().expect("a name"));
    let tokens = classifier.encode(&ANSWERS.texts[0]).expect("it is cut");
    let got = logits(&classifier, &[classifier.single(tokens.get_ids())]);
    assert!(apart(&got, &ANSWERS.classifiers["bert"].single[..1]) < 1e-4);
}

#[test]
fn weights_that_nobody_can_read_are_refused_with_advice() {
    let copy = without_weights("bert");
    std::fs::write(copy.path().join("pytorch_model.bin"), "as before 1.6").expect("it is written");
    let checkpoint = open(copy.path().to_str().expect("a name"));
    let error = Weights::load(&checkpoint, place(Kind::Float))
        .err()
        .expect("no weights");
    let told = error.to_string();
    assert!(
        told.contains("pytorch_model.bin` cannot be used")
            && told.contains("\nhint: ")
            && told.lines().count() < 4,
        "{told}"
    );
    let whole = std::fs::read(folder("roberta") + "/pytorch_model.bin").expect("it is there");
    assert!(pickled::tensors(&whole).is_ok());
    for end in (0..whole.len()).step_by(331) {
        assert!(pickled::tensors(&whole[..end]).is_err(), "{end} bytes of it");
    }
}

/// Loads an engine whose answers for sentiment and stance are those of checkpoints.
fn engine(base: EngineName, sentiment: Option<&str>, stance: Option<&str>) -> Loaded {
    let choice = Choice {
        parts: Some(Parts {
            sentiment: sentiment.map(folder),
            stance: stance.map(folder),
            ..parts()
        }),
        ..super::choice(base)
    };
    load(&choice).expect("the weights load")
}

fn answer(loaded: &Loaded, paragraph: &Paragraph) -> crate::findings::Findings {
    let all = findings(&mut *loaded.worker(), std::slice::from_ref(paragraph));
    all.into_iter().next().expect("one answer").expect("it answers")
}

#[test]
fn a_task_is_answered_by_its_model_and_the_rest_by_the_base() {
    let text = naming(&ANSWERS.texts[1], "senator");
    let mini = answer(&load(&super::choice(EngineName::Mini)).expect("it loads"), &text);
    let mixed = engine(EngineName::Mini, Some("distilbert"), Some("bart-nli"));
    let found = answer(&mixed, &text);
    assert_eq!(
        (&found.keep, &found.salience, &found.entities),
        (&mini.keep, &mini.salience, &mini.entities)
    );
    let feeling = found.sentiment.expect("a sentiment");
    let logits = &ANSWERS.classifiers["distilbert"].single[1];
    let positive = 1.0 / (1.0 + (logits[0] - logits[1]).exp());
    assert!((feeling.positive - positive).abs() < 1e-4 && feeling.neutral == 0.0);
    assert!((feeling.score - (2.0 * positive - 1.0)).abs() < 1e-4);
    assert_eq!(found.stance.map(|all| all.len()), Some(1));
    assert_eq!(answer(&mixed.proposing(), &text), mini);
}

#[test]
fn stance_asks_about_the_target_by_its_name() {
    // `bart-nli` has entailment last, `bert-nli` first of two.
    for (name, entailment) in [("bart-nli", 2), ("bert-nli", 0)] {
        let loaded = engine(EngineName::Fake, None, Some(name)).with_targets(&["the senator".to_owned()]);
        let found = answer(&loaded, &naming(&ANSWERS.texts[1], "senator"));
        let entailed = |logits: &[f32]| {
            let sum: f32 = logits.iter().map(|x| x.exp()).sum();
            logits[entailment].exp() / sum
        };
        let pair = &ANSWERS.classifiers[name].pair[1];
        let (favor, against) = (entailed(&pair[0]), entailed(&pair[1]));
        let p = found.stance.expect("a stance")[0];
        assert!((p.favor - favor * (1.0 - against)).abs() < 1e-4, "{name}");
        assert!((p.against - against * (1.0 - favor)).abs() < 1e-4, "{name}");
        assert!((p.favor + p.neutral + p.against - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_paragraph_that_names_nobody_is_not_asked_about() {
    let loaded = engine(EngineName::Fake, None, Some("bart-nli"));
    let found = answer(&loaded, &naming("It rained.", "senator"));
    assert_eq!(found.stance, Some(Vec::new()));
}

#[test]
fn a_text_longer_than_the_model_reads_is_read_in_windows() {
    let text = "Critics condemned the senator. ".repeat(60);
    let paragraph = naming(text.trim_end(), "senator");
    for sentiment in ["distilbert", "bert", "roberta"] {
        let found = answer(
            &engine(EngineName::Fake, Some(sentiment), Some("bart-nli")),
            &paragraph,
        );
        assert!(found.windows > 1, "{sentiment}");
        let feeling = found.sentiment.expect("a sentiment");
        assert!((feeling.negative + feeling.neutral + feeling.positive - 1.0).abs() < 1e-5);
        assert!(numbers(&found).iter().all(|number| number.is_finite()));
        assert_eq!(found.stance.map(|all| all.len()), Some(60));
    }
}

#[test]
fn the_record_says_what_classes_were_taken_for() {
    let identity = engine(EngineName::Mini, Some("distilbert"), Some("bert-nli")).identity();
    assert_eq!(identity.engine, "mini");
    let notes: Vec<&str> = identity
        .parts
        .iter()
        .flat_map(|part| &part.notes)
        .map(String::as_str)
        .collect();
    assert_eq!(
        notes,
        [
            "`NEGATIVE` is taken for negative",
            "`POSITIVE` is taken for positive",
            "it has no neutral class",
            "favor: The author supports {target}.",
            "against: The author opposes {target}.",
            "`entailment` is taken for entailment",
        ]
    );
    assert!(identity.parts.iter().all(|part| part.sha256.len() == 64));
}

#[test]
fn a_model_that_cannot_answer_is_refused_with_the_reason() {
    let refused = |sentiment: Option<&str>, stance: Option<&str>| {
        let choice = Choice {
            parts: Some(Parts {
                sentiment: sentiment.map(str::to_owned),
                stance: stance.map(str::to_owned),
                ..parts()
            }),
            ..super::choice(EngineName::Fake)
        };
        load(&choice)
            .err()
            .map_or_else(String::new, |error| error.to_string())
    };
    let other = tempfile::tempdir().expect("a folder");
    for (file, text) in [
        ("config.json", r#"{"model_type": "gpt2"}"#),
        ("vocab.txt", ""),
        ("model.safetensors", ""),
    ] {
        std::fs::write(other.path().join(file), text).expect("it is written");
    }
    let wrong = refused(other.path().to_str(), None);
    assert!(wrong.contains("`model_type` is `gpt2`"), "{wrong}");
    let nowhere = refused(Some("no/such-model"), None);
    assert!(
        nowhere.contains("`no/such-model` is not whole in the cache"),
        "{nowhere}"
    );
    let no_entailment = refused(None, Some(&folder("roberta")));
    assert!(
        no_entailment.contains("one called `entailment`"),
        "{no_entailment}"
    );
    let no_sentiment = refused(Some(&folder("bart-nli")), None);
    assert!(
        no_sentiment.contains("contradiction, neutral, entailment"),
        "{no_sentiment}"
    );
}

#[test]
fn generated_tokens_are_those_of_python() {
    tch::set_num_threads(1);
    for (name, expected) in &ANSWERS.generators {
        let weights =
            generator::Weights::load(&open(&folder(name)), place(Kind::Float)).expect("the weights load");
        let generator = Generator::new(Arc::new(weights));
        for (text, expected) in ANSWERS.texts.iter().zip(expected) {
            let encoding = generator.weights.pretrained.encode(text).expect("it is cut");
            for (asked, expected) in ANSWERS.searches.iter().zip(expected) {
                let search = Search {
                    beams: asked.num_beams,
                    shortest: asked.min_new_tokens,
                    longest: asked.max_new_tokens,
                    length_penalty: asked.length_penalty.unwrap_or(1.0),
                    no_repeat: asked.no_repeat_ngram_size,
                    early: asked.early_stopping.unwrap_or(false),
                };
                let got = generator
                    .generate(encoding.get_ids(), &search)
                    .expect("it answers");
                assert_eq!(&got, expected, "{name}, {search:?}: {text}");
            }
        }
    }
}

#[test]
fn half_the_bits_generate_too() {
    tch::set_num_threads(1);
    for name in ANSWERS.generators.keys() {
        let weights =
            generator::Weights::load(&open(&folder(name)), place(Kind::BFloat16)).expect("the weights load");
        let generator = Generator::new(Arc::new(weights));
        let encoding = generator
            .weights
            .pretrained
            .encode(&ANSWERS.texts[0])
            .expect("it is cut");
        for beams in [1, 3] {
            let search = Search {
                beams,
                shortest: 4,
                longest: 9,
                length_penalty: 1.0,
                no_repeat: 3,
                early: false,
            };
            let said = generator
                .generate(encoding.get_ids(), &search)
                .expect("it answers");
            assert!((5..=10).contains(&said.len()), "{name}: {said:?}");
        }
    }
}

#[test]
fn a_summarizer_never_says_more_than_the_paragraph() {
    let choice = |beams: usize| Choice {
        parts: Some(Parts {
            summarizer: Some(Summarizer {
                model: folder("bart"),
                words: 8,
                beams: Some(beams),
            }),
            ..parts()
        }),
        ..super::choice(EngineName::Fake)
    };
    for beams in [1, 3] {
        let loaded = load(&choice(beams)).expect("the weights load");
        assert_eq!(
            answer(&loaded, &naming(&ANSWERS.texts[1], "senator")).retold,
            None,
            "it is short enough"
        );
        let text = &ANSWERS.texts[2];
        let found = answer(&loaded, &naming(text, "senator"));
        assert!(found.retold.is_some());
        assert_eq!(found, answer(&loaded, &naming(text, "senator")));
        // Longer than its positions: read in parts, none left out.
        let long = text.repeat(6);
        assert!(answer(&loaded, &naming(&long, "senator")).windows > 1);
        assert!(loaded.identity().parts[0].notes[0].starts_with(&format!("beams {beams},")));
    }
}
