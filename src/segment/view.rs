//! One block among the others, and the questions that the rules of `furniture` ask about it.

use super::shape::{Ending, Shape};
use super::vocabulary as words;
use crate::article::Kind;

/// No rule asks for more neighbours than this, so that a file of many thousand blocks stays linear.
pub(super) const FARTHEST: usize = 10;
/// Headlines under one pointer, and blocks from either end in which an author is presented.
const OUTERMOST: usize = 50;

/// What a block was taken for.
#[derive(Clone, Copy)]
pub(super) struct Verdict<'r> {
    pub(super) kind: Kind,
    pub(super) rule: &'static str,
    /// The user's rule, where it was one.
    pub(super) own: Option<&'r str>,
}

/// One block among the others, as a rule sees it.
pub(super) struct View<'a> {
    pub(super) blocks: &'a [Shape<'a>],
    /// Of this reading for the blocks before, of the last one for this and those after.
    pub(super) verdicts: &'a [Option<Verdict<'a>>],
    pub(super) index: usize,
    pub(super) block: Shape<'a>,
    /// How many blocks stand before, addresses and separators aside; counted to [`FARTHEST`].
    pub(super) text_index: usize,
    /// How many blocks of text follow, furniture aside where it is known to be some; counted to [`FARTHEST`].
    pub(super) text_after: usize,
}

/// For each block, how many blocks of text follow: none is counted that was taken for furniture.
pub(super) fn text_after(verdicts: &[Option<Verdict>]) -> Vec<usize> {
    let text = |verdict: &Option<Verdict>| {
        verdict.is_none_or(|v| matches!(v.kind, Kind::Body | Kind::Quote | Kind::List))
    };
    let mut counts = vec![0; verdicts.len()];
    for index in (1..verdicts.len()).rev() {
        counts[index - 1] = (counts[index] + usize::from(text(&verdicts[index]))).min(FARTHEST);
    }
    counts
}

/// Whether a block counts as text before another: neither address nor separator.
pub(super) fn counts_as_text(block: &Shape) -> bool {
    block.has_letters && !words::URLS.is_match(block.text)
}

impl<'a> View<'a> {
    pub(super) fn short(&self, most: usize) -> bool {
        self.block.words <= most
    }

    pub(super) fn before(&self) -> Option<&'a Shape<'a>> {
        self.index.checked_sub(1).map(|before| &self.blocks[before])
    }

    pub(super) fn after(&self) -> Option<&'a Shape<'a>> {
        self.blocks.get(self.index + 1)
    }

    pub(super) fn kind_after(&self) -> Option<Kind> {
        self.verdicts
            .get(self.index + 1)
            .copied()
            .flatten()
            .map(|verdict| verdict.kind)
    }

    pub(super) fn rule_at(&self, index: usize) -> Option<&'static str> {
        self.verdicts
            .get(index)
            .copied()
            .flatten()
            .map(|verdict| verdict.rule)
    }

    /// No running text has come yet: titles, bylines and dates stand here.
    pub(super) fn before_text(&self) -> bool {
        let text = |block: &Shape| block.words > 12 && block.ending.ends_sentence();
        self.text_index < 6 && !self.blocks[..self.index].iter().any(text)
    }

    pub(super) fn near_an_end(&self) -> bool {
        self.text_index < 6 || self.text_after < 3
    }

    pub(super) fn opens_quoted(&self) -> bool {
        self.block.text.starts_with(['"', '“', '‘', '«', '„', '\''])
    }

    /// The number this block begins with is one more or one less than a neighbour's.
    pub(super) fn numbered_neighbour(&self) -> bool {
        let number = |shape: &Shape| -> Option<u32> {
            words::NUMBERED
                .captures(shape.text)?
                .get(1)?
                .as_str()
                .parse()
                .ok()
        };
        let Some(here) = number(&self.block) else {
            return false;
        };
        self.before().and_then(number).is_some_and(|n| n + 1 == here)
            || self.after().and_then(number).is_some_and(|n| n == here + 1)
    }

    pub(super) fn item_neighbour(&self) -> bool {
        let under_colon = self.before().is_some_and(|before| before.ending == Ending::Colon);
        under_colon || self.before().is_some_and(is_item) || self.after().is_some_and(is_item)
    }

    /// How many short lines without a stop stand together here.
    pub(super) fn run_of_lines(&self) -> usize {
        let before = self.blocks[..self.index]
            .iter()
            .rev()
            .take(FARTHEST)
            .take_while(|block| is_line(block))
            .count();
        let after = self.blocks[self.index..]
            .iter()
            .take(FARTHEST)
            .take_while(|block| is_line(block))
            .count();
        before + after
    }
}

