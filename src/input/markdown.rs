//! Markdown: the words that a reader sees, and what the markup says of each block.
//!
//! Blocks are parted by blank lines. Emphasis, links and anchors leave their words behind; the
//! words under an image become a block of their own, so that they never stand in a sentence.

use std::mem;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::draft::Content;
use super::front_matter::{self, Matter};
use super::{Reason, html};
use crate::article::{Kind, Mark};

/// What is read beyond the common ground. Mathematics is not: it would take two prices in a
/// sentence, `$5 and $6`, for a formula.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM);

/// An article's text, title and marks.
pub(super) fn render(source: &str) -> Result<Content, Reason> {
    let (matter, body) = front_matter::cut(source);
    let mut page = Page {
        title: matter.and_then(Matter::title),
        ..Page::default()
    };
    if let Some(title) = page.title.clone() {
        page.add(&title, Some(Kind::Heading));
    }
    for event in Parser::new_ext(body, OPTIONS) {
        page.take(event);
    }
    page.close();
    let Page {
        title, text, marks, ..
    } = page;
    if text.is_empty() {
        Err(Reason::Empty)
    } else {
        Ok(Content {
            title,
            text,
            marks,
            carried: Vec::new(),
        })
    }
}

/// The article as it grows, block by block.
#[derive(Default)]
struct Page {
    title: Option<String>,
    text: String,
    marks: Vec<Mark>,
    /// The block that is open.
    block: String,
    /// The kinds of what stands around it, the nearest last.
    around: Vec<Kind>,
    /// The images that are open in each other, and the words of the outermost: within it, and its title.
    images: usize,
    alt: String,
    image_title: String,
    /// Words of images that wait for the end of the block they stand in.
    captions: Vec<String>,
    html: String,
}

