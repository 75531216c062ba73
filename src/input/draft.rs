//! An article that is found and not yet read.

use std::collections::HashMap;
use std::sync::Arc;

use csv::ByteRecord;
use encoding_rs::Encoding;

use super::table::Table;
use super::{Article, Format, Place, Reason, SourceFile, Unread, delimited, jsonl, markdown, text};

/// An article that is found and not yet read: a path, or one raw row of a table.
#[derive(Debug)]
pub struct Draft {
    /// Place in the run, counted from zero.
    pub seq: u64,
    /// `a0001`, or what the user's id column holds, made unique.
    pub id: String,
    /// Where it stands.
    pub place: Place,
    pub(super) matter: Matter,
    pub(super) width: usize,
}

/// What there is to read.
#[derive(Debug)]
pub(super) enum Matter {
    Page(Arc<SourceFile>, Option<&'static Encoding>),
    Row(Arc<Table>, ByteRecord),
    Line(Arc<Table>, Vec<u8>),
    Unread(Reason),
}

/// A draft before it is numbered.
pub(super) struct Strand {
    pub(super) place: Place,
    /// What the id column holds.
    pub(super) id: Option<String>,
    pub(super) matter: Matter,
}

/// What a reader finds, whatever the format.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) marks: Vec<crate::article::Mark>,
    pub(super) carried: Vec<String>,
}

impl Draft {
    /// About how many bytes there are to read.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.matter {
            Matter::Page(file, _) => file.bytes,
            Matter::Row(_, record) => record.as_slice().len() as u64,
            Matter::Line(_, line) => line.len() as u64,
            Matter::Unread(_) => 0,
        }
    }

    /// Opens, decodes and parses it; the part that is worth doing in parallel.
    pub fn read(self) -> Result<Article, Unread> {
        let Draft {
            seq,
            id,
            place,
            matter,
            width,
        } = self;
        let content = match matter {
            Matter::Unread(reason) => Err(reason),
            Matter::Row(table, record) => delimited::read(&table, record, width),
            Matter::Line(table, line) => jsonl::read(&table, &line, width),
            Matter::Page(file, encoding) => text::read(&file, encoding).and_then(|text| match file.format {
                Format::Markdown => markdown::render(&text),
                _ => Ok(Content {
                    text,
                    ..Content::default()
                }),
            }),
        };
        match content {
            Ok(Content {
                title,
                text,
                marks,
                mut carried,
            }) => Ok(Article {
                seq,
                id,
                place,
                title,
                text,
                marks,
                // An article that stands beside tables has none of their columns, and their cells are empty.
                carried: {
                    carried.resize(width, String::new());
                    carried
                },
            }),
            Err(reason) => Err(Unread {
                seq,
                id,
                place,
                reason,
            }),
        }
    }
}

/// Gives each draft an id that no other has.
#[derive(Debug)]
pub(super) struct Ids {
    /// The ids that are taken, and how often each was asked for. Not kept where no column names
    /// any: our own numbers cannot meet, and memory stays the same however many there are.
    taken: Option<HashMap<String, u64>>,
}

impl Ids {
    /// Starts a run, in which a column may name the articles or not.
    pub(super) fn new(named: bool) -> Self {
        Self {
            taken: named.then(HashMap::new),
        }
    }

    /// The id of the draft `seq`: what its column holds, or its number.
    pub(super) fn name(&mut self, seq: u64, column: Option<&str>) -> String {
        let column = column.unwrap_or_default().replace(char::is_control, " ");
        let wanted = match column.trim() {
            "" => format!("a{:04}", seq + 1),
            id => id.to_owned(),
        };
        match &mut self.taken {
            Some(taken) => unique(taken, wanted),
            None => wanted,
        }
    }
}

/// The id itself, or with the first suffix (`-2`, `-3`, …) that makes it a new one.
fn unique(taken: &mut HashMap<String, u64>, wanted: String) -> String {
    let mut asked = taken.get(&wanted).copied().unwrap_or(0) + 1;
    let mut id = wanted.clone();
    while asked > 1 && taken.contains_key(&id) {
        id = format!("{wanted}-{asked}");
        asked += 1;
    }
    taken.insert(id.clone(), 1);
    taken.insert(wanted, asked.max(2) - 1);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: &[&str], expected: &[&str]) {
        let mut ids = Ids::new(true);
        let given: Vec<_> = (0..)
            .zip(columns)
            .map(|(seq, id)| ids.name(seq, Some(id)))
            .collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn articles_are_numbered_where_no_column_names_them() {
        let mut ids = Ids::new(false);
        assert_eq!(ids.name(0, None), "a0001");
        assert_eq!(ids.name(12_344, None), "a12345");
    }

    #[test]
    fn empty_ids_fall_back_to_numbers() {
        check(&["x", " ", ""], &["x", "a0002", "a0003"]);
    }

    #[test]
    fn equal_ids_are_told_apart() {
        check(&["x", "x", "x ", "x"], &["x", "x-2", "x-3", "x-4"]);
        check(&["x", "x-2", "x", "x-2"], &["x", "x-2", "x-3", "x-2-2"]);
        check(&["a0002", "", "a0002"], &["a0002", "a0002-2", "a0002-3"]);
        check(&["x\ny"], &["x y"]);
    }
}
