//! Talks with the hub: the only place that knows the network.
//!
//! Everything is asked for with patience: what may help itself (too many requests, a server in
//! trouble, a connection that broke) is asked for again after a while, as often as `ATTEMPTS` says.
//! Redirects are followed here and not by the client, because the hub's own answer names the digest
//! before it sends us to the server that has the bytes, and because the token is the hub's alone.

use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{HeaderMap, Method, Request, Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, BodyReader, Error};

use super::name::is_plain;
use super::{HubName, ModelsError};
use crate::progress::Printer;
use crate::settings::hub::{HubSettings, Token};

/// How often something is tried that fails and brings nothing.
pub(super) const ATTEMPTS: u32 = 5;
/// After so long without a byte, a connection is taken for broken.
const PATIENCE: Duration = Duration::from_mins(1);
/// The hub counts requests over five minutes; no wait for it need be longer.
const LONGEST_WAIT: u64 = 330;
const REDIRECTS: usize = 10;

/// The hub, or a mirror of it.
pub(super) struct Hub<'a> {
    agent: Agent,
    endpoint: &'a str,
    token: Option<&'a Token>,
    printer: &'a Printer,
}

/// What the hub has of a model.
pub(super) struct Info {
    /// The commit that the revision means.
    pub(super) commit: String,
    /// Its files.
    pub(super) files: Vec<String>,
}

/// What the hub says of a file.
pub(super) struct Head {
    /// Its digest, under which the cache keeps it.
    pub(super) digest: String,
    /// Its length, if the hub says so.
    pub(super) bytes: Option<u64>,
}

/// What is asked for, for messages.
struct Asked<'a> {
    name: &'a HubName,
    what: String,
    url: String,
}