pub(super) fn is_line(block: &Shape) -> bool {
    block.words <= 12
        && matches!(block.ending, Ending::None | Ending::Comma | Ending::Semicolon)
        && !block.all_caps()
        && block.has_letters
}

/// Text follows for which this block can be the heading.
pub(super) fn leads_text(view: &View) -> bool {
    view.after().is_some_and(|after| {
        after.words > view.block.words.min(8) && after.has_letters
            || after.ending.ends_sentence() && after.words > 2
            || after.ending == Ending::None && view.block.all_caps() && !after.all_caps()
            || after.ending == Ending::None
                && view
                    .blocks
                    .get(view.index + 2)
                    .is_some_and(|next| next.words > 12)
    })
}

pub(super) fn is_furniture_lead(view: &View) -> bool {
    let text = view.block.text;
    view.short(60)
        && (words::NOTE.is_match(text)
            || words::CAPTION_OPENING.is_match(text)
            || words::BY.is_match(text)
            || words::CONTRIBUTORS.is_match(text)
            || words::FOLLOW.is_match(text)
            || credit_start(&view.block).is_some())
}

/// `Read more:` with nothing after it: what follows is the headline.
pub(super) fn is_bare_pointer(block: &Shape) -> bool {
    block.words <= 10 && block.lines == 1 && pointed_to(block).is_some_and(str::is_empty)
}

pub(super) fn pointed_to<'a>(block: &Shape<'a>) -> Option<&'a str> {
    let found = words::POINTER.captures(block.text)?;
    found
        .iter()
        .skip(1)
        .flatten()
        .map(|group| group.as_str().trim())
        .next()
}

pub(super) fn is_pointer(block: &Shape) -> bool {
    block.words <= 45
        && pointed_to(block).is_some_and(|target| {
            // `Live: He spoke. Then he left.` reports; a headline is one sentence, most often without a stop.
            let target = Shape::of(target);
            target.lines > 1
                || target.ending != Ending::Stop
                || target.words < 25 && target.sentence_count() == 1
        })
}

pub(super) fn is_pointer_target(view: &View) -> bool {
    let headline = view.short(25)
        && view.block.ending != Ending::Stop
        && view.block.lines < 3
        && view.block.sentence_count() < 3
        && !is_credit(&view.block);
    if !headline {
        return false;
    }
    // Back over the headlines before this one, to the pointer they stand under.
    for at in (0..view.index).rev().take(OUTERMOST) {
        let pointer = &view.blocks[at];
        if view.rule_at(at) == Some("pointer-target") {
            continue;
        }
        let direct = at + 1 == view.index;
        return view.rule_at(at) == Some("pointer")
            && is_bare_pointer(pointer)
            && (direct || words::PLURAL_POINTER.is_match(pointer.text));
    }
    false
}

pub(super) fn is_note(view: &View) -> bool {
    let text = view.block.text;
    let outer = view.text_index < 4 || view.text_after < 5;
    let starred = text.starts_with(['*', '†']) && view.text_after < 3 && !words::ITEM.is_match(text);
    view.short(90)
        && (starred || words::NOTE.is_match(text) && (outer || view.short(30)))
        && !view.opens_quoted()
}

/// The bearer of the name must be new to the article: its people are introduced in its text.
pub(super) fn is_author_note(view: &View) -> bool {
    let outer = view.index < OUTERMOST || view.index + OUTERMOST >= view.blocks.len();
    if !(outer
        && view.short(90)
        && (view.text_after < 3 || view.text_index < 2)
        && words::AUTHOR.is_match(view.block.text))
    {
        return false;
    }
    let name = view
        .block
        .text
        .split_whitespace()
        .take_while(|word| !matches!(*word, "is" | "was" | "are"));
    let Some(surname) = name
        .last()
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
    else {
        return true;
    };
    let told_of = |block: &Shape| block.words > 12 && !surname.is_empty() && block.text.contains(surname);
    !view
        .blocks
        .iter()
        .enumerate()
        .any(|(i, block)| i != view.index && told_of(block))
        || words::AUTHOR.is_match(view.block.text) && surname.chars().next().is_some_and(char::is_lowercase)
}

/// Whether the block is nothing but a credit.
pub(super) fn is_credit(block: &Shape) -> bool {
    block.words <= 14 && credit_start(block) == Some(0)
}

