//! What was typed, what the settings files say and what the environment holds, resolved once into
//! what it means. Everything that can be checked before a model is loaded is checked here.

#![expect(
    clippy::disallowed_methods,
    reason = "settings come from files and the environment"
)]

pub mod hub;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use crate::article::Kind;
use crate::cli::{CsvDialect, ReaderArgs, RunArgs, VoiceChoice};
use crate::engine::EngineName;
use crate::engine::choice::{Choice, Device, Hypotheses, Parts, Precision, Summarizer};
use crate::engine::model::Location;
use crate::input::{Format, Reading};
use crate::report::folder::own_files;
use crate::segment::Rules;
use crate::targets::{Target, TargetsError};
use hub::HubSettings;

/// What a run is to do.
#[derive(Debug)]
pub struct Settings {
    /// What to read, as named by the user.
    pub inputs: Vec<String>,
    /// How to read it.
    pub reading: Reading,
    /// Rules for the kinds of paragraph.
    pub rules: Rules,
    /// The user's own rules file, as it was read.
    pub rules_text: Option<String>,
    /// Where to write.
    pub output: Output,
    /// Whose stance is asked for.
    pub targets: TargetChoice,
    /// What reads, and with which weights.
    pub reader: Choice,
    /// Threads, all told.
    pub jobs: usize,
    /// Tokens in a batch, for engines that have batches.
    pub batch_tokens: usize,
    /// What shapes the rows.
    pub answers: Answers,
}

/// The settings that change what a row says; they stand in `run.json`, and a resumed run must have the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Kinds of paragraph that are analysed.
    pub kinds: Vec<Kind>,
    /// About how many words a summary has.
    pub summary_words: usize,
    /// Neutral within ± this score; `None`: the likeliest class.
    pub neutral_band: Option<f32>,
    /// Whose words count in the stance columns.
    pub voice: VoiceChoice,
    /// How CSV files are written.
    pub csv_dialect: CsvDialect,
    /// How the input is read.
    #[serde(flatten)]
    pub input: InputAnswers,
}

/// What was said of the input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputAnswers {
    /// Column of a table that holds the article.
    pub text_column: Option<String>,
    /// Column of a table that names the article.
    pub id_column: Option<String>,
    /// Column of a table that holds the title.
    pub title_column: Option<String>,
    /// How files without a byte order mark are encoded.
    pub encoding: Option<String>,
    /// What files named one by one are.
    pub input_format: Option<String>,
}

impl InputAnswers {
    fn of(reading: &Reading) -> InputAnswers {
        InputAnswers {
            text_column: reading.text_column.clone(),
            id_column: reading.id_column.clone(),
            title_column: reading.title_column.clone(),
            encoding: reading.encoding.map(|encoding| encoding.name().to_owned()),
            input_format: reading.format.map(|format| format.name().to_owned()),
        }
    }
}

/// Where a run writes.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// The paragraphs to standard output.
    Stdout,
    /// All tables into a folder.
    Folder {
        /// The folder.
        path: PathBuf,
        /// What to do with what is there.
        existing: Existing,
    },
    /// Nothing: say what a run would do.
    DryRun,
}

/// What to do with the tables of an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Do not start.
    Refuse,
    /// Replace them when the new ones are complete.
    Overwrite,
    /// Go on where it stopped.
    Resume,
}

/// Whose stance is asked for.
#[derive(Debug)]
pub enum TargetChoice {
    /// Those that the user named.
    Named(Vec<Target>),
    /// Those that the articles mention most.
    Auto,
}

