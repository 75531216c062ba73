//! What each block is to its article: running text, or one of the things that stand around it.
//!
//! One table, read from the top: the first rule that fits a block names it. A rule looks at the
//! block's shape, its place, its words and its neighbours. The table is read twice, so that in the
//! second reading a rule can ask what the neighbours are. What no rule claims is body text, and a
//! rule that is unsure claims nothing: a lost paragraph costs more than a kept caption.

use std::borrow::Cow;

use super::rules::Rules;
use super::shape::{Ending, Shape};
use super::view::{
    FARTHEST, Verdict, View, counts_as_text, credit_start, describes_picture, is_author_note, is_credit,
    is_date, is_furniture_lead, is_item, is_line, is_note, is_pointer, is_pointer_target, is_pull_quote,
    is_quoted_throughout, is_under_colon, leads_body, leads_text, text_after,
};
use super::vocabulary as words;
use crate::article::Kind;

/// A rule of the built-in table, as it is shown to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltinRule {
    /// What the `rule` column shows.
    pub name: &'static str,
    /// What it takes a paragraph for.
    pub kind: Kind,
    /// By what it knows one.
    pub why: &'static str,
}

/// The built-in table, in the order in which it is tried.
pub fn builtin_rules() -> impl Iterator<Item = BuiltinRule> {
    RULES
        .iter()
        .map(|&Rule { name, kind, why, .. }| BuiltinRule { name, kind, why })
}

struct Rule {
    name: &'static str,
    kind: Kind,
    why: &'static str,
    fits: fn(&View) -> bool,
}

macro_rules! rule {
    ($name:literal, $kind:ident, $why:literal, $fits:expr) => {
        Rule {
            name: $name,
            kind: Kind::$kind,
            why: $why,
            fits: $fits,
        }
    };
}

