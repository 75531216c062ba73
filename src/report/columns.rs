//! Every column of every table. `docs/columns.md` is written from here.

use std::fmt::Write as _;

use super::rows::{DocumentRow, ParagraphRow, SkippedRow, StanceRow};
use super::{Cell, Column, Read, Table, Type};
use crate::summary::{self, Summary};

use Read::{EachTarget, Once, Retold};
use Type::{Count, Number, Text};

/// `paragraphs.csv`
pub const PARAGRAPHS: Table<ParagraphRow> = Table {
    file: "paragraphs.csv",
    doc: "an analysed paragraph",
    columns: &[
        Column {
            name: "doc_id",
            holds: Text,
            doc: "The article: `a0001`, or what `--id-column` holds.",
            cell: Once(|row| Cell::text(&row.doc_id)),
        },
        Column {
            name: "para_id",
            holds: Text,
            doc: "The paragraph: the article's id, then `-p` and its number in the article. Unique; joins all tables.",
            cell: Once(|row| Cell::text(&row.para_id)),
        },
        Column {
            name: "section",
            holds: Text,
            doc: "The heading it stands under; empty before the first.",
            cell: Once(|row| Cell::text(&row.section)),
        },
        Column {
            name: "kind",
            holds: Text,
            doc: "`body`, `quote` or `list`, or another kind asked for with `--kinds`.",
            cell: Once(|row| Cell::text(row.kind)),
        },
        Column {
            name: "voice",
            holds: Text,
            doc: "`author`: nobody is quoted (up to three words in quotation marks, of no named speaker, are a title or a name). `quoted`: the author adds no more than who speaks. `mixed`: some words are quoted.",
            cell: Once(|row| Cell::text(row.voice)),
        },
        Column {
            name: "text",
            holds: Text,
            doc: "The paragraph; line breaks are spaces.",
            cell: Once(|row| Cell::text(&row.text)),
        },
        Column {
            name: "words",
            holds: Count,
            doc: "Words, as white space divides them.",
            cell: Once(|row| Cell::Count(row.words)),
        },
        Column {
            name: "summary",
            holds: Text,
            doc: "What it says in about `--summary-words` of its own words, or, with `--summarizer`, in others.",
            cell: Once(|row| Cell::text(row.summary.as_ref().map_or("", |s: &Summary| &s.text))),
        },
        Column {
            name: "summary_method",
            holds: Text,
            doc: "`copy`: short enough as it is. `extract`: whole sentences. `compress`: one sentence with words left out. With `--summarizer`, `abstract`: other words; `fallback`: its own words, because too little of the generated summary stands in the paragraph.",
            cell: Once(|row| Cell::text(row.summary.as_ref().map_or("", |s: &Summary| s.method.name()))),
        },
        Column {
            name: "summary_support",
            holds: Number,
            doc: "Only with `--summarizer`. Share of the summary's content words, numbers and names that stand in the paragraph, whatever their ending: 1 for its own words, 0.8 or more for `abstract`.",
            cell: Retold(|row| {
                let support = |summary: &Summary| summary::support(&summary.text, &row.text);
                Cell::number(row.summary.as_ref().map(support))
            }),
        },
        Column {
            name: "sentiment",
            holds: Text,
            doc: "`negative`, `neutral` or `positive`: the likeliest, or the score's side of `--neutral-band`.",
            cell: Once(|row| Cell::text(row.sentiment)),
        },
        Column {
            name: "sentiment_score",
            holds: Number,
            doc: "From -1 (bad) to 1 (good).",
            cell: Once(|row| Cell::number(row.feeling.map(|s| s.score))),
        },
        Column {
            name: "p_negative",
            holds: Number,
            doc: "Probability of `negative`; the three sum to 1.",
            cell: Once(|row| Cell::number(row.feeling.map(|s| s.negative))),
        },
        Column {
            name: "p_neutral",
            holds: Number,
            doc: "Probability of `neutral`.",
            cell: Once(|row| Cell::number(row.feeling.map(|s| s.neutral))),
        },
        Column {
            name: "p_positive",
            holds: Number,
            doc: "Probability of `positive`.",
            cell: Once(|row| Cell::number(row.feeling.map(|s| s.positive))),
        },
        Column {
            name: "stance_{target}",
            holds: Text,
            doc: "`against`, `neutral` or `favor` toward the target; `not_mentioned` where the paragraph does not name it.",
            cell: EachTarget(|row, target| match &row.stances {
                Some(stances) => Cell::text(stances[target].map_or("not_mentioned", |p| p.label())),
                None => Cell::Empty,
            }),
        },
        Column {
            name: "stance_{target}_score",
            holds: Number,
            doc: "p(favor) less p(against), from -1 to 1; empty where it is not mentioned.",
            cell: EachTarget(|row, target| {
                Cell::number(
                    row.stances
                        .as_ref()
                        .and_then(|stances| stances[target])
                        .map(|p| p.score()),
                )
            }),
        },
        Column {
            name: "windows",
            holds: Count,
            doc: "Overlapping windows in which it was read: 1, or more where it is longer than the model's 512 positions.",
            cell: Once(|row| {
                if row.windows == 0 {
                    Cell::Empty
                } else {
                    Cell::Count(row.windows)
                }
            }),
        },
        Column {
            name: "error",
            holds: Text,
            doc: "Why the answers are missing; empty where all is well.",
            cell: Once(|row| Cell::text(&row.error)),
        },
    ],
};

