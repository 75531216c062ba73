//! The words in a block of HTML that stands in Markdown.
//!
//! A page of HTML needs more than this: what is article in it and what is not.

use pulldown_cmark::{Event, Parser};

use crate::article::Kind;

/// The elements that begin a block of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// The words of each block, and what its element says it is.
pub(super) fn blocks(source: &str) -> Vec<(Option<Kind>, String)> {
    let mut blocks = Vec::new();
    let (mut kind, mut words) = (None, String::new());
    let mut rest = source;
    loop {
        let (text, markup) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        words.extend(
            text.chars()
                .map(|character| if character.is_whitespace() { ' ' } else { character }),
        );
        if markup.is_empty() {
            break;
        }
        let Some((tag, after)) = cut_tag(markup) else {
            words.push('<');
            rest = &markup[1..];
            continue;
        };
        rest = after;
        let name = name(tag);
        if ["script", "style"].contains(&name.as_str()) && !tag.starts_with("</") {
            let end = format!("</{name}");
            rest = rest
                .to_ascii_lowercase()
                .find(&end)
                .map_or("", |end| &rest[end..]);
        } else if is_break(tag) {
            words.push('\n');
        } else if BLOCKS.contains(&name.as_str()) {
            blocks.push((kind, plain(&words)));
            words.clear();
            if let Some(stated) = stated(&name) {
                kind = (!tag.starts_with("</")).then_some(stated);
            }
        }
    }
    blocks.push((kind, plain(&words)));
    blocks.retain(|(_, words)| !words.is_empty());
    blocks
}

/// Whether a tag breaks the line.
pub(super) fn is_break(tag: &str) -> bool {
    name(tag) == "br"
}

/// What an element says its words are.
fn stated(name: &str) -> Option<Kind> {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(Kind::Heading),
        "blockquote" => Some(Kind::Quote),
        "caption" | "figcaption" => Some(Kind::Caption),
        "li" => Some(Kind::List),
        "pre" | "table" => Some(Kind::Note),
        _ => None,
    }
}

/// The tag or comment that markup begins with, and what follows; none where `<` is a character.
fn cut_tag(markup: &str) -> Option<(&str, &str)> {
    if let Some(comment) = markup.strip_prefix("<!--") {
        let end = comment
            .find("-->")
            .map_or(markup.len(), |end| end + "<!---->".len());
        return Some(markup.split_at(end));
    }
    if !markup[1..].starts_with(|next: char| next.is_ascii_alphabetic() || "/!?".contains(next)) {
        return None;
    }
    let mut quote = None;
    let end = markup.find(|character| match (character, quote) {
        ('"' | '\'', None) => {
            quote = Some(character);
            false
        }
        (_, Some(open)) => {
            quote = quote.filter(|_| character != open);
            false
        }
        _ => character == '>',
    })?;
    Some(markup.split_at(end + 1))
}

/// The name of an opening or closing tag, in lower case.
fn name(tag: &str) -> String {
    let tag = tag.trim_start_matches(['<', '/']);
    let end = tag
        .find(|character: char| !character.is_ascii_alphanumeric())
        .unwrap_or(tag.len());
    tag[..end].to_ascii_lowercase()
}

/// The words with single spaces between them and character references resolved.
fn plain(words: &str) -> String {
    let lines = words.split('\n').map(|line| {
        resolve(
            &line
                .split(' ')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        )
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Resolves character references, with the Markdown parser's own table of them: to it this is a
/// paragraph in which everything else is escaped.
fn resolve(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let mut last = ' ';
    for character in line.chars() {
        let reference = match character {
            '#' => last == '&',
            _ => "&;".contains(character),
        };
        if character.is_ascii_punctuation() && !reference {
            escaped.push('\\');
        }
        escaped.push(character);
        last = character;
    }
    let words = Parser::new(&escaped).filter_map(|event| match event {
        Event::Text(text) => Some(text.into_string()),
        _ => None,
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &[(Option<Kind>, &str)]) {
        let blocks = blocks(source);
        let blocks: Vec<_> = blocks
            .iter()
            .map(|(kind, words)| (*kind, words.as_str()))
            .collect();
        assert_eq!(blocks, expected);
    }

    #[test]
    fn words_stay_and_markup_goes() {
        check(
            "<div class=\"a > b\"><p>One <b>bold</b>\n word.</p><p>Two.</p></div>",
            &[(None, "One bold word."), (None, "Two.")],
        );
        check("<!-- note --><img src='x'>\n", &[]);
        check(
            "<script>if (a < b) {}</script><STYLE>p {}</style>Seen",
            &[(None, "Seen")],
        );
        check("one<br/>two", &[(None, "one\ntwo")]);
        check("<iframe src=x></iframe>", &[]);
    }

    #[test]
    fn elements_state_kinds() {
        check(
            "<h2>Head</h2><blockquote><p>Said.</p></blockquote>After<ul><li>Item</ul>",
            &[
                (Some(Kind::Heading), "Head"),
                (Some(Kind::Quote), "Said."),
                (None, "After"),
                (Some(Kind::List), "Item"),
            ],
        );
        check(
            "<figure><img><figcaption>A hill.</figcaption></figure>",
            &[(Some(Kind::Caption), "A hill.")],
        );
    }

    #[test]
    fn references_are_resolved_and_nothing_else() {
        check(
            "<p>R&amp;D &#8212; 1. *two* &lt;b&gt; # a_b &nope; \\ AT&T</p>",
            &[(None, "R&D — 1. *two* <b> # a_b &nope; \\ AT&T")],
        );
        check("<p># no heading</p>", &[(None, "# no heading")]);
        check("3 < 4 and <", &[(None, "3 < 4 and <")]);
    }
}