impl Page {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.write(&text);
            }
            Event::SoftBreak => self.write(" "),
            Event::HardBreak => self.write("\n"),
            Event::Html(piece) => self.html.push_str(&piece),
            Event::InlineHtml(tag) if html::is_break(&tag) => self.write("\n"),
            Event::Rule => self.close(),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn open(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph | Tag::List(_) | Tag::HtmlBlock => self.close(),
            Tag::Heading { .. } => self.enter(Kind::Heading),
            Tag::BlockQuote(None) => self.enter(Kind::Quote),
            Tag::Item => self.enter(Kind::List),
            Tag::BlockQuote(Some(_)) | Tag::CodeBlock(_) | Tag::FootnoteDefinition(_) | Tag::Table(_) => {
                self.enter(Kind::Note);
            }
            Tag::TableRow => self.write("\n"),
            Tag::TableCell if !self.block.is_empty() && !self.block.ends_with('\n') => self.write("\t"),
            Tag::Image { title, .. } => {
                if self.images == 0 {
                    title.trim().clone_into(&mut self.image_title);
                }
                self.images += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::List(_) => self.close(),
            TagEnd::Heading(HeadingLevel::H1) => self.headline(),
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::Item
            | TagEnd::CodeBlock
            | TagEnd::FootnoteDefinition
            | TagEnd::Table => self.leave(),
            TagEnd::HtmlBlock => {
                let html = mem::take(&mut self.html);
                for (kind, text) in html::blocks(&html) {
                    self.add(&text, kind.or(self.around.last().copied()));
                }
            }
            TagEnd::Image => self.picture(),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if self.images > 0 {
            &mut self.alt
        } else {
            &mut self.block
        }
        .push_str(text);
    }

    fn enter(&mut self, kind: Kind) {
        self.close();
        self.around.push(kind);
    }

    fn leave(&mut self) {
        self.close();
        self.around.pop();
    }

    /// The end of a first-level heading: the title, unless there is one. Where it says again what
    /// the front matter said, it stands once.
    fn headline(&mut self) {
        let words = self.block.trim();
        if self.title.as_deref() == Some(words) && self.text == words {
            self.block.clear();
        } else if self.title.is_none() && !words.is_empty() {
            self.title = Some(words.to_owned());
        }
        self.leave();
    }

    /// The end of an image. Its words stand before the block if they are first in it, else after it.
    fn picture(&mut self) {
        self.images -= 1;
        if self.images > 0 {
            return;
        }
        let alt = mem::take(&mut self.alt);
        let title = mem::take(&mut self.image_title);
        let repeated = title == alt.trim();
        self.captions.push(alt);
        if !repeated {
            self.captions.push(title);
        }
        if self.block.trim().is_empty() {
            self.close();
        }
    }

    /// Ends the open block, if any.
    fn close(&mut self) {
        let block = mem::take(&mut self.block);
        self.add(&block, self.around.last().copied());
        for caption in mem::take(&mut self.captions) {
            self.add(&caption, Some(Kind::Caption));
        }
    }

    fn add(&mut self, block: &str, kind: Option<Kind>) {
        let block = block.trim();
        if block.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.len();
        self.text.push_str(block);
        self.marks.extend(kind.map(|kind| Mark {
            span: start..self.text.len(),
            kind,
        }));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Blocks as `kind: text`, ordinary ones without a kind.
    fn blocks(content: &Content) -> Vec<String> {
        let mut blocks = Vec::new();
        let mut end = 0;
        let ordinary = |text: &str, blocks: &mut Vec<String>| {
            blocks.extend(
                text.split("\n\n")
                    .map(str::trim)
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned),
            );
        };
        for mark in &content.marks {
            ordinary(&content.text[end..mark.span.start], &mut blocks);
            blocks.push(format!(
                "{}: {}",
                mark.kind.name(),
                &content.text[mark.span.clone()]
            ));
            end = mark.span.end;
        }
        ordinary(&content.text[end..], &mut blocks);
        blocks
    }

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        assert_eq!(blocks(&render(source).unwrap()), expected);
    }

    #[track_caller]
    fn check_title(source: &str, title: Option<&str>, expected: &[&str]) {
        let content = render(source).unwrap();
        assert_eq!(content.title.as_deref(), title);
        assert_eq!(blocks(&content), expected);
    }

    #[test]
    fn words_stay_and_markup_goes() {
        check(
            "One *two* __three__ `four` [five](http://x) <http://six> ~~seven~~\nR&amp;D &mdash; $5 and $6\\*",
            &["One two three four five http://six seven R&D — $5 and $6*"],
        );
        check(
            "One  \ntwo<br>three<!-- no --> <b>four</b>",
            &["One\ntwo\nthree four"],
        );
        check("a\n\n---\n\nb\n\n***", &["a", "b"]);
        check("[one][1] and [two]\n\n[1]: http://x", &["one and [two]"]);
    }

    #[test]
    fn markup_states_kinds() {
        check(
            "## Head *ed*\n\ntext\n\nUnder\n-----\n",
            &["heading: Head ed", "text", "heading: Under"],
        );
        check(
            "> One\n> two\n>\n> three\n\nfour",
            &["quote: One two", "quote: three", "four"],
        );
        check(
            "- one\n- two\n  - three\n\n1. four\n\n   five",
            &[
                "list: one",
                "list: two",
                "list: three",
                "list: four",
                "list: five",
            ],
        );
        check("- [x] done", &["list: done"]);
        check("```rust\nlet a;\n\nlet b;\n```", &["note: let a;\n\nlet b;"]);
        check(
            "| a | b |\n|---|---|\n| 1 | *2* |\n\nend",
            &["note: a\tb\n1\t2", "end"],
        );
        check("Said.[^1]\n\n[^1]: By her.", &["Said.", "note: By her."]);
        check("> [!NOTE]\n> Corrected.", &["note: Corrected."]);
    }

    #[test]
    fn words_of_images_are_blocks_of_their_own() {
        check("![A *hill*](a.png)\n\nText.", &["caption: A hill", "Text."]);
        check("One ![dot](a.png) two.", &["One  two.", "caption: dot"]);
        check(
            "![A hill](a.png \"The hill\")\n*Photo: X*",
            &["caption: A hill", "caption: The hill", "Photo: X"],
        );
        check("[![A hill](a.png)](http://x)", &["caption: A hill"]);
        check("![](a.png)\n\nText.", &["Text."]);
    }

    #[test]
    fn blocks_of_html_give_their_words() {
        check(
            "<div>\n\n*In*\n\n</div>\n<p>One &amp;\ntwo</p>\n\nEnd",
            &["In", "One & two", "End"],
        );
        check(
            "<figure><img src=a><figcaption>A hill</figcaption></figure>\n\nEnd",
            &["caption: A hill", "End"],
        );
        check("<script>\nvar a = 1;\n\nvar b;\n</script>\n\nEnd", &["End"]);
    }

    #[test]
    fn the_first_heading_of_the_first_level_is_the_title() {
        check_title(
            "## a\n\n# b\n\n# c",
            Some("b"),
            &["heading: a", "heading: b", "heading: c"],
        );
        check_title("## a\n\nb", None, &["heading: a", "b"]);
    }

    #[test]
    fn the_title_of_the_front_matter_stands_once() {
        check_title(
            "---\ntitle: A b\n---\n\n# A *b*\n\nText",
            Some("A b"),
            &["heading: A b", "Text"],
        );
        check_title(
            "---\ntitle: A\n---\n# Other",
            Some("A"),
            &["heading: A", "heading: Other"],
        );
        check_title("---\nlayout: post\n---\n# T", Some("T"), &["heading: T"]);
        check(
            "One\n\n---\nkey: value\n\n---\nTwo",
            &["One", "key: value", "Two"],
        );
    }

    #[test]
    fn deep_nesting_is_only_deep() {
        for nested in ["> ", "- ", "[", "![", "*a _b ", "<div>", "`"] {
            let _ = render(&(nested.repeat(20_000) + "end"));
        }
    }

    proptest! {
        #[test]
        fn marks_lie_in_order_on_whole_blocks(source in "[a-z#>*`!\\[\\]()<>/&;:|\\- \n\"é“]{0,200}") {
            let Ok(content) = render(&source) else { return Ok(()) };
            let mut end = 0;
            for mark in &content.marks {
                prop_assert!(mark.span.start >= end && mark.span.start < mark.span.end);
                prop_assert!(content.text.get(mark.span.clone()).is_some());
                end = mark.span.end;
            }
        }

        #[test]
        fn no_word_of_plain_paragraphs_is_lost(words in proptest::collection::vec("[a-zé’]{1,8}[.,]?", 1..60)) {
            let source: String = words.chunks(7).map(|line| line.join(" ") + "\n\n").collect();
            let text = render(&source).unwrap().text;
            prop_assert_eq!(text.split_whitespace().collect::<Vec<_>>(), words);
        }
    }
}
