//! Articles into paragraphs: where each begins and ends, what it is to the article, its sentences,
//! and whose words stand in it.
//!
//! Pure: takes an [`Article`] and [`Rules`], gives [`Paragraph`]s. Every visible character of the
//! article lies in exactly one paragraph; nothing is rewritten. `paragraphs` cuts, `parts` cuts once more what is
//! longer than people write, `furniture` says what
//! each block is by one table of rules, `sentences` and `voice` mark what is inside.

mod furniture;
mod paragraphs;
mod parts;
mod pattern;
mod people;
mod rules;
mod sentences;
mod shape;
mod speakers;
mod view;
mod vocabulary;
mod voice;

use std::borrow::Cow;
use std::sync::Arc;

pub use furniture::{BuiltinRule, builtin_rules};
pub use rules::{Rules, RulesError};
pub use sentences::sentences;
pub use voice::quotations;

use crate::article::{Article, Kind, Paragraph};
use shape::Shape;

/// Compiles every pattern now, on all cores. Without it, the first article waits for one after the other.
pub fn compile_patterns() {
    pattern::compile(&[vocabulary::ALL, speakers::ALL]);
}

/// All paragraphs of an article, in order, with everything but their mentions.
#[must_use]
pub fn segment(article: &Article, rules: &Rules) -> Vec<Paragraph> {
    let blocks = paragraphs::blocks(article);
    let shapes: Vec<Shape> = blocks
        .iter()
        .map(|block| Shape::of(&article.text[block.span.clone()]))
        .collect();
    let marked: Vec<Option<Kind>> = blocks.iter().map(|block| block.marked).collect();
    let verdicts = furniture::classify(&shapes, &marked, rules);

    let mut section: Option<Arc<str>> = None;
    let mut paragraphs: Vec<Paragraph> = Vec::with_capacity(blocks.len());
    for ((block, (kind, rule)), number) in blocks.into_iter().zip(verdicts).zip(1..) {
        let text = article.text[block.span.clone()].to_owned();
        let is_heading = kind == Kind::Heading;
        if is_heading {
            section = Some(text.split_whitespace().collect::<Vec<_>>().join(" ").into());
        }
        paragraphs.push(Paragraph {
            number,
            span: block.span,
            sentences: sentences(&text),
            text,
            kind,
            rule,
            section: section.clone().filter(|_| !is_heading),
            quotations: Vec::new(),
            mentions: Vec::new(),
        });
    }
    quotations(&mut paragraphs);
    paragraphs
}

/// What each block is, and the rule that says so, for blocks that are already apart: the blocks of a
/// labelled document go through the very rules that an article's go through.
#[must_use]
pub fn classify_blocks(blocks: &[&str], rules: &Rules) -> Vec<(Kind, Cow<'static, str>)> {
    let shapes: Vec<Shape> = blocks.iter().map(|block| Shape::of(block)).collect();
    furniture::classify(&shapes, &vec![None; blocks.len()], rules)
}

#[cfg(test)]
mod tests;
