//! What was typed. No logic: `settings` says what it means.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// Reads articles and fills columns: for each paragraph a summary, its sentiment, and its stance
/// toward the targets you care about, as CSV that opens right in a spreadsheet.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read articles and write the tables: the main job
    #[command(after_long_help = RUN_HELP)]
    Run(Box<RunArgs>),
    /// Score the model against labelled data (JSON lines)
    Eval(Box<EvalArgs>),
    /// Check this installation: program, model, speed
    Doctor(DoctorArgs),
    /// Bring, list and check models beside the one in the program
    Models {
        /// What to do with them.
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

const RUN_HELP: &str = "\
Examples:
  columnist run articles/ -o output/first
  columnist run articles/ -o output/war --target Russia --target \"NATO=the alliance\"
  columnist run posts.csv --text-column body --id-column post_id -o output/posts
  cat story.txt | columnist run - --stdout | less

Exit codes:
  0    complete
  1    complete, but an article could not be read or a cell is in error (see skipped.csv)
  2    did not run or did not finish
  130  interrupted; what was done is saved, go on with --resume

Every flag can be set in a TOML file (--config, else ./columnist.toml, else
columnist/config.toml in the user's configuration folder) under its long name with
underscores, and most by an environment variable. A flag wins over the environment,
and the environment over a file.";

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CsvDialect {
    /// Comma, CRLF, and a byte order mark, without which Excel on Windows garbles accents
    #[default]
    Excel,
    /// Comma, LF, no byte order mark: for other programs
    Plain,
    /// Like excel, with semicolons and decimal commas, as Excel expects in much of Europe
    Semicolon,
}

/// Whose words count in the stance columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoiceChoice {
    /// All words
    #[default]
    All,
    /// The author's alone: mentions inside quotation marks are left out
    Author,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// `columnist run`.
#[derive(Debug, Default, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct RunArgs {
    /// Files, folders, globs, `@LIST` (a file of paths), or `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,

    /// Folder to write to; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,

    /// A target and other names for it: `Russia`, or `Russia=Moscow,Putin` (repeatable)
    ///
    /// Countries, blocs and their peoples, capitals and seats of government are known by their usual
    /// names. `Name==a,b` means these names and no others.
    #[arg(long = "target", value_name = "NAME[=ALIAS,…]")]
    pub target: Vec<String>,

    /// Targets from a TOML or CSV file, or `auto` to have the most mentioned names proposed
    ///
    /// Without `--target` and `--targets`, `auto` is taken.
    #[arg(long, value_name = "FILE|auto", env = "COLUMNIST_TARGETS")]
    pub targets: Option<String>,

    /// Whose words count in the stance columns of paragraphs.csv and documents.csv
    #[arg(long, value_enum, value_name = "VOICE")]
    pub voice: Option<VoiceChoice>,

    /// About how many words a summary has [default: 25]
    #[arg(long, value_name = "N", env = "COLUMNIST_SUMMARY_WORDS")]
    pub summary_words: Option<usize>,

    /// Let the sentiment label follow the score: neutral within ±X, else its sign (0 to 1)
    ///
    /// Without it the label is the likeliest of the three classes.
    #[arg(long, value_name = "X")]
    pub neutral_band: Option<f32>,

    /// Kinds of paragraph to analyse [default: body,quote,list]
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub kinds: Vec<String>,

    /// Your own rules for kinds of paragraph, tried before the built-in ones (TOML)
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,

    /// What reads.
    #[command(flatten)]
    pub reader: ReaderArgs,

    /// Tokens in a batch, for engines that read in batches; `mini` reads paragraph by paragraph
    #[arg(long, value_name = "N", env = "COLUMNIST_BATCH_TOKENS")]
    pub batch_tokens: Option<usize>,

    /// Column or field that holds the text, in CSV, TSV and JSONL [default: text, body, content, article or `full_text`]
    #[arg(long, value_name = "NAME")]
    pub text_column: Option<String>,

    /// Column or field that holds the article's id
    #[arg(long, value_name = "NAME")]
    pub id_column: Option<String>,

    /// Column or field that holds the article's title
    #[arg(long, value_name = "NAME")]
    pub title_column: Option<String>,

    /// Encoding of the input [default: found out for each file]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,

    /// Format of what is named as a file or read from `-`: text, markdown, jsonl, csv or tsv
    /// [default: by the file's ending]
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<String>,

    /// Follow symbolic links that lead out of an input folder
    #[arg(long)]
    pub follow_links: bool,

    /// How CSV files are written [default: excel]
    #[arg(long, value_enum, value_name = "DIALECT", env = "COLUMNIST_CSV_DIALECT")]
    pub csv_dialect: Option<CsvDialect>,

    /// Write paragraphs.csv, and nothing else, to standard output (UTF-8, LF)
    #[arg(long, conflicts_with_all = ["output", "resume", "overwrite"])]
    pub stdout: bool,

    /// Go on where an interrupted run stopped; same inputs, same settings
    #[arg(long, conflicts_with = "overwrite")]
    pub resume: bool,

    /// Replace the tables of an earlier run
    #[arg(long)]
    pub overwrite: bool,

    /// Say what a run would read and how long it would take, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Settings file (TOML)
    #[arg(long, value_name = "FILE", env = "COLUMNIST_CONFIG")]
    pub config: Option<PathBuf>,

    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
}

/// What reads the paragraphs.
#[derive(Clone, Debug, Default, Args)]
pub struct ReaderArgs {
    /// Engine: `mini`, or `rust-bert` in programs built with it [default: mini]
    #[arg(long, value_name = "NAME", env = "COLUMNIST_ENGINE")]
    pub engine: Option<String>,

    /// Folder of a model of the shape of models/columnist-mini [default: the one in the program]
    #[arg(long, value_name = "DIR", env = "COLUMNIST_MODEL")]
    pub model: Option<PathBuf>,

    /// What `rust-bert` computes on: auto, cpu or cuda:N [default: auto]
    #[arg(long, value_name = "DEVICE", env = "COLUMNIST_DEVICE")]
    pub device: Option<String>,

    /// Numbers in which `rust-bert` computes: f32 or bf16 [default: f32]
    #[arg(long, value_name = "KIND", env = "COLUMNIST_PRECISION")]
    pub precision: Option<String>,

    /// Sentiment from this model: folder or hub id of a sequence classifier (needs `rust-bert` in the program)
    #[arg(long, value_name = "DIR|ID", env = "COLUMNIST_SENTIMENT_MODEL")]
    pub sentiment_model: Option<String>,

    /// Stance from this model: folder or hub id of one of natural language inference (needs `rust-bert`)
    #[arg(long, value_name = "DIR|ID", env = "COLUMNIST_STANCE_MODEL")]
    pub stance_model: Option<String>,

    /// What a text in favor entails, for `--stance-model` [default: The author supports {target}.]
    #[arg(long, value_name = "SENTENCE")]
    pub hypothesis_favor: Option<String>,

    /// What a text against entails, for `--stance-model` [default: The author opposes {target}.]
    #[arg(long, value_name = "SENTENCE")]
    pub hypothesis_against: Option<String>,

    /// Summaries in other words from this model: folder or hub id of a BART, T5 or PEGASUS (needs `rust-bert`)
    #[arg(long, value_name = "DIR|ID", env = "COLUMNIST_SUMMARIZER")]
    pub summarizer: Option<String>,

    /// Sequences that `--summarizer` follows side by side; 1 is greedy [default: as the model recommends, else 4]
    #[arg(long, value_name = "N")]
    pub summary_beams: Option<usize>,

    /// Never use the network (the `mini` engine never does)
    #[arg(long, env = "HF_HUB_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,

    /// How many cores to use, by reading and by the model together [default: all]
    #[arg(short, long, value_name = "N", env = "COLUMNIST_JOBS")]
    pub jobs: Option<usize>,
}

/// How much to say, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct TalkArgs {
    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more (-vv: still more)
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,

    /// How messages are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
}