/// What is wrong with the settings. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value that cannot be.
    #[error("`--{flag}`: {why}")]
    Value {
        /// The flag's long name.
        flag: &'static str,
        /// What is wrong and what to do.
        why: String,
    },
    /// A target that cannot be; the message names the flag.
    #[error(transparent)]
    Target(#[from] TargetsError),
    /// A file named by a flag cannot be read.
    #[error("cannot read `{path}`, named by `--{flag}`")]
    File {
        /// The flag's long name.
        flag: &'static str,
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A variable of the environment that cannot be.
    #[error("`{name}`, set in the environment: {why}")]
    Environment {
        /// The variable.
        name: &'static str,
        /// What is wrong and what to do.
        why: String,
    },
    /// A model was named that this program cannot run.
    #[error(
        "models of one's own for a task run on the engine `rust-bert`, which this program was built without\nhint: in a clone of the repository, `cargo xtask libtorch` and then `cargo build --release --features rust-bert`"
    )]
    NotBuilt,
    /// A settings file does not parse, or says what no flag says.
    #[error("`{path}`: {why}")]
    Config {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

fn value(flag: &'static str, why: impl Into<String>) -> SettingsError {
    SettingsError::Value {
        flag,
        why: why.into(),
    }
}

/// A settings file: the flags that are worth keeping, under their long names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    target: Vec<String>,
    targets: Option<String>,
    voice: Option<VoiceChoice>,
    summary_words: Option<usize>,
    neutral_band: Option<f32>,
    kinds: Vec<String>,
    rules: Option<PathBuf>,
    engine: Option<String>,
    model: Option<PathBuf>,
    device: Option<String>,
    precision: Option<String>,
    sentiment_model: Option<String>,
    stance_model: Option<String>,
    hypothesis_favor: Option<String>,
    hypothesis_against: Option<String>,
    summarizer: Option<String>,
    summary_beams: Option<usize>,
    jobs: Option<usize>,
    batch_tokens: Option<usize>,
    text_column: Option<String>,
    id_column: Option<String>,
    title_column: Option<String>,
    encoding: Option<String>,
    csv_dialect: Option<CsvDialect>,
}

/// About how many words a summary has where nothing else is asked.
const SUMMARY_WORDS: usize = 25;

impl Settings {
    /// Resolves what was typed. Files that flags name are read; nothing is written.
    pub fn resolve(args: RunArgs) -> Result<Settings, SettingsError> {
        let mut file = ConfigFile::find(args.config.as_deref())?;
        let RunArgs {
            inputs,
            output,
            target,
            targets,
            voice,
            summary_words,
            neutral_band,
            kinds,
            rules,
            reader,
            batch_tokens,
            text_column,
            id_column,
            title_column,
            encoding,
            input_format: input_format_name,
            follow_links,
            csv_dialect,
            stdout,
            resume,
            overwrite,
            dry_run,
            config: _,
            talk: _, // the printer's
        } = args;
        let reader = file.beneath(reader);
        let existing = match (resume, overwrite) {
            (true, _) => Existing::Resume,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        };
        let output = match output {
            _ if dry_run => Output::DryRun,
            Some(path) => Output::Folder { path, existing },
            None if stdout => Output::Stdout,
            None => return Err(value("output", "name a folder to write to, or pass `--stdout`")),
        };
        let summary_words = positive(
            "summary-words",
            summary_words.or(file.summary_words),
            SUMMARY_WORDS,
        )?;
        let rules_text = rules
            .or(file.rules)
            .map(|path| read("rules", &path))
            .transpose()?;
        let reading = Reading {
            text_column: text_column.or(file.text_column),
            id_column: id_column.or(file.id_column),
            title_column: title_column.or(file.title_column),
            encoding: named_encoding(encoding.or(file.encoding).as_deref())?,
            format: input_format(input_format_name.as_deref())?,
            exclude: match &output {
                Output::Folder { path, .. } => own_files(path),
                Output::Stdout | Output::DryRun => Vec::new(),
            },
            follow_links,
        };
        Ok(Settings {
            inputs,
            rules: match &rules_text {
                Some(text) => Rules::parse(text).map_err(|error| value("rules", error.to_string()))?,
                None => Rules::builtin(),
            },
            rules_text,
            output,
            targets: TargetChoice::resolve(
                if target.is_empty() { &file.target } else { &target },
                targets.or(file.targets).as_deref(),
            )?,
            reader: with_words(choice(&reader)?, summary_words),
            jobs: resolve_jobs(reader.jobs)?,
            batch_tokens: positive("batch-tokens", batch_tokens.or(file.batch_tokens), 4_096)?,
            answers: Answers {
                kinds: resolve_kinds(if kinds.is_empty() { &file.kinds } else { &kinds })?,
                summary_words,
                neutral_band: match neutral_band.or(file.neutral_band) {
                    Some(band) if !(0.0..=1.0).contains(&band) => {
                        return Err(value(
                            "neutral-band",
                            format!("{band} does not lie between 0 and 1"),
                        ));
                    }
                    band => band,
                },
                voice: voice.or(file.voice).unwrap_or_default(),
                csv_dialect: csv_dialect.or(file.csv_dialect).unwrap_or_default(),
                input: InputAnswers::of(&reading),
            },
            reading,
        })
    }
}

