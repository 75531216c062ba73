//! A small Hugging Face hub on this machine: one model, and a second server with its large files, as
//! the real one has. Each test says what is to go wrong.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use columnist::digest::{git_blob, sha256};

/// A request, as a server sees it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `HEAD /owner/name/resolve/…`
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    /// How often the same line was asked before.
    pub(crate) before: usize,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What a server answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// After how many bytes of the body the connection ends.
    pub(crate) breaks_after: Option<usize>,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            breaks_after: None,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }

    fn body(mut self, body: impl Into<Vec<u8>>) -> Answer {
        self.body = body.into();
        self
    }
}

/// A server, which answers as long as the test runs.
pub(crate) struct Server {
    pub(crate) url: String,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, kept) = (Arc::new(answer), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&kept));
                // A client that goes away is its own affair.
                thread::spawn(move || drop(serve(&stream, &*answer, &log)));
            }
        });
        Server { url, log }
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// What was asked of lines with that beginning.
    pub(crate) fn asked_for(&self, beginning: &str) -> Vec<Asked> {
        let mut asked = self.asked();
        asked.retain(|asked| asked.line.starts_with(beginning));
        asked
    }
}

fn serve(
    mut stream: &TcpStream,
    answer: &dyn Fn(&Asked) -> Answer,
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let line = lines.next().unwrap()?;
    let mut headers = BTreeMap::new();
    for header in lines {
        match header?.split_once(": ") {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let asked = {
        let mut log = log.lock().unwrap();
        let line = line.trim_end_matches(" HTTP/1.1").to_owned();
        let before = log.iter().filter(|asked: &&Asked| asked.line == line).count();
        log.push(Asked {
            line,
            headers,
            before,
        });
        log.last().unwrap().clone()
    };
    let answer = answer(&asked);
    write!(stream, "HTTP/1.1 {} -\r\nconnection: close\r\n", answer.status)?;
    write!(stream, "content-length: {}\r\n", answer.body.len())?;
    for (name, value) in &answer.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "\r\n")?;
    if !asked.line.starts_with("HEAD ") {
        let end = answer.breaks_after.unwrap_or(answer.body.len());
        stream.write_all(&answer.body[..end])?;
    }
    stream.shutdown(Shutdown::Write)?;
    // Until the client is done: ending at once would make it lose what it has not read.
    stream.read_to_end(&mut Vec::new()).map(drop)
}

/// What the commit of the model is called.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The model's files. Large ones lie on the second server, and are known by their SHA-256.
#[derive(Clone)]
pub(crate) struct Repository {
    pub(crate) files: Vec<(&'static str, Vec<u8>)>,
}

impl Repository {
    /// A model with what the hub usually has beside it.
    pub(crate) fn usual() -> Repository {
        Repository::of(&[
            (".gitattributes", b"*.bin filter=lfs"),
            ("README.md", b"# A model"),
            ("config.json", br#"{"model_type": "bart"}"#),
            ("merges.txt", b"a b"),
            ("model.safetensors", &weights()),
            ("onnx/model.onnx", b"not for us"),
            ("pytorch_model.bin", b"not the best"),
            ("tf_model.h5", b"not for us"),
            ("tokenizer.json", b"{}"),
            ("vocab.json", br#"{"a": 0}"#),
        ])
    }

    pub(crate) fn of(files: &[(&'static str, &[u8])]) -> Repository {
        let files = files.iter().map(|(name, bytes)| (*name, bytes.to_vec()));
        Repository {
            files: files.collect(),
        }
    }

    pub(crate) fn bytes(&self, file: &str) -> Option<&[u8]> {
        let found = self.files.iter().find(|(name, _)| *name == file);
        found.map(|(_, bytes)| bytes.as_slice())
    }

    /// The name under which the cache keeps a file.
    pub(crate) fn digest(&self, file: &str) -> String {
        let bytes = self.bytes(file).unwrap();
        if is_large(file) {
            sha256(bytes)
        } else {
            git_blob(bytes.len() as u64, &mut &*bytes).unwrap()
        }
    }

    /// The hub's answer, with large files on another server.
    pub(crate) fn hub(&self, asked: &Asked, elsewhere: &str) -> Answer {
        let (_, path) = asked.line.split_once(' ').unwrap();
        if path == "/api/models/owner/name/revision/main" || path.ends_with("/refs%2Fpr%2F1") {
            let siblings: Vec<_> = self
                .files
                .iter()
                .map(|(name, _)| serde_json::json!({ "rfilename": name }))
                .collect();
            let info = serde_json::json!({ "id": "owner/name", "sha": COMMIT, "siblings": siblings });
            return Answer::status(200).body(info.to_string());
        }
        let file = path.strip_prefix(&format!("/owner/name/resolve/{COMMIT}/"));
        let Some((file, bytes)) = file.and_then(|file| Some((file, self.bytes(file)?))) else {
            return Answer::status(404).with("x-error-code", "EntryNotFound");
        };
        if is_large(file) {
            let tag = format!("\"{}\"", self.digest(file));
            return Answer::status(302)
                .with("location", format!("{elsewhere}/signed/{file}?key=secret"))
                .with("x-linked-etag", tag)
                .with("x-linked-size", bytes.len().to_string())
                .with("x-repo-commit", COMMIT)
                .body("Found. Redirecting");
        }
        part(bytes, asked).with("etag", format!("\"{}\"", self.digest(file)))
    }

    /// The other server's answer: the bytes, or a part of them.
    pub(crate) fn elsewhere(&self, asked: &Asked) -> Answer {
        let file = asked.line.strip_prefix("GET /signed/");
        let file = file.and_then(|file| file.strip_suffix("?key=secret"));
        match file.and_then(|file| self.bytes(file)) {
            Some(bytes) => part(bytes, asked).with("etag", "\"another\""),
            None => Answer::status(404),
        }
    }
}

/// The weights of the usual model: long enough to come in several pieces.
pub(crate) fn weights() -> Vec<u8> {
    (0..300_000_u32).map(|number| (number % 251) as u8).collect()
}

fn is_large(file: &str) -> bool {
    [".safetensors", ".bin", ".ot"]
        .iter()
        .any(|end| file.ends_with(end))
}

/// All bytes, or those from where a request's range begins.
fn part(bytes: &[u8], asked: &Asked) -> Answer {
    let range = asked.header("range").map(|range| {
        let from = range
            .strip_prefix("bytes=")
            .and_then(|range| range.strip_suffix('-'));
        from.unwrap().parse::<usize>().unwrap()
    });
    match range {
        None => Answer::status(200).body(bytes),
        Some(from) if from < bytes.len() => {
            let last = bytes.len() - 1;
            Answer::status(206)
                .with("content-range", format!("bytes {from}-{last}/{}", bytes.len()))
                .body(&bytes[from..])
        }
        Some(_) => Answer::status(416),
    }
}