/// `columnist eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Labelled data: JSON lines; the task is told from the fields
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// What reads.
    #[command(flatten)]
    pub reader: ReaderArgs,

    /// Print one JSON object a file
    #[arg(long)]
    pub json: bool,

    /// Write each record's id, gold and predicted label and every probability to a CSV file
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,

    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
}

/// `columnist models`.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// Fetch models from the Hugging Face hub into its cache
    #[command(after_long_help = PULL_HELP)]
    Pull(PullArgs),
    /// List the models that are here, with sizes and digests
    List,
    /// Check the files of models against their digests
    Verify(VerifyArgs),
}

const PULL_HELP: &str = "\
Fetched are the configuration, the tokenizer and the weights: `model.safetensors` (or its
shards), else `rust_model.ot`, else `pytorch_model.bin`. What breaks off goes on where it
stopped, at the latest when the command is given again. The folder of each model is printed.

The environment is that of huggingface_hub, whose cache is shared: HF_HOME, HF_HUB_CACHE,
HF_TOKEN (or the file that `hf auth login` writes), HF_ENDPOINT, HF_HUB_OFFLINE. Proxies are
taken from HTTPS_PROXY and NO_PROXY, certificates from the system or SSL_CERT_FILE.";

/// `columnist models pull`.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// Names on the hub: `owner/name`, or `owner/name@revision`
    #[arg(required = true, value_name = "MODEL")]
    pub models: Vec<String>,

    /// Do not use the network: say whether the models are in the cache
    #[arg(long, env = "HF_HUB_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,

    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
}

/// `columnist models verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Folders, or names on the hub of what is in the cache [default: the model in the program and
    /// all in the cache]
    #[arg(value_name = "MODEL")]
    pub models: Vec<String>,
}

/// `columnist doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Folder of a model of the shape of models/columnist-mini [default: the one in the program]
    #[arg(long, value_name = "DIR", env = "COLUMNIST_MODEL")]
    pub model: Option<PathBuf>,
}