/// Where the credit at the block's end begins.
pub(super) fn credit_start(block: &Shape) -> Option<usize> {
    if !words::CREDIT_SIGN.is_match(block.text) {
        return None;
    }
    let found = words::CREDIT.find(block.text)?;
    let skipped = found
        .as_str()
        .find(|c: char| c.is_alphanumeric() || matches!(c, '(' | '[' | '©'))?;
    Some(found.start() + skipped).map(|start| {
        if block.text[..start].trim().is_empty() {
            0
        } else {
            start
        }
    })
}

/// A single sentence, in the present, on nobody the story has named, tied to nothing around it.
pub(super) fn describes_picture(view: &View) -> bool {
    let text = view.block.text;
    let untied = !words::TELLS.is_match(text);
    view.short(35)
        && view.block.words > 3
        && view.block.sentence_count() == 1
        && !text.contains(['“', '”', '"', ':', ';'])
        && matches!(view.block.ending, Ending::Stop | Ending::None)
        && untied
        && (words::UNNAMED.is_match(text) || words::DEPICTS.is_match(text))
}

pub(super) fn is_date(view: &View) -> bool {
    let text = view.block.text;
    view.short(20)
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(char::is_alphabetic)
        && words::DATE_WORDS.replace_all(text, "").trim().is_empty()
        && !(text.len() < 6 && view.text_index > 6)
}

const PAIRS: [(char, char); 8] = [
    ('"', '"'),
    ('“', '”'),
    ('‘', '’'),
    ('\'', '\''),
    ('«', '»'),
    ('„', '“'),
    ('„', '”'),
    ('「', '」'),
];

/// The text between the quotation marks at its two ends, if they are a pair.
pub(super) fn unquoted(text: &str) -> Option<(&str, char, char)> {
    PAIRS.iter().find_map(|&(open, close)| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        Some((inner, open, close))
    })
}

pub(super) fn is_quoted_throughout(view: &View) -> bool {
    let text = view.block.text.trim_end_matches('.');
    unquoted(text).is_some_and(|(inner, open, close)| match open {
        '\'' | '‘' => !closes_within(inner, close),
        _ => !inner.contains([open, close]),
    })
}

/// A closing mark that is no apostrophe: a space or a stop follows it, and then more text.
pub(super) fn closes_within(inner: &str, close: char) -> bool {
    inner.match_indices(close).any(|(at, _)| {
        inner[..at].ends_with([',', '.', '?', '!'])
            || inner[at..]
                .chars()
                .nth(1)
                .is_some_and(|c| matches!(c, ',' | '.' | ';'))
    })
}

/// `“…” – Jane Doe`
pub(super) fn is_pull_quote(view: &View) -> bool {
    let text = view.block.text;
    view.short(80)
        && view.opens_quoted()
        && text.matches(['”', '"', '»']).count() < 3
        && text
            .find(['”', '»'])
            .is_none_or(|first| text.rfind(['”', '»']) == Some(first))
        && text.rfind(['”', '"', '’', '»']).is_some_and(|close| {
            let behind = text[close..].chars().skip(1).collect::<String>();
            let name = behind.trim().trim_start_matches(['-', '–', '—', '―', '~']);
            name.len() < behind.trim().len()
                && (1..=8).contains(&name.split_whitespace().count())
                && name
                    .split_whitespace()
                    .next_back()
                    .is_some_and(|word| word.starts_with(char::is_uppercase))
        })
}

/// Whether the block begins with a bullet or a number.
pub(super) fn is_item(block: &Shape) -> bool {
    words::ITEM.is_match(block.text)
}

pub(super) fn is_under_colon(view: &View) -> bool {
    let unfinished = |block: &Shape| matches!(block.ending, Ending::None | Ending::Semicolon | Ending::Comma);
    let in_list = |at: usize| view.rule_at(at) == Some("list-under-colon");
    let Some(before) = view.before() else { return false };
    let follows_item = view.index.checked_sub(1).is_some_and(in_list);
    view.short(60)
        && unfinished(&view.block)
        && !view.block.all_caps()
        && (follows_item
            || before.ending == Ending::Colon
                && before.words > 3
                && view
                    .after()
                    .is_some_and(|after| unfinished(after) && after.words <= 60))
        && !(follows_item && leads_body(view) && view.block.title_case() != before.title_case())
}

/// A short line above a long paragraph is the next heading rather than the last item.
pub(super) fn leads_body(view: &View) -> bool {
    view.block.words < 10
        && view.block.ending == Ending::None
        && view
            .after()
            .is_some_and(|after| after.words > 25 && after.ending == Ending::Stop)
}