/// `stance.csv`
pub const STANCES: Table<StanceRow> = Table {
    file: "stance.csv",
    doc: "a target that a paragraph mentions, once for each voice that mentions it",
    columns: &[
        Column {
            name: "doc_id",
            holds: Text,
            doc: "The article.",
            cell: Once(|row| Cell::text(&row.doc_id)),
        },
        Column {
            name: "para_id",
            holds: Text,
            doc: "The paragraph.",
            cell: Once(|row| Cell::text(&row.para_id)),
        },
        Column {
            name: "target",
            holds: Text,
            doc: "The target's name.",
            cell: Once(|row| Cell::text(&row.target)),
        },
        Column {
            name: "mention",
            holds: Text,
            doc: "How the evidence names it.",
            cell: Once(|row| Cell::text(&row.mention)),
        },
        Column {
            name: "label",
            holds: Text,
            doc: "`against`, `neutral` or `favor`: where these words stand toward the target.",
            cell: Once(|row| Cell::text(row.p.label())),
        },
        Column {
            name: "score",
            holds: Number,
            doc: "p(favor) less p(against), from -1 to 1.",
            cell: Once(|row| Cell::Number(row.p.score())),
        },
        Column {
            name: "p_against",
            holds: Number,
            doc: "Probability of `against`, the mean over the mentions; the three sum to 1.",
            cell: Once(|row| Cell::Number(row.p.against)),
        },
        Column {
            name: "p_neutral",
            holds: Number,
            doc: "Probability of `neutral`.",
            cell: Once(|row| Cell::Number(row.p.neutral)),
        },
        Column {
            name: "p_favor",
            holds: Number,
            doc: "Probability of `favor`.",
            cell: Once(|row| Cell::Number(row.p.favor)),
        },
        Column {
            name: "evidence",
            holds: Text,
            doc: "The sentence with the mention that speaks most clearly for the label.",
            cell: Once(|row| Cell::text(&row.evidence)),
        },
        Column {
            name: "voice",
            holds: Text,
            doc: "Whose words: `author`, the speaker's name, or `quoted` where the text does not say who.",
            cell: Once(|row| Cell::text(&row.voice)),
        },
    ],
};

