//! Front matter: the settings, in YAML or TOML, that may stand before a Markdown article.

/// The settings before an article, without their fences.
#[derive(Clone, Copy)]
pub(super) enum Matter<'a> {
    /// Between lines of `---`.
    Yaml(&'a str),
    /// Between lines of `+++`.
    Toml(&'a str),
}

/// Cuts off the front matter. Lines between two rules are not taken for it unless they look like
/// settings, for they would be lost.
pub(super) fn cut(source: &str) -> (Option<Matter<'_>>, &str) {
    let whole = (None, source);
    let Some((fence, rest)) = source.split_once('\n') else {
        return whole;
    };
    let (ends, sign): (&[&str], _) = match fence.trim_end() {
        "---" => (&["---", "..."], ':'),
        "+++" => (&["+++"], '='),
        _ => return whole,
    };
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if ends.contains(&line.trim_end()) {
            let (inside, after) = (&rest[..end], &rest[end + line.len()..]);
            return match sign {
                _ if inside.trim().is_empty() => whole,
                ':' => (Some(Matter::Yaml(inside)), after),
                _ => (Some(Matter::Toml(inside)), after),
            };
        }
        if !is_setting(line, sign) || (end == 0 && line.trim().is_empty()) {
            return whole;
        }
        end += line.len();
    }
    whole
}

/// Whether a line assigns something, goes on with what the one before began, or is a remark.
fn is_setting(line: &str, sign: char) -> bool {
    let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    line.starts_with([' ', '\t', '\r', '\n', '#', '-', '[', ']', '{', '}'])
        || line
            .split_once(sign)
            .is_some_and(|(key, _)| is_key(key.trim_end()))
}

impl Matter<'_> {
    /// The title among the settings.
    pub(super) fn title(self) -> Option<String> {
        let title = match self {
            Matter::Toml(settings) => toml_title(settings),
            Matter::Yaml(settings) => yaml_title(settings),
        }?;
        Some(title.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|title| !title.is_empty())
    }
}

fn toml_title(settings: &str) -> Option<String> {
    let settings: toml::Table = toml::from_str(settings).ok()?;
    settings.get("title")?.as_str().map(str::to_owned)
}

/// One line of YAML is all that is asked for, and a parser for all of it a dependency.
fn yaml_title(settings: &str) -> Option<String> {
    let mut lines = settings.lines();
    let value = lines.find_map(|line| line.strip_prefix("title:"))?.trim();
    Some(match value.as_bytes() {
        // A block, folded or not: the indented lines that follow.
        [b'>' | b'|', ..] => lines
            .take_while(|line| line.starts_with([' ', '\t']))
            .collect::<Vec<_>>()
            .join(" "),
        // The escapes of YAML that a title may hold are those of JSON.
        [b'"', .., b'"'] => serde_json::from_str(value).ok()?,
        [b'\'', .., b'\''] => value[1..value.len() - 1].replace("''", "'"),
        _ => value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, title: Option<&str>, rest: &str) {
        let (matter, after) = cut(source);
        assert_eq!((matter.and_then(Matter::title).as_deref(), after), (title, rest));
    }

    #[test]
    fn settings_give_the_title() {
        check(
            "---\ntitle: \"A \\\"b\\\"\"\ndate: 1\n---\nText",
            Some("A \"b\""),
            "Text",
        );
        check(
            "---\r\ntags:\r\n- a\r\n  b\r\ntitle: 'It''s'\r\n---\r\nText\r\n",
            Some("It's"),
            "Text\r\n",
        );
        check(
            "---\ntitle: >-\n  One\n  two\nx: 1\n...\nText",
            Some("One two"),
            "Text",
        );
        check(
            "---\ntitle: One: two # three\n---\n",
            Some("One: two # three"),
            "",
        );
        check(
            "+++\ntitle = \"T\"\n[more]\na = [\n  1\n]\n+++\nText",
            Some("T"),
            "Text",
        );
        check("---\nlayout: post\n---\nText", None, "Text");
        check("---\ntitle: '\n---\nText", Some("'"), "Text");
    }

    #[test]
    fn a_rule_is_no_fence() {
        for source in [
            "---\n\nOne: two\n\n---\n\nThree",
            "---\nkey: value\n\nHe said so.\n\n---\nEnd",
            "---\nHe said: never\n\nEnd",
            "---\nkey: value\n",
            "---\n---\n",
            "---",
            "Text\n---\nkey: value\n---\n",
        ] {
            check(source, None, source);
        }
    }
}