/// What the names of an engine, a model's folder and a device mean.
pub fn choice(reader: &ReaderArgs) -> Result<Choice, SettingsError> {
    let ReaderArgs {
        engine,
        model,
        device,
        precision,
        sentiment_model,
        stance_model,
        hypothesis_favor,
        hypothesis_against,
        summarizer,
        summary_beams,
        offline,
        jobs: _, // the pipeline's
    } = reader.clone();
    let standard = Hypotheses::default();
    let hypotheses = Hypotheses {
        favor: hypothesis("hypothesis-favor", hypothesis_favor, standard.favor)?,
        against: hypothesis("hypothesis-against", hypothesis_against, standard.against)?,
    };
    if summary_beams == Some(0) {
        return Err(value("summary-beams", "must be at least 1"));
    }
    let parts = if sentiment_model.is_none() && stance_model.is_none() && summarizer.is_none() {
        None
    } else if cfg!(feature = "rust-bert") {
        Some(Parts {
            sentiment: sentiment_model,
            stance: stance_model,
            hypotheses,
            summarizer: summarizer.map(|model| Summarizer {
                model,
                words: SUMMARY_WORDS,
                beams: summary_beams,
            }),
            hub: HubSettings::resolve(offline)?,
        })
    } else {
        return Err(SettingsError::NotBuilt);
    };
    let engine = engine_name(engine.as_deref())?;
    let device: Device = parsed("device", device)?;
    let precision: Precision = parsed("precision", precision)?;
    if engine != EngineName::RustBert && parts.is_none() {
        let alone = "`mini` computes in int8 on the processor; this is for `--engine rust-bert` and models of your own";
        if matches!(device, Device::Cuda(_)) {
            return Err(value("device", alone));
        }
        if precision != Precision::F32 {
            return Err(value("precision", alone));
        }
    }
    Ok(Choice {
        engine,
        model: model.map_or(Location::Shipped, Location::Folder),
        device,
        precision,
        parts,
    })
}

/// What a flag's word means; the default where it was not given.
fn parsed<T: FromStr<Err = String> + Default>(
    flag: &'static str,
    word: Option<String>,
) -> Result<T, SettingsError> {
    word.map_or_else(|| Ok(T::default()), |word| word.parse())
        .map_err(|why| value(flag, why))
}

/// Tells the summarizer how long its summaries are to be.
fn with_words(mut choice: Choice, words: usize) -> Choice {
    if let Some(summarizer) = choice.parts.as_mut().and_then(|parts| parts.summarizer.as_mut()) {
        summarizer.words = words;
    }
    choice
}

/// A sentence that names its target.
fn hypothesis(flag: &'static str, asked: Option<String>, standard: String) -> Result<String, SettingsError> {
    match asked {
        Some(sentence) if !sentence.contains("{target}") => Err(value(
            flag,
            format!("`{sentence}` holds no `{{target}}`, for which the target's name is put"),
        )),
        other => Ok(other.unwrap_or(standard)),
    }
}

fn engine_name(name: Option<&str>) -> Result<EngineName, SettingsError> {
    match name {
        None | Some("mini") => Ok(EngineName::Mini),
        Some("rust-bert") => Ok(EngineName::RustBert),
        Some("fake") => Ok(EngineName::Fake),
        Some(other) => Err(value(
            "engine",
            format!("there is no engine `{other}`; the engines are `mini` and `rust-bert`"),
        )),
    }
}

fn named_encoding(name: Option<&str>) -> Result<Option<&'static Encoding>, SettingsError> {
    name.map(|name| {
        Encoding::for_label(name.as_bytes()).ok_or_else(|| {
            value(
                "encoding",
                format!("no encoding is called `{name}`; try `utf-8` or `windows-1252`"),
            )
        })
    })
    .transpose()
}

