//! What can be wrong with the targets a user names.

use thiserror::Error;

/// Why a set of targets cannot be used. The message says where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TargetsError {
    /// `--target "=Kremlin"` or an entry without a name.
    #[error("{place}: a target without a name; write it as `Name` or `Name=alias,alias`")]
    NoName {
        /// The flag's value, or `line 3`.
        place: String,
    },
    /// `--target "Russia=="`.
    #[error("{place}: `{name}` has nothing to match; list at least one alias, or leave its known names on")]
    NoAliases {
        /// The flag's value, or `line 3`.
        place: String,
        /// The target.
        name: String,
    },
    /// An alias of blanks and punctuation.
    #[error("{place}: the alias `{alias}` of `{name}` has neither letter nor digit; leave it out")]
    BadAlias {
        /// The flag's value, or `line 3`.
        place: String,
        /// The target.
        name: String,
        /// What stands there.
        alias: String,
    },
    /// The file is not what its format asks for.
    #[error("targets file, line {line}: {problem}")]
    File {
        /// Line of the file, from one.
        line: usize,
        /// What is wrong there, and what to write.
        problem: String,
    },
    /// A file that names nobody.
    #[error(
        "the targets file names no target; add `[[target]]` with a `name`, or a row under `name,aliases`"
    )]
    Empty,
    /// More words than the search can hold.
    #[error("too many aliases to search for at once; split the targets over several runs")]
    TooMany,
    /// The same target twice.
    #[error("`{first}` and `{second}` are the same target; give it once, with the aliases of both")]
    SameName {
        /// As it stands first.
        first: String,
        /// As it stands again.
        second: String,
    },
    /// Two targets want the same words.
    #[error("the alias `{alias}` is claimed by `{first}` and by `{second}`; give it to one of them")]
    SameAlias {
        /// The words.
        alias: String,
        /// The target that claims them first.
        first: String,
        /// The other one.
        second: String,
    },
}