const RULES: &[Rule] = &[
    rule!("separator", Boilerplate, "no letter and no digit in it", |v| !v
        .block
        .has_letters),
    rule!("address-only", Note, "nothing but web addresses", |v| words::URLS
        .is_match(v.block.text)),
    rule!("comments", Boilerplate, "speaks of the readers' comments", |v| v
        .short(20)
        && words::COMMENTS.is_match(v.block.text)),
    rule!(
        "advertisement",
        Boilerplate,
        "says that an advertisement stands here",
        |v| v.short(12) && words::ADVERTISEMENT.is_match(v.block.text)
    ),
    rule!("tags", Boilerplate, "what the article is filed under", |v| v
        .short(40)
        && !v.block.ending.ends_sentence()
        && words::TAGS.is_match(v.block.text)),
    rule!("share", Boilerplate, "buttons for sharing and printing", |v| v
        .short(12)
        && words::SHARE.is_match(v.block.text)),
    rule!("rights", Boilerplate, "a copyright line or terms of use", |v| v
        .short(70)
        && words::RIGHTS.is_match(v.block.text)),
    rule!(
        "turn-or-dateline",
        Body,
        "begins with who speaks or where it was written: `Q:`, `PARIS:`",
        |v| (words::QUESTION_OR_ANSWER.is_match(v.block.text)
            || v.block.ending.ends_sentence() && words::SPEAKER_LABEL.is_match(v.block.text))
            && v.block.words > 3
            && !words::POINTER.is_match(v.block.text)
            && !is_furniture_lead(v)
    ),
    rule!(
        "pointer",
        Promo,
        "`Read more:` and the like, alone or with a headline",
        |v| is_pointer(&v.block)
    ),
    rule!(
        "pointer-target",
        Promo,
        "a headline after `Read more:`",
        is_pointer_target
    ),
    rule!("click", Promo, "sends the reader elsewhere", |v| v.short(40)
        && v.block.sentence_count() < 3
        && words::CLICK.is_match(v.block.text)),
    rule!("follow", Promo, "asks to be followed", |v| v.short(40)
        && words::FOLLOW.is_match(v.block.text)),
    rule!(
        "subscribe",
        Promo,
        "asks for a subscription, an address or a gift",
        |v| v.short(60)
            && words::SUBSCRIBE_OPENING.is_match(v.block.text)
            && words::SUBSCRIBE_MATTER.is_match(v.block.text)
            && !words::REPORTS.is_match(v.block.text)
    ),
    rule!("contact", Promo, "asks readers to write in", |v| v.short(50)
        && words::CONTACT.is_match(v.block.text)),
    rule!("contributors", Byline, "who else worked on it", |v| v.short(45)
        && words::CONTRIBUTORS.is_match(v.block.text)),
    rule!(
        "note",
        Note,
        "a correction, a disclosure or another remark about the article",
        is_note
    ),
    rule!(
        "author-note",
        Note,
        "says at either end who the author is",
        is_author_note
    ),
    rule!(
        "credit",
        Credit,
        "nothing but whose picture it is",
        |v| is_credit(&v.block)
    ),
    rule!("caption-credit", Caption, "ends with whose picture it is", |v| v
        .short(110)
        && credit_start(&v.block).is_some()),
    rule!(
        "caption-opening",
        Caption,
        "begins as captions do: `File photo:`, `Figure 2`",
        |v| v.short(80) && words::CAPTION_OPENING.is_match(v.block.text)
    ),
    rule!(
        "caption-mark",
        Caption,
        "points into a picture: `(left)`, `is seen at`",
        |v| v.short(45)
            && v.block.sentence_count() < 3
            && (words::CAPTION_POINTER.is_match(v.block.text)
                || words::CAPTION_VERB.is_match(v.block.text) && !words::TELLS.is_match(v.block.text))
            && !words::REPORTS.is_match(v.block.text)
            && !v.opens_quoted()
    ),
    rule!(
        "image-description",
        Caption,
        "tells what is to be seen, right before a caption or a credit",
        |v| {
            v.kind_after()
                .is_some_and(|kind| matches!(kind, Kind::Caption | Kind::Credit))
                && describes_picture(v)
        }
    ),
    rule!(
        "picture-words",
        Caption,
        "tells what is to be seen, in words used of pictures only",
        |v| v.short(35)
            && words::PLAIN_DESCRIPTION.is_match(v.block.text)
            && words::UNNAMED.is_match(v.block.text)
            && describes_picture(v)
    ),
    rule!(
        "caption-before-credit",
        Caption,
        "a short line right before a credit",
        |v| v.short(40)
            && v.kind_after() == Some(Kind::Credit)
            && v.block.sentence_count() < 3
            && v.block.ending == Ending::None
    ),
    rule!(
        "line-twice",
        Caption,
        "a short line that stands twice: a picture's description and its caption",
        |v| v.short(40)
            && v.block.words > 2
            && v.block.ending == Ending::None
            && [v.before(), v.after()]
                .into_iter()
                .flatten()
                .any(|beside| beside.text == v.block.text)
    ),
    rule!("dateline-only", Byline, "says when, and nothing else", is_date),
    rule!("byline", Byline, "`By` and a name", |v| v.short(30)
        && v.near_an_end()
        && v.block.ending != Ending::Question
        && words::BY.is_match(v.block.text)),
    rule!(
        "name-and-outlet",
        Byline,
        "a name and where its bearer works",
        |v| v.short(14)
            && v.near_an_end()
            && !v.block.ending.ends_sentence()
            && words::NAME_AND_PLACE_OF_WORK.is_match(v.block.text)
    ),
    rule!("address-line", Byline, "a name with its e-mail address", |v| (v
        .short(16)
        || v.before_text() && v.short(60))
        && !v.block.ending.ends_sentence()
        && words::EMAIL.is_match(v.block.text)),
    rule!(
        "name-in-capitals",
        Byline,
        "a name alone in capitals, before the text begins",
        |v| {
            v.text_index < 2
                && v.block.all_caps()
                && (2..=4).contains(&v.block.words)
                && v.block
                    .text
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '’' | '\''))
                && v.after().is_some_and(|after| after.words > 15)
        }
    ),
    rule!(
        "name-alone",
        Byline,
        "two or three capitalised words alone, right before the text begins",
        |v| v.text_index < 2
            && (2..=3).contains(&v.block.words)
            && v.block.ending == Ending::None
            && words::NAME_ALONE.is_match(v.block.text)
            && !v.block.text.starts_with("The ")
            && v.after().is_some_and(|after| after.words > 15)
    ),
    rule!(
        "byline-continued",
        Byline,
        "a few words right under a byline, before the text begins",
        |v| v.short(7)
            && v.block.ending == Ending::None
            && v.before_text()
            && v.index
                .checked_sub(1)
                .and_then(|before| v.rule_at(before))
                .is_some_and(|rule| rule == "byline")
    ),
    rule!(
        "embedded-post",
        Byline,
        "who wrote an embedded post, and when",
        |v| v.short(20) && words::EMBEDDED_POST.is_match(v.block.text)
    ),
    rule!("source-in-brackets", Credit, "a name alone in brackets", |v| v
        .short(6)
        && words::BRACKETED_NAME.is_match(v.block.text)),
    rule!(
        "sign-off",
        Byline,
        "the outlet's name or `ENDS`, last of all",
        |v| v.text_after < 2 && v.short(6) && words::SIGN_OFF.is_match(v.block.text)
    ),
    rule!("block-quote", Quote, "set off by `>`", |v| v
        .block
        .text
        .starts_with('>')),
    rule!(
        "quoted-heading",
        Heading,
        "a few quoted words without a stop, above text",
        |v| is_quoted_throughout(v) && v.block.ending == Ending::None && v.short(14) && leads_text(v)
    ),
    rule!(
        "quotation",
        Quote,
        "in quotation marks throughout",
        |v| is_quoted_throughout(v) && v.block.words > 3
    ),
    rule!(
        "pull-quote",
        Quote,
        "a quotation with the speaker's name behind a dash",
        is_pull_quote
    ),
    rule!("numbered-heading", Heading, "a numbered title above text", |v| {
        words::SECTION_NUMBER.is_match(v.block.text)
            && v.short(16)
            && !v.numbered_neighbour()
            && v.run_of_lines() < 3
            && leads_text(v)
            && (v.block.ending == Ending::None
                || v.block.words < 6 && v.block.title_case()
                || v.block.all_caps())
    }),
    rule!(
        "list-item",
        List,
        "begins with a bullet or a number",
        |v| is_item(&v.block)
            && (!words::NUMBERED.is_match(v.block.text) || v.numbered_neighbour() || v.short(60))
            && (!v.block.text.starts_with(['-', '–', '—', '−', '*']) || v.item_neighbour())
    ),
    rule!(
        "list-under-colon",
        List,
        "an unfinished line in a run of them under a colon",
        is_under_colon
    ),
    rule!(
        "list-semicolon",
        List,
        "ends with a semicolon, like its neighbour",
        |v| v.short(60)
            && v.block.ending == Ending::Semicolon
            && (v
                .before()
                .is_some_and(|b| matches!(b.ending, Ending::Semicolon | Ending::Colon))
                || v.after().is_some_and(|a| a.ending == Ending::Semicolon))
    ),
    rule!(
        "list-run",
        List,
        "one of three or more short lines without a stop",
        |v| v.text_index > 3
            && is_line(&v.block)
            && !v.opens_quoted()
            && v.run_of_lines() > 2
            && !leads_body(v)
    ),
    rule!(
        "title",
        Heading,
        "a line without a stop before the text begins",
        |v| v.before_text()
            && v.short(20)
            && v.block.lines < 3
            && v.after().is_some()
            && v.block.ending == Ending::None
            && !v.block.opens_lower
            && v.after()
                .is_some_and(|after| after.words > v.block.words || after.words < 12)
            && !words::PRONOUN.is_match(v.block.text)
    ),
    rule!(
        "heading",
        Heading,
        "a short line without a stop, above text",
        |v| v.short(14)
            && v.block.lines == 1
            && v.block.ending == Ending::None
            && !v.block.opens_lower
            && leads_text(v)
            && (v.block.title_case()
                || v.block.all_caps()
                || !words::PRONOUN.is_match(v.block.text) && !words::REPORTS.is_match(v.block.text))
    ),
    rule!(
        "heading-in-capitals",
        Heading,
        "a short line all in capitals, above text",
        |v| v.short(16) && v.block.all_caps() && !v.opens_quoted() && leads_text(v)
    ),
    rule!(
        "heading-as-question",
        Heading,
        "a title that asks or exclaims, with capitals to show it",
        |v| {
            (3..=12).contains(&v.block.words)
                && matches!(
                    v.block.ending,
                    Ending::Question | Ending::Exclamation | Ending::Colon
                )
                && v.block.full_title_case()
                && v.block.sentence_count() == 1
                && !v.opens_quoted()
                && leads_text(v)
        }
    ),
];

