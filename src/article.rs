//! What travels through the pipeline: articles, their paragraphs, and what was marked in them.
//!
//! Plain data, filled by one stage and read by the next. Every span counts bytes and lies on
//! character boundaries.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where something stands in the input: `news/a.txt:14`, or `news/a.txt` for a whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path as the user would write it, with `/` between its parts; `-` for standard input.
    pub path: Arc<str>,
    /// Line in the file, from one; zero where the file as a whole is meant.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.path),
            line => write!(f, "{}:{line}", self.path),
        }
    }
}

/// One article as it was read, before it is cut into paragraphs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Place in the run, counted from zero. Rows leave in this order.
    pub seq: u64,
    /// `a0001`, or what the user's id column holds.
    pub id: String,
    /// Where it was read.
    pub place: Place,
    /// The title, where the input names one (a table's title column, a Markdown title).
    pub title: Option<String>,
    /// The whole text, decoded, without a byte order mark; line ends as they were.
    pub text: String,
    /// Blocks whose kind the input's own markup states, in order, not overlapping.
    pub marks: Vec<Mark>,
    /// The user's own columns, one value for each carried header; empty for plain files.
    pub carried: Vec<String>,
}

/// A block of an article whose kind its markup states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the article's text.
    pub span: Range<usize>,
    /// What the markup says it is.
    pub kind: Kind,
}

/// What a paragraph is to its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A title or subheading; the `section` of what follows.
    Heading,
    /// Running text: what the article says.
    Body,
    /// Words that describe or stand under a picture.
    Caption,
    /// Who owns a picture or a text.
    Credit,
    /// A pointer to something else to read, watch, buy or subscribe to.
    Promo,
    /// Who wrote it, where and when.
    Byline,
    /// A paragraph that is somebody's words throughout.
    Quote,
    /// An item of a list.
    List,
    /// A remark about the article: a correction, a disclosure, a footnote.
    Note,
    /// What the site puts under every article.
    Boilerplate,
}

impl Kind {
    /// All kinds, in the order in which they are counted and shown.
    pub const ALL: [Kind; 10] = [
        Kind::Heading,
        Kind::Body,
        Kind::Caption,
        Kind::Credit,
        Kind::Promo,
        Kind::Byline,
        Kind::Quote,
        Kind::List,
        Kind::Note,
        Kind::Boilerplate,
    ];

    /// The name in the tables, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Heading => "heading",
            Kind::Body => "body",
            Kind::Caption => "caption",
            Kind::Credit => "credit",
            Kind::Promo => "promo",
            Kind::Byline => "byline",
            Kind::Quote => "quote",
            Kind::List => "list",
            Kind::Note => "note",
            Kind::Boilerplate => "boilerplate",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One paragraph on its way through the pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    /// Place in the article, counted from one: `a0001-p007` is number 7.
    pub number: u32,
    /// Bytes of the article's text.
    pub span: Range<usize>,
    /// The article's own words in that span, line breaks and all.
    pub text: String,
    /// What it is to the article.
    pub kind: Kind,
    /// Name of the rule that said so.
    pub rule: Cow<'static, str>,
    /// The heading it stands under.
    pub section: Option<Arc<str>>,
    /// Bytes of `text`, in order, not overlapping, together all its visible characters.
    pub sentences: Vec<Range<usize>>,
    /// Words that stand in quotation marks, in order, not overlapping.
    pub quotations: Vec<Quotation>,
    /// Where targets are named, in order, not overlapping.
    pub mentions: Vec<Mention>,
}

/// Words between quotation marks; a quotation within a quotation belongs to the outer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotation {
    /// Bytes of the paragraph's text, quotation marks included.
    pub span: Range<usize>,
    /// Who says it, where a reporting verb names somebody.
    pub speaker: Option<String>,
}

/// A place where a target is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the paragraph's text, without a possessive ending.
    pub span: Range<usize>,
    /// Index of the target in the run's targets.
    pub target: usize,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A body paragraph of one sentence, for the tests of later stages.
    pub(crate) fn paragraph(text: &str) -> Paragraph {
        Paragraph {
            number: 1,
            span: 0..text.len(),
            text: text.to_owned(),
            kind: Kind::Body,
            rule: Cow::Borrowed("body"),
            section: None,
            sentences: if text.is_empty() {
                Vec::new()
            } else {
                std::iter::once(0..text.len()).collect()
            },
            quotations: Vec::new(),
            mentions: Vec::new(),
        }
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("advert"), None);
    }
}