impl<'a> Hub<'a> {
    pub(super) fn new(settings: &'a HubSettings, printer: &'a Printer) -> Hub<'a> {
        // The system's certificates, so that a company's own proxy is trusted where the system trusts it.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("columnist/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(PATIENCE / 2))
            .timeout_per_read(Some(PATIENCE))
            .build();
        Hub {
            agent: config.into(),
            endpoint: &settings.endpoint,
            token: settings.token.as_ref(),
            printer,
        }
    }

    /// Which files a model has, and the commit that its revision means.
    pub(super) fn info(&self, name: &HubName) -> Result<Info, ModelsError> {
        #[derive(Deserialize)]
        struct Answer {
            sha: String,
            siblings: Vec<Sibling>,
        }
        #[derive(Deserialize)]
        struct Sibling {
            rfilename: String,
        }

        let asked = Asked {
            name,
            what: format!("the list of files of `{name}`"),
            url: format!(
                "{}/api/models/{}/revision/{}",
                self.endpoint,
                name.name(),
                encoded(name.revision())
            ),
        };
        let senseless = |why: String| ModelsError::Senseless {
            url: asked.url.clone(),
            why,
        };
        let mut response = self.ask(&asked, &Method::GET, None, |_| true)?;
        let text = response.body_mut().read_to_vec();
        let text = text.map_err(|error| asked.unreachable(&error))?;
        let answer: Answer = serde_json::from_slice(&text).map_err(|error| senseless(error.to_string()))?;
        if !is_plain(&answer.sha) {
            return Err(senseless(format!("it calls the commit `{}`", answer.sha)));
        }
        Ok(Info {
            commit: answer.sha,
            files: answer.siblings.into_iter().map(|file| file.rfilename).collect(),
        })
    }

    /// What the hub says of a file, before any of it is fetched.
    pub(super) fn head(&self, name: &HubName, commit: &str, file: &str) -> Result<Head, ModelsError> {
        let asked = self.asked(name, commit, file);
        // The answer that sends us elsewhere for the bytes has the digest; elsewhere knows another one.
        let response = self.ask(&asked, &Method::HEAD, None, |headers| {
            !headers.contains_key("x-linked-etag")
        })?;
        let headers = response.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let digest = text("x-linked-etag")
            .or_else(|| text("etag"))
            .map(|tag| tag.trim_start_matches("W/").trim_matches('"'))
            .filter(|tag| is_plain(tag))
            .ok_or_else(|| ModelsError::Senseless {
                url: asked.url.clone(),
                why: "no digest (`ETag`) stands in it".to_owned(),
            })?;
        let bytes = match text("x-linked-size") {
            None if response.status().is_redirection() => None,
            None => text("content-length"),
            linked => linked,
        };
        Ok(Head {
            digest: digest.to_owned(),
            bytes: bytes.and_then(|bytes| bytes.parse().ok()),
        })
    }

    /// The bytes of a file from one on; from the first on if the server knows no ranges.
    pub(super) fn bytes(
        &self,
        name: &HubName,
        commit: &str,
        file: &str,
        from: u64,
    ) -> Result<(u64, BodyReader<'static>), ModelsError> {
        let asked = self.asked(name, commit, file);
        let response = self.ask(&asked, &Method::GET, Some(from).filter(|from| *from > 0), |_| {
            true
        })?;
        let from = if response.status() == StatusCode::PARTIAL_CONTENT {
            from
        } else {
            0
        };
        Ok((from, response.into_body().into_reader()))
    }

    /// Where a file is to be had.
    pub(super) fn url(&self, name: &HubName, commit: &str, file: &str) -> String {
        format!("{}/{}/resolve/{commit}/{file}", self.endpoint, name.name())
    }

    fn asked<'n>(&self, name: &'n HubName, commit: &str, file: &str) -> Asked<'n> {
        Asked {
            name,
            what: format!("`{file}` of `{name}`"),
            url: self.url(name, commit, file),
        }
    }

    /// Asks until there is an answer that asking again would not change. Redirects are followed
    /// while `follow` says so of their headers.
    fn ask(
        &self,
        asked: &Asked,
        method: &Method,
        from: Option<u64>,
        follow: impl Fn(&HeaderMap) -> bool,
    ) -> Result<Response<Body>, ModelsError> {
        for attempt in 1.. {
            let last = attempt == ATTEMPTS;
            let wait = match self.ask_once(asked, method, from, &follow)? {
                Ok(response) if response.status().is_success() || response.status().is_redirection() => {
                    return Ok(response);
                }
                Ok(response) => {
                    let wait = retry_after(&response).unwrap_or_else(|| pause(attempt));
                    if last || !may_pass(response.status()) || wait.as_secs() > LONGEST_WAIT {
                        return Err(self.refused(asked, &response));
                    }
                    if wait.as_secs() > 5 {
                        self.printer.say(&format!(
                            "the hub answers {}; asking again in {} s",
                            response.status().as_u16(),
                            wait.as_secs()
                        ));
                    }
                    wait
                }
                Err(error) if last || !is_passing(&error) => return Err(asked.unreachable(&error)),
                Err(_) => pause(attempt),
            };
            thread::sleep(wait);
        }
        unreachable!("the last attempt returns")
    }

    /// Asks once, and follows redirects. The outer error is about the answer, the inner about the way.
    fn ask_once(
        &self,
        asked: &Asked,
        method: &Method,
        from: Option<u64>,
        follow: &impl Fn(&HeaderMap) -> bool,
    ) -> Result<Result<Response<Body>, Error>, ModelsError> {
        let mut url = asked.url.clone();
        for _ in 0..REDIRECTS {
            // Compressed, a file would have another length and no ranges.
            let mut request = Request::builder().method(method).uri(&url);
            request = request.header("accept-encoding", "identity");
            if let Some(token) = self.token.filter(|_| origin(&url) == origin(self.endpoint)) {
                request = request.header("authorization", format!("Bearer {}", token.secret()));
            }
            if let Some(from) = from {
                request = request.header("range", format!("bytes={from}-"));
            }
            let request = match request.body(()) {
                Ok(request) => request,
                Err(error) => return Ok(Err(error.into())),
            };
            let response = match self.agent.run(request) {
                Ok(response) if response.status().is_redirection() && follow(response.headers()) => response,
                answer => return Ok(answer),
            };
            let location = response
                .headers()
                .get("location")
                .and_then(|value| value.to_str().ok());
            url = match location {
                Some(path) if path.starts_with('/') && !path.starts_with("//") => {
                    format!("{}{path}", origin(&url))
                }
                Some(other) if other.starts_with("https://") || other.starts_with("http://") => {
                    other.to_owned()
                }
                other => {
                    return Err(ModelsError::Senseless {
                        url,
                        why: format!("it leads to `{}`", other.unwrap_or_default()),
                    });
                }
            };
        }
        Err(ModelsError::Senseless {
            url: asked.url.clone(),
            why: format!("it leads elsewhere more than {REDIRECTS} times"),
        })
    }

    fn refused(&self, asked: &Asked, response: &Response<Body>) -> ModelsError {
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let status = response.status().as_u16();
        let page = format!("{}/{}", self.endpoint, asked.name.name());
        let gated = header("x-error-code") == Some("GatedRepo");
        let hint = match (status, self.token) {
            (401 | 403, _) if gated => {
                format!("accept the model's terms on {page}, and set `HF_TOKEN` to a token that may read it")
            }
            (401, None) => format!(
                "the hub answers so where there is no such model: is the name right? \
                 If it is private or has terms to accept ({page}), set `HF_TOKEN`"
            ),
            (401, Some(_)) => {
                format!(
                    "is the name right ({page}), and is the token (`HF_TOKEN`, or the file `token`) still good?"
                )
            }
            (403, _) => format!("the token may not read it; see {page}"),
            (404, _) => format!("see {page} for what there is; a revision is named as `owner/name@revision`"),
            (429, _) => {
                let wait = retry_after(response);
                let when = wait.map_or("later".to_owned(), |wait| format!("in {} s", wait.as_secs()));
                format!(
                    "too many requests; try again {when}. Those with a token (`HF_TOKEN`) may ask more often"
                )
            }
            (500.., _) => "the hub is in trouble; try again later".to_owned(),
            _ => format!("see {page}"),
        };
        ModelsError::Refused {
            what: asked.what.clone(),
            url: asked.url.clone(),
            status,
            reason: header("x-error-message").map_or(String::new(), |why| format!(": {why}")),
            hint,
        }
    }
}

