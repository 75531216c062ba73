//! JSON lines: one object a line, one article an object.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Reason;
use super::draft::{Content, Matter, Strand};
use super::table::Table;

/// The rows, each as it stands.
pub(super) fn rows(table: Arc<Table>, source: impl Read + Send) -> impl Iterator<Item = Strand> + Send {
    lines(source).map(move |line| match line {
        Ok((number, line)) => {
            let id = table
                .columns
                .id()
                .and_then(|id| value(&line, &table.columns.names()[id]));
            Strand {
                place: table.file.line(number),
                id,
                matter: Matter::Line(Arc::clone(&table), line),
            }
        }
        Err(error) => Strand {
            place: table.file.place(),
            id: None,
            matter: Matter::Unread(error.into()),
        },
    })
}

/// The lines that hold something, with their numbers from one, without their line ends.
fn lines(source: impl Read) -> impl Iterator<Item = io::Result<(u32, Vec<u8>)>> {
    let mut source = BufReader::new(source);
    let (mut number, mut failed) = (0, false);
    std::iter::from_fn(move || {
        while !failed {
            let mut line = Vec::new();
            number += 1;
            match source.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    line.truncate(line.trim_ascii_end().len());
                    return Some(Ok((number, line)));
                }
                Err(error) => {
                    failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    })
}

/// The keys of all objects, in the order in which they are first seen. Lines that are no objects
/// are passed over: they are reported when they are read.
pub(super) fn keys(source: impl Read) -> io::Result<Vec<String>> {
    let mut keys = Keys::default();
    for line in lines(source) {
        let (_, line) = line?;
        let mut parser = serde_json::Deserializer::from_slice(&line);
        let _ = keys.deserialize(&mut parser);
    }
    Ok(keys.ordered)
}

/// What one key of an object holds, as text.
fn value(line: &[u8], key: &str) -> Option<String> {
    Object::parse(std::str::from_utf8(line).ok()?)
        .ok()?
        .text(key)
        .ok()
}

/// Parses one line into an article's content.
pub(super) fn read(table: &Table, line: &[u8], width: usize) -> Result<Content, Reason> {
    let line = std::str::from_utf8(line).map_err(|_| table.undecodable())?;
    let object = Object::parse(line)?;
    let key = table.columns.text_name();
    match object.get(key) {
        None => return Err(Reason::NoText(key.to_owned())),
        Some(raw) if !raw.starts_with(['"', 'n']) => return Err(Reason::TextNotString(key.to_owned())),
        Some(_) => {}
    }
    let cells = table.columns.names().iter().map(|name| object.text(name));
    table.columns.content(cells.collect::<Result<_, _>>()?, width)
}

/// A line's values, each still in its own spelling: a number keeps all its digits.
struct Object<'a>(HashMap<String, &'a RawValue>);

impl<'a> Object<'a> {
    fn parse(line: &'a str) -> Result<Self, Reason> {
        if line.trim_start().starts_with('{') {
            return serde_json::from_str(line)
                .map(Self)
                .map_err(|error| invalid(&error));
        }
        // A number alone is JSON as well, a word alone is not.
        Err(serde_json::from_str::<IgnoredAny>(line)
            .map_or_else(|error| invalid(&error), |_| Reason::NotAnObject))
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).map(|raw| raw.get())
    }

    /// What a key holds: a string's characters, nothing for null, and all else as compact JSON.
    fn text(&self, key: &str) -> Result<String, Reason> {
        let raw = self.get(key).unwrap_or("null");
        let text = match raw.as_bytes().first() {
            Some(b'n') => Ok(String::new()),
            Some(b'"') => serde_json::from_str(raw),
            Some(b'{' | b'[') => serde_json::from_str(raw).map(|value: Value| value.to_string()),
            _ => Ok(raw.to_owned()),
        };
        text.map_err(|error| Reason::Json(format!("{} in `{key}`", message(&error))))
    }
}

/// What is wrong with a line, and where in it.
fn invalid(error: &serde_json::Error) -> Reason {
    Reason::Json(format!("{} at column {}", message(error), error.column()))
}

/// The parser's words without its position, whose line is always the first.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message)
        .to_lowercase()
}

/// Gathers the keys of one object after another.
#[derive(Default)]
struct Keys {
    ordered: Vec<String>,
    seen: HashSet<String>,
}

impl<'de> DeserializeSeed<'de> for &mut Keys {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Keys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if !self.seen.contains(&key) {
                self.seen.insert(key.clone());
                self.ordered.push(key);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
