//! How the patterns of the tables become automata.

use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;

/// Declares patterns, each of the parts behind its name, and `ALL` of them; the flags stand before each.
macro_rules! patterns {
    ($flags:literal; $($(#[$doc:meta])* $name:ident = $($part:expr),+;)*) => {
        $($(#[$doc])* pub(super) static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::segment::pattern::pattern(concat!($flags, $($part),+)));)*

        /// All of this table.
        pub(super) static ALL: &[&std::sync::LazyLock<regex::Regex>] = &[$(&$name),*];
    };
}
pub(super) use patterns;

/// Compiles a pattern of a table.
///
/// Its `\b` looks at ASCII letters only. At a boundary of Unicode words the fast automata give up wherever the
/// text has a curly quotation mark, as news has in every other paragraph; the words of the tables are ASCII.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("a pattern of a table compiles")
}

/// The end of a text, as far back as any pattern looks that must end there: it is asked again and again while the
/// text grows, and would read all of it each time.
pub(super) fn tail(text: &str) -> &str {
    const FARTHEST: usize = 256;
    &text[text.ceil_char_boundary(text.len().saturating_sub(FARTHEST))..]
}

/// Compiles the patterns side by side.
pub(super) fn compile(tables: &[&[&'static LazyLock<Regex>]]) {
    tables
        .par_iter()
        .flat_map(|table| table.par_iter())
        .for_each(|pattern| {
            LazyLock::force(pattern);
        });
}
