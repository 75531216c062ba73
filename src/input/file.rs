//! One file that is read: where it is, what it is, and what it weighs.

#![expect(clippy::disallowed_methods, reason = "articles are read from files")]

use std::fs::File;
use std::io::{self, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};

use super::{Format, Reason};
use crate::article::Place;
use crate::digest::hex;

/// Bytes that are read at a time where a file is only passed through.
pub(super) const CHUNK: usize = 64 * 1024;

/// A file that is read.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as it is shown, with `/` between its parts; `-` for standard input.
    pub path: Arc<str>,
    /// What it is read as.
    pub format: Format,
    /// Its size when it was found.
    pub bytes: u64,
    location: Location,
    /// What its bytes are held against from the moment on when the run has recorded them.
    recorded: OnceLock<String>,
}

/// Where the bytes are.
#[derive(Debug)]
enum Location {
    /// Where the user keeps them.
    Path(PathBuf),
    /// In a file of our own, gone with the last who holds it.
    Spool(TempPath),
}

impl SourceFile {
    /// The file at a path.
    pub(super) fn at(path: PathBuf, format: Format, bytes: u64) -> Self {
        Self {
            path: shown(&path).into(),
            format,
            bytes,
            location: Location::Path(path),
            recorded: OnceLock::new(),
        }
    }

    /// What can be read only once (standard input, a pipe), copied to a file that can be read again.
    ///
    /// A table is read twice, for its columns and for its rows, and its digest asks for a third
    /// time; the copy makes that possible without holding it in memory.
    pub(super) fn spool(shown: &str, format: Option<Format>, source: &mut dyn Read) -> io::Result<Self> {
        let mut copy = NamedTempFile::with_prefix("columnist-")?;
        let bytes = io::copy(source, &mut copy)?;
        let path = copy.into_temp_path();
        let format = match format {
            Some(format) => format,
            None if begins_with_brace(&path)? => Format::Jsonl,
            None => Format::Text,
        };
        Ok(Self {
            path: shown.into(),
            format,
            bytes,
            location: Location::Spool(path),
            recorded: OnceLock::new(),
        })
    }

    /// The file as a whole.
    #[must_use]
    pub fn place(&self) -> Place {
        self.line(0)
    }

    /// A line of the file.
    pub(super) fn line(&self, line: u32) -> Place {
        Place {
            path: Arc::clone(&self.path),
            line,
        }
    }

    /// Opens the file.
    pub(super) fn open(&self) -> io::Result<Checked> {
        let file = File::open(match &self.location {
            Location::Path(path) => path.as_path(),
            Location::Spool(path) => path,
        })?;
        Ok(Checked {
            file,
            expected: self.recorded.get().map(|sum| (sum.clone(), Sha256::new())),
        })
    }

    /// The SHA-256 of its bytes, in lower-case hexadecimal digits. Reads the file once more; whoever reads it
    /// later is told if it has changed since.
    pub fn sha256(&self) -> io::Result<String> {
        if let Some(sum) = self.recorded.get() {
            return Ok(sum.clone());
        }
        let mut file = self.open()?.file;
        let mut digest = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = file.read(&mut chunk)?;
            if count == 0 {
                break;
            }
            digest.update(&chunk[..count]);
        }
        Ok(self.recorded.get_or_init(|| hex(&digest.finalize())).clone())
    }
}

/// A file that says at its end if it is not what was recorded, so that no table tells of other bytes than those
/// whose digest stands in `run.json`.
pub(super) struct Checked {
    file: File,
    expected: Option<(String, Sha256)>,
}

impl Read for Checked {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(target)?;
        match &mut self.expected {
            Some((_, digest)) if count > 0 => digest.update(&target[..count]),
            Some((sum, digest)) if !target.is_empty() && hex(&digest.clone().finalize()) != *sum => {
                return Err(io::Error::other(Reason::Changed));
            }
            _ => {}
        }
        Ok(count)
    }
}

/// A path as the user would write it, with `/` between its parts.
pub(super) fn shown(path: &Path) -> String {
    let path = path
        .strip_prefix(".")
        .ok()
        .filter(|rest| !rest.as_os_str().is_empty())
        .unwrap_or(path);
    let path = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' {
        path.into_owned()
    } else {
        path.replace(MAIN_SEPARATOR, "/")
    }
}

/// Whether a file begins like a JSON object, past a byte order mark and white space.
fn begins_with_brace(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(1024).read_to_end(&mut start)?;
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
    Ok(start.trim_ascii_start().first() == Some(&b'{'))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_the_bytes() {
        let file = SourceFile::spool("-", None, &mut "abc".as_bytes()).unwrap();
        assert_eq!(
            file.sha256().unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(file.bytes, 3);
    }

    #[test]
    fn standard_input_tells_its_format() {
        let format = |bytes: &str| {
            SourceFile::spool("-", None, &mut bytes.as_bytes())
                .unwrap()
                .format
        };
        assert_eq!(format("{\"text\": \"a\"}\n"), Format::Jsonl);
        assert_eq!(format("\u{feff} \n{}"), Format::Jsonl);
        assert_eq!(format("Once {"), Format::Text);
        assert_eq!(format(""), Format::Text);
    }

    #[test]
    fn paths_are_shown_as_they_are_written() {
        assert_eq!(shown(Path::new("./news/a.txt")), "news/a.txt");
        assert_eq!(shown(Path::new("../a.txt")), "../a.txt");
        assert_eq!(shown(Path::new(".")), ".");
    }
}
