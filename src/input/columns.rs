//! The columns of a table: which holds the article, which names it, and which are carried.

use std::collections::HashMap;

use super::draft::Content;
use super::{InputError, Reading, Reason};

/// What the column of the article is called, where the user does not say.
pub(super) const TEXT: &[&str] = &["text", "body", "content", "article", "full_text"];
/// What the column of the title is called, where the user does not say.
const TITLE: &[&str] = &["title", "headline"];

/// The columns of a table, and what each is for.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    text: usize,
    id: Option<usize>,
    title: Option<usize>,
    /// For each column its place among the columns that the run carries.
    slots: Vec<Option<usize>>,
}

/// The columns that a run carries, in the order in which they are first seen.
#[derive(Debug, Default)]
pub(super) struct Headers {
    names: Vec<String>,
    slots: HashMap<String, usize>,
}

impl Columns {
    /// Finds what the user named, or what bears a usual name, and gives each carried column its slot.
    pub(super) fn choose(
        names: Vec<String>,
        reading: &Reading,
        path: &str,
        headers: &mut Headers,
    ) -> Result<Self, InputError> {
        let wanted = |flag, name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => find(&names, name)
                .map(Some)
                .ok_or_else(|| InputError::MissingColumn {
                    path: path.to_owned(),
                    flag,
                    name: name.clone(),
                    columns: names.clone(),
                }),
        };
        let text = match wanted("--text-column", &reading.text_column)? {
            Some(text) => text,
            None => match called(&names, TEXT).as_slice() {
                [text] => *text,
                [] => {
                    return Err(InputError::NoTextColumn {
                        path: path.to_owned(),
                        columns: names,
                    });
                }
                several => {
                    let columns = several.iter().map(|&column| names[column].clone()).collect();
                    return Err(InputError::ManyTextColumns {
                        path: path.to_owned(),
                        columns,
                    });
                }
            },
        };
        let id = wanted("--id-column", &reading.id_column)?;
        let title = match wanted("--title-column", &reading.title_column)? {
            Some(title) => Some(title),
            None => called(&names, TITLE).first().copied(),
        };
        let slots = (0..names.len())
            .map(|column| (column != text && Some(column) != id).then(|| headers.slot(&names[column])))
            .collect();
        Ok(Self {
            names,
            text,
            id,
            title,
            slots,
        })
    }

    /// All names, in the table's order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of the column that holds the article.
    pub(super) fn text_name(&self) -> &str {
        &self.names[self.text]
    }

    /// The column that names the article.
    pub(super) fn id(&self) -> Option<usize> {
        self.id
    }

    /// A row's cells, one for each column, as an article's content.
    pub(super) fn content(&self, mut cells: Vec<String>, width: usize) -> Result<Content, Reason> {
        let title = self
            .title
            .map(|title| cells[title].trim().to_owned())
            .filter(|title| !title.is_empty());
        let text = std::mem::take(&mut cells[self.text]);
        if text.trim().is_empty() {
            return Err(Reason::Empty);
        }
        if text.contains('\0') {
            return Err(Reason::Binary);
        }
        let mut carried = vec![String::new(); width];
        for (cell, slot) in cells.into_iter().zip(&self.slots) {
            if let Some(slot) = *slot {
                carried[slot] = cell;
            }
        }
        Ok(Content {
            title,
            text,
            marks: Vec::new(),
            carried,
        })
    }
}

/// The column of that name, or else the one that bears it in other capitals.
fn find(names: &[String], wanted: &str) -> Option<usize> {
    names.iter().position(|name| name == wanted).or_else(|| {
        match called(names, &[wanted.trim()]).as_slice() {
            [column] => Some(*column),
            _ => None,
        }
    })
}

/// The columns that bear one of the names, in capitals or not.
fn called(names: &[String], wanted: &[&str]) -> Vec<usize> {
    let known = |name: &str| {
        wanted
            .iter()
            .any(|wanted| wanted.to_lowercase() == name.to_lowercase())
    };
    (0..names.len()).filter(|&column| known(&names[column])).collect()
}

impl Headers {
    fn slot(&mut self, name: &str) -> usize {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = self.names.len();
        self.slots.insert(name.to_owned(), slot);
        self.names.push(name.to_owned());
        slot
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }
}
