//! What can go wrong with models: where, what, and what to do.

use std::io;

use super::HubName;

/// What can go wrong with models that are no part of the program.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// It can be no name.
    #[error(
        "`{name}` is neither a folder nor the name of a model on the hub\n\
         hint: names are `owner/name` or `owner/name@revision`"
    )]
    Name {
        /// What was typed.
        name: String,
    },
    /// A local folder holds no whole model.
    #[error("the model folder `{path}` lacks {missing}")]
    FolderIncomplete {
        /// The folder.
        path: String,
        /// What is missing.
        missing: String,
    },
    /// It would have to be fetched, but the network must not be used.
    #[error(
        "`{name}` is not whole in the cache, and the network must not be used (`--offline`, `HF_HUB_OFFLINE`): \
         it lacks {missing}\n\
         hint: `columnist models pull {name}` where there is a network; the cache can be copied"
    )]
    Offline {
        /// The model.
        name: HubName,
        /// What is missing.
        missing: String,
    },
    /// It would have to be fetched, but this program cannot.
    #[error(
        "this program was built without the feature `hub`, and cannot fetch `{name}`\n\
         hint: build it with `--features hub`; or `hf download {name}`, or copy its files into a folder and name that"
    )]
    NotBuilt {
        /// The model.
        name: HubName,
    },
    /// The hub cannot be reached, or not to the end.
    #[error(
        "cannot fetch {what} from {url}: {why}\n\
         hint: is there a network? Behind a proxy set `HTTPS_PROXY`, for a mirror `HF_ENDPOINT`, for certificates of \
         your own `SSL_CERT_FILE`; what came so far is kept, and the same command goes on from there"
    )]
    Unreachable {
        /// The file, or what else was asked for.
        what: String,
        /// Where.
        url: String,
        /// Why not.
        why: String,
    },
    /// The hub says no.
    #[error("cannot fetch {what}: {url} answers {status}{reason}\nhint: {hint}")]
    Refused {
        /// The file, or what else was asked for.
        what: String,
        /// Where.
        url: String,
        /// The status code.
        status: u16,
        /// What the hub says of it, with a colon before it; may be empty.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The hub says something that cannot be understood.
    #[error(
        "cannot make sense of the answer of {url}: {why}\nhint: is it a Hugging Face hub, or a mirror of one (`HF_ENDPOINT`)?"
    )]
    Senseless {
        /// Where.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// The model on the hub is none that an engine can load.
    #[error("`{name}` on the hub lacks {missing}: no engine could load it")]
    HubIncomplete {
        /// The model.
        name: HubName,
        /// What is missing.
        missing: String,
    },
    /// What came is not what the hub has.
    #[error(
        "`{file}` came damaged from {url}: its {kind} is {got}, the hub says {expected}\n\
         hint: it was thrown away; run the same command again. If that does not help, a proxy or mirror in between alters it"
    )]
    Checksum {
        /// The file.
        file: String,
        /// Where it came from.
        url: String,
        /// Which digest.
        kind: &'static str,
        /// What the hub says.
        expected: String,
        /// What came.
        got: String,
    },
    /// A file of the cache or of a folder cannot be read or written.
    #[error("cannot {doing} `{path}`")]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ModelsError {
    /// For `map_err`: a path cannot be read.
    pub(super) fn reading(path: &std::path::Path) -> impl FnOnce(io::Error) -> ModelsError {
        ModelsError::file("read", path)
    }

    /// For `map_err`: a path cannot be written.
    #[cfg(feature = "hub")]
    pub(super) fn writing(path: &std::path::Path) -> impl FnOnce(io::Error) -> ModelsError {
        ModelsError::file("write", path)
    }

    fn file(doing: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> ModelsError {
        let path = path.display().to_string();
        move |source| ModelsError::File { doing, path, source }
    }
}
