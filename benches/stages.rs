//! The stages around the engine, over the seed article: `cargo bench --bench stages`.

#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::sync::{Arc, LazyLock};

use columnist::article::{Article, Paragraph, Place};
use columnist::batch::plan;
use columnist::cli::CsvDialect;
use columnist::engine::model::Location;
use columnist::engine::tokens::Encoder;
use columnist::report::columns::PARAGRAPHS;
use columnist::report::csv::{CsvTable, Layout};
use columnist::report::rows::ParagraphRow;
use columnist::segment::{Rules, classify_blocks, segment, sentences};
use columnist::targets::{Target, Targets};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

static ARTICLE: LazyLock<Article> = LazyLock::new(|| Article {
    seq: 0,
    id: "a0001".to_owned(),
    place: Place {
        path: Arc::from("seed.txt"),
        line: 0,
    },
    title: None,
    text: include_str!("../data/articles/seed.txt").to_owned(),
    marks: Vec::new(),
    carried: Vec::new(),
});
static PARAGRAPHS_OF_IT: LazyLock<Vec<Paragraph>> = LazyLock::new(|| segment(&ARTICLE, &Rules::builtin()));

fn main() {
    columnist::segment::compile_patterns();
    divan::main();
}

fn bytes() -> BytesCount {
    BytesCount::of_str(&ARTICLE.text)
}

fn items<T>(all: &[T]) -> ItemsCount {
    ItemsCount::new(all.len())
}

/// An article into paragraphs with all that is marked in them.
#[divan::bench]
fn segmentation(bencher: Bencher) {
    let rules = Rules::builtin();
    bencher.counter(bytes()).bench(|| segment(&ARTICLE, &rules));
}

/// The rules for the kinds of paragraph alone.
#[divan::bench]
fn furniture(bencher: Bencher) {
    let (rules, paragraphs) = (Rules::builtin(), &*PARAGRAPHS_OF_IT);
    let blocks: Vec<&str> = paragraphs
        .iter()
        .map(|paragraph| paragraph.text.as_str())
        .collect();
    bencher
        .counter(items(&blocks))
        .bench(|| classify_blocks(&blocks, &rules));
}

/// Sentence ends alone.
#[divan::bench]
fn sentence_ends(bencher: Bencher) {
    bencher.counter(bytes()).bench(|| {
        PARAGRAPHS_OF_IT
            .iter()
            .map(|paragraph| sentences(&paragraph.text).len())
            .sum::<usize>()
    });
}

/// Mentions of two targets.
#[divan::bench]
fn marking(bencher: Bencher) {
    let named = ["Russia", "Kim Jong-un"].map(|name| Target::parse(name).unwrap());
    let targets = Targets::new(named.to_vec()).unwrap();
    bencher
        .counter(bytes())
        .with_inputs(|| PARAGRAPHS_OF_IT.clone())
        .bench_local_values(|mut paragraphs| {
            targets.mark(&mut paragraphs);
            paragraphs
        });
}

/// Text into the encoder's tokens.
#[divan::bench]
fn tokenising(bencher: Bencher) {
    let encoder = Encoder::from_bytes(&Location::Shipped.files().unwrap().tokenizer).unwrap();
    bencher.counter(bytes()).bench(|| {
        PARAGRAPHS_OF_IT
            .iter()
            .map(|paragraph| {
                encoder
                    .encode(&paragraph.text, &paragraph.sentences)
                    .unwrap()
                    .len()
            })
            .sum::<usize>()
    });
}

/// A window of paragraphs into batches of 4,096 tokens.
#[divan::bench]
fn batching(bencher: Bencher) {
    let window: Vec<(u64, Paragraph)> = (0..)
        .zip(PARAGRAPHS_OF_IT.iter().cloned().cycle().take(1_024))
        .collect();
    bencher
        .counter(items(&window))
        .with_inputs(|| window.clone())
        .bench_values(|window| plan(window, 4_096));
}

/// Rows into a CSV file.
#[divan::bench]
fn writing(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout {
        dialect: CsvDialect::Excel,
        targets: Vec::new(),
        retold: false,
        carried: Vec::new(),
    };
    let rows: Vec<ParagraphRow> = PARAGRAPHS_OF_IT
        .iter()
        .map(|paragraph| ParagraphRow {
            doc_id: "a0001".to_owned(),
            kind: paragraph.kind.name(),
            text: paragraph.text.clone(),
            ..ParagraphRow::default()
        })
        .collect();
    let mut table = CsvTable::file(&PARAGRAPHS, folder.path(), &layout, &[], None).unwrap();
    bencher.counter(items(&rows)).bench_local(|| {
        for row in &rows {
            table.write(row, &[]).unwrap();
        }
        table.flush().unwrap();
    });
}