impl Asked<'_> {
    fn unreachable(&self, error: &Error) -> ModelsError {
        ModelsError::Unreachable {
            what: self.what.clone(),
            url: self.url.clone(),
            why: error.to_string(),
        }
    }
}

/// How long to wait after an attempt that failed: half a second, then twice as long each time.
pub(super) fn pause(attempt: u32) -> Duration {
    Duration::from_millis(250) * 2_u32.saturating_pow(attempt)
}

/// How long the server asks to wait, if it says so in seconds.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// Whether the same question may be answered otherwise after a while.
fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether the same way may be open after a while.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Timeout(_) | Error::Protocol(_) => true,
        Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::TimedOut
        ),
        _ => false,
    }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |colon| colon + 3);
    let end = url[host..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |end| host + end);
    &url[..end]
}

/// A revision as one part of an address: `refs/pr/1` has slashes.
fn encoded(revision: &str) -> String {
    revision.replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_for_one_origin() {
        for (url, expected) in [
            ("https://huggingface.co", "https://huggingface.co"),
            ("https://huggingface.co/a/b?c", "https://huggingface.co"),
            (
                "https://huggingface.co.evil.example/a",
                "https://huggingface.co.evil.example",
            ),
            ("http://127.0.0.1:80?x=/y", "http://127.0.0.1:80"),
        ] {
            assert_eq!(origin(url), expected);
        }
    }
}
