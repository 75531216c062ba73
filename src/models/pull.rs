//! Brings a model from the hub into the cache: what is not there yet, each file checked before it
//! gets its name.

#![expect(clippy::disallowed_methods, reason = "the cache is files")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;

use super::cache::{Cache, Stored};
use super::hub::{ATTEMPTS, Head, Hub, pause};
use super::verify::Expected;
use super::{HubName, Model, ModelsError, files};
use crate::progress::{Printer, Transfer};
use crate::settings::hub::HubSettings;

/// Brings the model, or what of it is not here. The hub is asked even where the model is: a branch
/// may have moved.
pub(super) fn pull(name: &HubName, settings: &HubSettings, printer: &Printer) -> Result<Model, ModelsError> {
    let hub = Hub::new(settings, printer);
    let lacking = |missing| ModelsError::HubIncomplete {
        name: name.clone(),
        missing,
    };
    let info = hub.info(name)?;
    let (plain, weights) = files::choose(&info.files).map_err(lacking)?;
    let stored = Cache::new(&settings.cache).model(name.name());
    let snapshot = stored.snapshot(&info.commit);
    let job = Job {
        hub,
        name,
        stored,
        commit: &info.commit,
        printer,
    };
    job.fetch(&plain)?;
    job.fetch(&[weights])?;
    if let Some(shards) = files::shards(&snapshot, weights).map_err(lacking)? {
        job.fetch(&shards.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    // Named last, so that the name never stands for half a model.
    job.stored
        .refer(name.revision(), &info.commit)
        .map_err(ModelsError::writing(&job.stored.reference(name.revision())))?;
    Model::in_folder(&snapshot, Some(info.commit)).map_err(lacking)
}

/// The files of one commit, on their way.
struct Job<'a> {
    hub: Hub<'a>,
    name: &'a HubName,
    stored: Stored,
    commit: &'a str,
    printer: &'a Printer,
}

impl Job<'_> {
    /// Brings some files under one progress bar.
    fn fetch(&self, files: &[&str]) -> Result<(), ModelsError> {
        let heads = files
            .iter()
            .map(|file| Ok((*file, self.hub.head(self.name, self.commit, file)?)))
            .collect::<Result<Vec<_>, ModelsError>>()?;
        let total = heads.iter().filter_map(|(_, head)| head.bytes).sum();
        let mut transfer = self.printer.transfer(total);
        for (file, head) in &heads {
            self.fetch_one(file, head, &mut transfer)?;
            transfer.complete();
        }
        transfer.finish();
        Ok(())
    }

    /// Brings one file to where it lies under its digest, if it does not yet, and gives it its name.
    fn fetch_one(&self, file: &str, head: &Head, transfer: &mut Transfer) -> Result<(), ModelsError> {
        let (blob, partial) = (self.stored.blob(&head.digest), self.stored.partial(&head.digest));
        let _lock = self
            .stored
            .lock(&head.digest, || {
                self.printer
                    .say(&format!("another program brings `{file}`; waiting for it"));
            })
            .map_err(ModelsError::writing(&blob))?;
        if blob.is_file() {
            let bytes = blob.metadata().map_err(ModelsError::reading(&blob))?.len();
            transfer.at(file, bytes);
        } else {
            self.bring(file, head, &partial, transfer)?;
            self.check(file, head, &partial)?;
            fs::rename(&partial, &blob).map_err(ModelsError::writing(&blob))?;
        }
        self.stored
            .place(self.commit, file, &head.digest)
            .map_err(ModelsError::writing(
                &self.stored.snapshot(self.commit).join(file),
            ))
    }

    /// Goes on where what is there ends, until all of it is there. What breaks off is taken up again,
    /// as long as each few attempts bring it further.
    fn bring(
        &self,
        file: &str,
        head: &Head,
        partial: &Path,
        transfer: &mut Transfer,
    ) -> Result<(), ModelsError> {
        let writing = || ModelsError::writing(partial);
        let mut out = OpenOptions::new()
            .create(true)
            .append(true)
            .open(partial)
            .map_err(writing())?;
        let mut there = out.seek(SeekFrom::End(0)).map_err(writing())?;
        if head.bytes.is_none_or(|bytes| there > bytes) {
            out.set_len(0).map_err(writing())?;
            there = 0;
        }
        let (mut furthest, mut attempt) = (there, 0);
        while head.bytes != Some(there) || there == 0 {
            let (from, mut body) = self.hub.bytes(self.name, self.commit, file, there)?;
            if from != there {
                out.set_len(from).map_err(writing())?;
                there = from;
            }
            let broken = copy(&mut body, &mut out, |read| {
                there += read;
                transfer.at(file, there);
            })
            .map_err(writing())?;
            let why = match (broken, head.bytes) {
                (None, None) => break,
                (None, Some(bytes)) if there >= bytes => break,
                (None, Some(bytes)) => format!("{there} of {bytes} bytes came"),
                (Some(error), _) => error.to_string(),
            };
            attempt = if there > furthest { 1 } else { attempt + 1 };
            furthest = furthest.max(there);
            if attempt == ATTEMPTS {
                return Err(ModelsError::Unreachable {
                    what: format!("`{file}` of `{}`", self.name),
                    url: self.hub.url(self.name, self.commit, file),
                    why,
                });
            }
            thread::sleep(pause(attempt));
        }
        out.sync_all().map_err(writing())
    }

    /// Throws away what is not what the hub has.
    fn check(&self, file: &str, head: &Head, partial: &Path) -> Result<(), ModelsError> {
        let Some(expected) = Expected::from_name(&head.digest) else {
            let digest = &head.digest;
            tracing::warn!("`{file}` cannot be checked: `{digest}` is no digest that is known here");
            return Ok(());
        };
        let got = expected.of(partial)?;
        if got == expected.digits() {
            return Ok(());
        }
        fs::remove_file(partial).map_err(ModelsError::writing(partial))?;
        Err(ModelsError::Checksum {
            file: file.to_owned(),
            url: self.hub.url(self.name, self.commit, file),
            kind: expected.kind(),
            expected: expected.digits().to_owned(),
            got,
        })
    }
}

/// Copies to the end, and gives the error that ended it before. The outer error is the writer's.
fn copy(body: &mut dyn Read, out: &mut File, mut came: impl FnMut(u64)) -> io::Result<Option<io::Error>> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(read) => {
                out.write_all(&buffer[..read])?;
                came(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Some(error)),
        }
    }
}