/// `documents.csv`
pub const DOCUMENTS: Table<DocumentRow> = Table {
    file: "documents.csv",
    doc: "an article; a table's own columns stand before these",
    columns: &[
        Column {
            name: "doc_id",
            holds: Text,
            doc: "The article.",
            cell: Once(|row| Cell::text(&row.doc_id)),
        },
        Column {
            name: "source",
            holds: Text,
            doc: "The file it was read from, and the line in a table.",
            cell: Once(|row| Cell::text(&row.source)),
        },
        Column {
            name: "title",
            holds: Text,
            doc: "Its title: what the input names, else a heading that stands over the whole text.",
            cell: Once(|row| Cell::text(&row.title)),
        },
        Column {
            name: "paragraphs",
            holds: Count,
            doc: "Paragraphs read: analysed and skipped.",
            cell: Once(|row| Cell::Count(row.paragraphs)),
        },
        Column {
            name: "analysed",
            holds: Count,
            doc: "Paragraphs analysed: rows of `paragraphs.csv`.",
            cell: Once(|row| Cell::Count(row.analysed)),
        },
        Column {
            name: "words",
            holds: Count,
            doc: "Words in the paragraphs analysed.",
            cell: Once(|row| Cell::Count(row.words)),
        },
        Column {
            name: "sentiment_score",
            holds: Number,
            doc: "Mean sentiment score of its paragraphs, each weighted by its words.",
            cell: Once(|row| Cell::number(row.sentiment_score)),
        },
        Column {
            name: "negative",
            holds: Count,
            doc: "Paragraphs that are `negative`.",
            cell: Once(|row| Cell::Count(row.negative)),
        },
        Column {
            name: "neutral",
            holds: Count,
            doc: "Paragraphs that are `neutral`.",
            cell: Once(|row| Cell::Count(row.neutral)),
        },
        Column {
            name: "positive",
            holds: Count,
            doc: "Paragraphs that are `positive`.",
            cell: Once(|row| Cell::Count(row.positive)),
        },
        Column {
            name: "key_sentences",
            holds: Text,
            doc: "The three sentences that carry most of it, each after its paragraph's id, divided by ` | `.",
            cell: Once(|row| Cell::text(&row.key_sentences)),
        },
        Column {
            name: "stance_{target}_score",
            holds: Number,
            doc: "Mean stance score of the paragraphs that mention the target, from -1 to 1.",
            cell: EachTarget(|row, target| Cell::number(row.stances[target].0)),
        },
        Column {
            name: "stance_{target}_mentions",
            holds: Count,
            doc: "How often the analysed paragraphs mention it.",
            cell: EachTarget(|row, target| Cell::Count(row.stances[target].1)),
        },
        Column {
            name: "error",
            holds: Text,
            doc: "Why it could not be read, or how many paragraphs have no answers.",
            cell: Once(|row| Cell::text(&row.error)),
        },
    ],
};

/// `skipped.csv`
pub const SKIPPED: Table<SkippedRow> = Table {
    file: "skipped.csv",
    doc: "a paragraph that was not analysed, or an article that could not be read",
    columns: &[
        Column {
            name: "doc_id",
            holds: Text,
            doc: "The article.",
            cell: Once(|row| Cell::text(&row.doc_id)),
        },
        Column {
            name: "para_id",
            holds: Text,
            doc: "The paragraph; empty where the whole article could not be read.",
            cell: Once(|row| Cell::text(&row.para_id)),
        },
        Column {
            name: "source",
            holds: Text,
            doc: "The file, and the line in a table.",
            cell: Once(|row| Cell::text(&row.source)),
        },
        Column {
            name: "kind",
            holds: Text,
            doc: "`heading`, `caption`, `credit`, `promo`, `byline`, `note`, `boilerplate`, or another kind left out with `--kinds`.",
            cell: Once(|row| Cell::text(row.kind)),
        },
        Column {
            name: "rule",
            holds: Text,
            doc: "Name of the rule that said so.",
            cell: Once(|row| Cell::text(&row.rule)),
        },
        Column {
            name: "reason",
            holds: Text,
            doc: "Why it was not analysed or could not be read.",
            cell: Once(|row| Cell::text(&row.reason)),
        },
        Column {
            name: "text",
            holds: Text,
            doc: "The paragraph; line breaks are spaces.",
            cell: Once(|row| Cell::text(&row.text)),
        },
    ],
};

/// `docs/columns.md`: what every column says.
#[must_use]
pub fn codebook() -> String {
    fn section<R>(page: &mut String, table: &Table<R>) {
        let _ = write!(
            page,
            "\n## {}\n\nOne row for each {}.\n\n",
            table.file,
            table.doc.trim_start_matches("a ").trim_start_matches("an ")
        );
        page.push_str("| column | holds | what it says |\n|---|---|---|\n");
        for column in table.columns {
            let holds = match column.holds {
                Text => "text",
                Count => "whole number",
                Number => "number",
            };
            let _ = writeln!(page, "| `{}` | {holds} | {} |", column.name, column.doc);
        }
    }
    let mut page = "# The columns\n\nWritten from `src/report/columns.rs`; a test keeps it so. `{target}` is a target's name in lower case,\nwith `_` for whatever is neither letter nor digit. Numbers have four digits after the point.\n".to_owned();
    section(&mut page, &PARAGRAPHS);
    section(&mut page, &STANCES);
    section(&mut page, &DOCUMENTS);
    section(&mut page, &SKIPPED);
    page
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn columns_md_is_what_the_columns_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/columns.md");
        if std::env::var_os("COLUMNIST_UPDATE").is_some() {
            std::fs::write(&path, super::codebook()).expect("docs/ can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(written, super::codebook(), "`cargo xtask columns` writes it anew");
    }
}