fn input_format(name: Option<&str>) -> Result<Option<Format>, SettingsError> {
    name.map(|name| {
        Format::from_name(name).ok_or_else(|| {
            let known = Format::ALL.map(Format::name).join(", ");
            value(
                "input-format",
                format!("there is no format `{name}`; the formats are {known}"),
            )
        })
    })
    .transpose()
}

/// Threads to use: those asked for, else one for each core.
pub fn resolve_jobs(asked: Option<usize>) -> Result<usize, SettingsError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    positive("jobs", asked, cores)
}

fn positive(flag: &'static str, asked: Option<usize>, default: usize) -> Result<usize, SettingsError> {
    match asked {
        Some(0) => Err(value(flag, "must be at least 1")),
        other => Ok(other.unwrap_or(default)),
    }
}

fn resolve_kinds(names: &[String]) -> Result<Vec<Kind>, SettingsError> {
    if names.is_empty() {
        return Ok(vec![Kind::Body, Kind::Quote, Kind::List]);
    }
    let mut kinds = names
        .iter()
        .map(|name| {
            Kind::from_name(name).ok_or_else(|| {
                let known = Kind::ALL.map(Kind::name).join(", ");
                value(
                    "kinds",
                    format!("there is no kind `{name}`; the kinds are {known}"),
                )
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

impl TargetChoice {
    fn resolve(flags: &[String], file: Option<&str>) -> Result<TargetChoice, SettingsError> {
        let mut all = Vec::new();
        match file {
            Some("auto") if !flags.is_empty() => {
                return Err(value(
                    "targets",
                    "`auto` proposes targets; leave it out, or leave out `--target`",
                ));
            }
            Some("auto") => return Ok(TargetChoice::Auto),
            Some(path) => {
                let text = read("targets", Path::new(path))?;
                let csv = Path::new(path)
                    .extension()
                    .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
                all = if csv {
                    Target::from_csv(&text)
                } else {
                    Target::from_toml(&text)
                }
                .map_err(|error| value("targets", format!("{path}: {error}")))?;
            }
            None => {}
        }
        for flag in flags {
            all.push(Target::parse(flag)?);
        }
        Ok(if all.is_empty() {
            TargetChoice::Auto
        } else {
            TargetChoice::Named(all)
        })
    }
}

impl ConfigFile {
    /// What the file says of the reader where the flags say nothing.
    fn beneath(&mut self, flags: ReaderArgs) -> ReaderArgs {
        ReaderArgs {
            engine: flags.engine.or(self.engine.take()),
            model: flags.model.or(self.model.take()),
            device: flags.device.or(self.device.take()),
            precision: flags.precision.or(self.precision.take()),
            sentiment_model: flags.sentiment_model.or(self.sentiment_model.take()),
            stance_model: flags.stance_model.or(self.stance_model.take()),
            hypothesis_favor: flags.hypothesis_favor.or(self.hypothesis_favor.take()),
            hypothesis_against: flags.hypothesis_against.or(self.hypothesis_against.take()),
            summarizer: flags.summarizer.or(self.summarizer.take()),
            summary_beams: flags.summary_beams.or(self.summary_beams),
            offline: flags.offline,
            jobs: flags.jobs.or(self.jobs),
        }
    }

    /// The file named, else the project's, else the user's, else nothing.
    fn find(named: Option<&Path>) -> Result<ConfigFile, SettingsError> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match [Some(PathBuf::from("columnist.toml")), user_config()]
                .into_iter()
                .flatten()
                .find(|path| path.is_file())
            {
                Some(path) => path,
                None => return Ok(ConfigFile::default()),
            },
        };
        let text = read("config", &path)?;
        toml::from_str(&text).map_err(|error| SettingsError::Config {
            path: path.display().to_string(),
            why: error.to_string().trim_end().to_owned(),
        })
    }
}

/// `columnist/config.toml` in the user's configuration folder (XDG Base Directory Specification).
fn user_config() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(folder.join("columnist/config.toml"))
}

fn read(flag: &'static str, path: &Path) -> Result<String, SettingsError> {
    let text = fs::read_to_string(path).map_err(|source| SettingsError::File {
        flag,
        path: path.display().to_string(),
        source,
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
