//! What the environment says of the hub: the variables of `huggingface_hub`, with their meaning.

#![expect(
    clippy::disallowed_methods,
    reason = "settings come from files and the environment"
)]

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::SettingsError;

/// Where models come from and where they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubSettings {
    /// The hub's address, or a mirror's; no slash at the end (`HF_ENDPOINT`).
    pub endpoint: String,
    /// The folder of the cache (`HF_HUB_CACHE`, else `hub` in `HF_HOME`).
    pub cache: PathBuf,
    /// Who asks (`HF_TOKEN`, else the file that `hf auth login` writes).
    pub token: Option<Token>,
    /// Whether the network must not be used.
    pub offline: bool,
}

/// A secret: it is sent to the hub, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Token {
    fn from(secret: &str) -> Token {
        Token(secret.to_owned())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl HubSettings {
    /// Reads the environment; `offline` is what `--offline` and `HF_HUB_OFFLINE` came to.
    pub fn resolve(offline: bool) -> Result<HubSettings, SettingsError> {
        let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            return Err(SettingsError::Environment {
                name: "HF_ENDPOINT",
                why: format!("`{endpoint}` is no address; it begins with `https://` or `http://`"),
            });
        }
        let home = path("HF_HOME").unwrap_or_else(|| {
            path("XDG_CACHE_HOME")
                .or_else(|| Some(env::home_dir()?.join(".cache")))
                .unwrap_or_default()
                .join("huggingface")
        });
        Ok(HubSettings {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            cache: path("HF_HUB_CACHE")
                .or_else(|| path("HUGGINGFACE_HUB_CACHE"))
                .unwrap_or_else(|| home.join("hub")),
            token: token(&home),
            offline,
        })
    }
}

fn token(home: &Path) -> Option<Token> {
    let file = path("HF_TOKEN_PATH").unwrap_or_else(|| home.join("token"));
    let secret = text("HF_TOKEN")
        .or_else(|| text("HUGGING_FACE_HUB_TOKEN"))
        .or_else(|| fs::read_to_string(file).ok())?;
    // A line break would end the header that it is sent in.
    let secret: String = secret.chars().filter(|c| !c.is_whitespace()).collect();
    (!secret.is_empty()).then(|| Token::from(secret.as_str()))
}

fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// A path; `~` at its beginning is the user's home, as `huggingface_hub` has it.
fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(name).filter(|value| !value.is_empty())?);
    Some(match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(below), Some(home)) => home.join(below),
        _ => path,
    })
}