/// The kind of every block, and the rule that said so; what the markup says stands.
pub(super) fn classify(
    blocks: &[Shape],
    marked: &[Option<Kind>],
    rules: &Rules,
) -> Vec<(Kind, Cow<'static, str>)> {
    let mut verdicts: Vec<Option<Verdict>> = vec![None; blocks.len()];
    for _ in 0..2 {
        let (mut text_index, text_after) = (0, text_after(&verdicts));
        for index in 0..blocks.len() {
            let own = || rules.own(&blocks[index], index, blocks.len());
            let verdict = if let Some(kind) = marked[index] {
                Verdict {
                    kind,
                    rule: "markup",
                    own: None,
                }
            } else if let Some((kind, name)) = own() {
                Verdict {
                    kind,
                    rule: "",
                    own: Some(name),
                }
            } else {
                let view = View {
                    blocks,
                    verdicts: &verdicts,
                    index,
                    block: blocks[index],
                    text_index,
                    text_after: text_after[index],
                };
                match RULES.iter().find(|rule| (rule.fits)(&view)) {
                    Some(rule) => Verdict {
                        kind: rule.kind,
                        rule: rule.name,
                        own: None,
                    },
                    None => Verdict {
                        kind: Kind::Body,
                        rule: "text",
                        own: None,
                    },
                }
            };
            verdicts[index] = Some(verdict);
            if text_index < FARTHEST && counts_as_text(&blocks[index]) {
                text_index += 1;
            }
        }
    }
    verdicts
        .into_iter()
        .flatten()
        .map(|verdict| match verdict.own {
            Some(name) => (verdict.kind, Cow::Owned(name.to_owned())),
            None => (verdict.kind, Cow::Borrowed(verdict.rule)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::classify_blocks;

    /// Long enough to be text, tied to nothing.
    const TEXT: &str = "The harbour office told the council on Monday that the new bridge would not be finished \
                        before the winter, because the steel for its last arch had not been delivered in time.";

    /// The kinds of the blocks that stand between two paragraphs of text.
    #[track_caller]
    fn check(blocks: &[&str], expected: &[Kind]) {
        let mut all = vec![TEXT, TEXT];
        all.extend(blocks);
        all.push(TEXT);
        let found = classify_blocks(&all, &Rules::builtin());
        let kinds: Vec<_> = found[2..found.len() - 1].iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, expected, "{blocks:?} {:?}", &found[2..found.len() - 1]);
    }

    #[track_caller]
    fn check_each(kind: Kind, blocks: &[&str]) {
        for block in blocks {
            check(&[block], &[kind]);
        }
    }

    #[track_caller]
    fn check_last(kind: Kind, blocks: &[&str]) {
        for block in blocks {
            let found = classify_blocks(&[TEXT, TEXT, TEXT, TEXT, block], &Rules::builtin());
            assert_eq!(found[4].0, kind, "{block} {}", found[4].1);
        }
    }

    #[track_caller]
    fn check_first(kind: Kind, blocks: &[&str]) {
        for block in blocks {
            let found = classify_blocks(&["A bridge too late", block, TEXT, TEXT, TEXT], &Rules::builtin());
            assert_eq!(found[1].0, kind, "{block} {}", found[1].1);
        }
    }

    #[test]
    fn text_stays_text() {
        check_each(
            Kind::Body,
            &[
                "He resigned.",
                "Nobody was hurt.",
                "Why did he resign?",
                "“I did not know,” he said.",
                "LONDON (AP) — The harbour office closed on Monday.",
                "Q: What did you do?",
                "Q. What did you do then",
                "A: I resigned.",
                "He said the talks went well",
                "The minister, pictured with his wife, said he would resign.",
                "Sign up for the draft, the general told young men in a speech that was heard across the land.",
                "More people read the news than before.",
                "Watch out for the ice, he warned.",
                "The three issues are:",
                "By Monday he had resigned.",
                "The union (CDU/CSU) lost.",
                "“Of course,” she said. “Of course.”",
                "A man stands accused of murder.",
                "Share prices fell.",
                "Comments by the minister were met with silence.",
                "Follow the money, he said.",
                "It was the first time that the photo was seen.",
                "Below, we look at the cost of the bridge.",
                "The project is seen as a success.",
            ],
        );
    }

    #[test]
    fn headings() {
        check_each(
            Kind::Heading,
            &[
                "A hard life",
                "Trust, Transparency and Good Faith",
                "WHAT COMES NEXT",
                "What Comes Next?",
                "2. Results",
                "‘Targets of violence’",
            ],
        );
    }

    #[test]
    fn promos() {
        check(&["Read more:\nWhy ferries are late"], &[Kind::Promo]);
        check(
            &["Read more:", "Why ferries are late"],
            &[Kind::Promo, Kind::Promo],
        );
        check(
            &["Read more:", "Why ferries are late", "A hard life"],
            &[Kind::Promo, Kind::Promo, Kind::Heading],
        );
        check(
            &["RELATED STORIES", "Why ferries are late", "How to steer"],
            &[Kind::Promo; 3],
        );
        check_each(
            Kind::Promo,
            &[
                "READ MORE: Why ferries are late",
                "Watch: A ferry sinks",
                "Related: Ferries are late",
                "Subscribe to our newsletter",
                "Sign up for our free daily newsletter and never miss a story.",
                "Click here to read the full report",
                "Follow us on Twitter and Facebook",
                "Follow @harbourpaper on Twitter",
                "Have a story? Email tips@example.org",
                "For more information, visit www.example.org",
            ],
        );
    }

    #[test]
    fn captions_and_credits() {
        check_each(
            Kind::Caption,
            &[
                "The ferry at dawn. Photo: Jane Doe",
                "The ferry at dawn. (AP Photo/Jane Doe)",
                "The ferry leaves the harbour. [Jane Doe/AFP]",
                "FILE - The ferry leaves the harbour on May 3, 2019.",
                "File photo of the ferry",
                "Jane Doe (left) and John Roe at the harbour.",
                "This photo provided by the harbour office shows the ferry.",
                "Figure 2. Ferries by year",
            ],
        );
        check_each(
            Kind::Credit,
            &[
                "Getty Images",
                "REUTERS/Jane Doe",
                "Photograph by Jane Doe",
                "Image source, Reuters",
                "Credit: Jane Doe",
                "(AP Photo/Jane Doe)",
                "© Jane Doe",
            ],
        );
        check(
            &[
                "Three sailors stand on a pier, looking out to sea.",
                "The last ferry leaves at dawn. Photo: Jane Doe",
            ],
            &[Kind::Caption, Kind::Caption],
        );
        check(
            &["The ferry at dawn", "Getty Images"],
            &[Kind::Caption, Kind::Credit],
        );
        check(
            &["He said it was over.", "The ferry at dawn. Photo: Jane Doe"],
            &[Kind::Body, Kind::Caption],
        );
    }

    #[test]
    fn bylines_and_dates() {
        check_first(
            Kind::Byline,
            &[
                "By Jane Doe",
                "By Jane Doe and John Roe, Staff Writers",
                "Jane Doe, Reuters",
                "JANE DOE",
                "Published 3 May 2022",
                "Tuesday, September 1, 2015",
                "May 3, 2022 at 5:30 p.m. ET",
                "3 hours ago",
                "Updated: 14:05, 3 May 2022",
            ],
        );
        check_last(
            Kind::Byline,
            &[
                "Additional reporting by Jane Doe",
                "— with files from Jane Doe",
                "Reporting by Jane Doe; Editing by John Roe",
                "– Harbour Online",
            ],
        );
    }

    #[test]
    fn notes_and_boilerplate() {
        check_last(
            Kind::Note,
            &[
                "This story has been corrected to give the right date.",
                "Editor’s note: the harbour office is a sponsor of this paper.",
                "The author is a professor at the University of Anywhere.",
                "Anna Smith is a senior fellow at the Institute for Harbours.",
                "https://example.org/news/1",
                "The views expressed here are the author’s own.",
            ],
        );
        check_each(
            Kind::Boilerplate,
            &[
                "Comments are closed.",
                "Advertisement",
                "ADVERTISEMENT",
                "Share this article",
                "###",
                "* * *",
                "© 2022 Harbour Media. All rights reserved.",
                "Story continues below",
            ],
        );
    }

    #[test]
    fn quotes_and_lists() {
        check_each(
            Kind::Quote,
            &[
                "“It was the longest winter of my life.”",
                "“It was long.” — Jane Doe",
                "> It was long.",
            ],
        );
        check(&["• Two ferries", "• One bridge"], &[Kind::List, Kind::List]);
        check(&["1. Two ferries", "2. One bridge"], &[Kind::List, Kind::List]);
        check(
            &["The office wants to:", "Build two ferries", "Repair the bridge"],
            &[Kind::Body, Kind::List, Kind::List],
        );
    }

    #[test]
    fn names_of_rules_are_unique() {
        let mut names: Vec<_> = builtin_rules().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }
}
