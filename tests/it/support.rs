//! What all tests need: a folder to work in, the program, and tables read back.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The tables whose bytes a run decides.
pub(crate) const TABLES: [&str; 4] = ["paragraphs.csv", "stance.csv", "documents.csv", "skipped.csv"];

/// A folder of its own, in which the program is run with relative paths, so that messages are the
/// same everywhere.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A desk with the article that the user sent.
    pub(crate) fn with_seed() -> Desk {
        let desk = Desk::new();
        fs::copy(repository("data/articles/seed.txt"), desk.path("seed.txt")).unwrap();
        desk
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The program, to be run here, with nothing of the user's own settings in its way.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_columnist"));
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy().to_uppercase();
            let foreign = ["COLUMNIST_", "HF_", "HUGGING"];
            if foreign.iter().any(|prefix| text.starts_with(prefix)) || text.ends_with("_PROXY") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("COLUMNS")
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn columnist(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    /// The same, with something on standard input.
    pub(crate) fn columnist_reads(&self, stdin: impl Into<Vec<u8>>, args: &[&str]) -> Ran {
        let output = assert_cmd::Command::from_std(self.command(args))
            .write_stdin(stdin)
            .output()
            .unwrap();
        Ran::from(output)
    }

    /// `columnist run … -o out --engine fake`, which must end well.
    #[track_caller]
    pub(crate) fn run_fake(&self, out: &str, args: &[&str]) -> Ran {
        let mut all = vec!["run", "--engine", "fake", "-o", out];
        all.extend(args);
        self.columnist(&all).exits(0)
    }

    /// The bytes of all tables of a run.
    pub(crate) fn tables(&self, out: &str) -> BTreeMap<&'static str, String> {
        TABLES
            .iter()
            .map(|table| (*table, self.read(Path::new(out).join(table))))
            .collect()
    }

    pub(crate) fn table(&self, out: &str, table: &str) -> Rows {
        Rows::parse(&self.read(Path::new(out).join(table)), b',')
    }

    pub(crate) fn record(&self, out: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(Path::new(out).join("run.json"))).unwrap()
    }
}

/// How the program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        assert!(self.stderr.contains(text), "`{text}` is not in:\n{}", self.stderr);
        self
    }

    /// Exit code and messages, for a snapshot.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!(
            "exit {}\n",
            self.code.map_or("by a signal".into(), |c| c.to_string())
        );
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(shown, "--- {name}\n{text}").unwrap();
            }
        }
        shown
    }
}

/// A table read back.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) headers: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Rows {
    #[track_caller]
    pub(crate) fn parse(text: &str, delimiter: u8) -> Rows {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        Rows {
            headers: cells(reader.headers().unwrap()),
            rows: reader.records().map(|record| cells(&record.unwrap())).collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row's cell by its header.
    #[track_caller]
    pub(crate) fn cell(&self, row: usize, header: &str) -> &str {
        let column = self.headers.iter().position(|h| h == header);
        let column = column.unwrap_or_else(|| panic!("no `{header}` in {:?}", self.headers));
        &self.rows[row][column]
    }

    #[track_caller]
    pub(crate) fn number(&self, row: usize, header: &str) -> f64 {
        let cell = self.cell(row, header);
        cell.parse()
            .unwrap_or_else(|_| panic!("`{header}` of row {row} is `{cell}`"))
    }

    pub(crate) fn column(&self, header: &str) -> Vec<&str> {
        (0..self.len()).map(|row| self.cell(row, header)).collect()
    }

    /// How often each value stands in a column.
    pub(crate) fn counts(&self, header: &str) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for cell in self.column(header) {
            *counts.entry(cell).or_default() += 1;
        }
        counts
    }
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Filters that take from a snapshot what differs from run to run.
pub(crate) fn steady() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(true);
    settings.set_omit_expression(true);
    for (pattern, replacement) in [
        (
            r"\d+\.\d s, \d+ paragraphs/s(, \d+ MB of memory at most)?",
            "[time and memory]",
        ),
        (r#""seconds": [\d.e-]+"#, r#""seconds": "[time]""#),
        (r#""started_unix": \d+"#, r#""started_unix": "[time]""#),
        (
            r#""peak_memory_bytes": (\d+|null)"#,
            r#""peak_memory_bytes": "[memory]""#,
        ),
        (
            r#""(columnist|version)": "\d+\.\d+\.\d+""#,
            r#""$1": "[version]""#,
        ),
    ] {
        settings.add_filter(pattern, replacement);
    }
    settings
}

/// Compares with a snapshot, times and memory left out.
macro_rules! snapshot {
    ($name:expr, $value:expr) => {
        crate::support::steady().bind(|| insta::assert_snapshot!($name, $value))
    };
}
pub(crate) use snapshot;

/// Says on standard error that a test did not run, and why.
pub(crate) fn passed_over(test: &str, why: &str) {
    eprintln!("{test}: skipped: {why}");
}

/// Articles of some paragraphs that differ from one another, written one a file; returns how many
/// paragraphs they have in all, furniture included.
pub(crate) fn corpus(desk: &Desk, folder: &str, articles: usize, paragraphs: usize) -> usize {
    fs::create_dir_all(desk.path(folder)).unwrap();
    for article in 0..articles {
        let text = article_text(article, paragraphs);
        fs::write(desk.path(folder).join(format!("{article:05}.txt")), text).unwrap();
    }
    articles * paragraphs
}

/// An article whose paragraphs are body text, save a heading as the third of four or more.
pub(crate) fn article_text(article: usize, paragraphs: usize) -> String {
    let places = ["Moscow", "Pyongyang", "Kyiv", "Beijing", "Bern", "Lagos", "Lima"];
    let mut text = String::new();
    for paragraph in 0..paragraphs {
        let place = places[(article + paragraph) % places.len()];
        if paragraph == 2 && paragraphs >= 4 {
            text.push_str("What it means for the region\n\n");
            continue;
        }
        writeln!(
            text,
            "Officials in {place} said on Monday that report {article} had been read {paragraph} times by \
             the committee. A spokesman called its findings “useful but late”, and declined to say more \
             about them. The ministry expects another report within {} weeks.\n",
            article % 7 + paragraph + 2
        )
        .unwrap();
    }
    text
}
