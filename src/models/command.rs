//! `columnist models`: what the words `pull`, `list` and `verify` do.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::cache::{Cache, Stored};
use super::verify::{self, State};
use super::{HubName, Model, ModelsError, Named, bring, cached, files};
use crate::cli::{ModelsCommand, PullArgs, VerifyArgs};
use crate::engine::model::Location;
use crate::progress::{Printer, megabytes};
use crate::report::record::counted;
use crate::settings::hub::HubSettings;

/// Does what was asked for; says whether all files are sound.
pub fn run(command: &ModelsCommand, printer: &Printer, out: &mut dyn Write) -> anyhow::Result<bool> {
    match command {
        ModelsCommand::Pull(args) => pull(args, printer, out).map(|()| true),
        ModelsCommand::List => list(out).map(|()| true),
        ModelsCommand::Verify(args) => check(args, out),
    }
}

/// Brings models, and prints the folder of each.
fn pull(args: &PullArgs, printer: &Printer, out: &mut dyn Write) -> anyhow::Result<()> {
    let settings = HubSettings::resolve(args.offline)?;
    let names = args.models.iter().map(|name| name.parse());
    for name in names.collect::<Result<Vec<HubName>, _>>()? {
        let model = if args.offline {
            cached(&name, &settings).map_err(|missing| ModelsError::Offline {
                name: name.clone(),
                missing,
            })?
        } else {
            bring(&name, &settings, printer)?
        };
        let (files, bytes) = measure(&model.folder)?;
        let commit = model.commit.as_deref().map_or("", short);
        let (files, bytes) = (counted(files, "file"), megabytes(bytes));
        printer.say(&format!("{name} ({commit}): {files}, {bytes}"));
        if model.weights.iter().any(|path| path.ends_with(files::PICKLED)) {
            printer.say(PICKLED);
        }
        writeln!(out, "{}", model.folder.display())?;
    }
    Ok(())
}

/// What to know of weights that Python pickled, the only ones that some models have.
const PICKLED: &str = "\
hint: `pytorch_model.bin` is stored as it is; it is read if PyTorch 1.6 or later wrote it. Else turn it into
`model.safetensors`, which is preferred: `pip install torch safetensors`, and in its folder
python -c \"import torch, safetensors.torch as s; t = torch.load('pytorch_model.bin', 'cpu', weights_only=True);
s.save_file({k: v.clone().contiguous() for k, v in t.items()}, 'model.safetensors')\"";

/// Prints a table of the models that are here.
fn list(out: &mut dyn Write) -> anyhow::Result<()> {
    let settings = HubSettings::resolve(true)?;
    let shipped = Location::Shipped.files()?;
    let mut rows = vec![
        ["model", "revision", "digest", "size", ""].map(str::to_owned),
        [
            shipped.config.name,
            shipped.config.version,
            short(&shipped.sha256).to_owned(),
            megabytes(Location::Shipped.verify()?),
            "part of this program".to_owned(),
        ],
    ];
    for stored in stored(&settings)? {
        for (commit, names) in stored.commits().map_err(ModelsError::reading(&settings.cache))? {
            let folder = stored.snapshot(&commit);
            let (digest, note) = match Model::in_folder(&folder, None) {
                Ok(model) => (short(&model.sha256()?).to_owned(), weights(&model)),
                Err(missing) => (String::new(), format!("not whole: it lacks {missing}")),
            };
            let revision = if names.is_empty() {
                short(&commit).to_owned()
            } else {
                names.join(", ")
            };
            let size = megabytes(measure(&folder)?.1);
            rows.push([stored.name().to_owned(), revision, digest, size, note]);
        }
        for partial in stored
            .unfinished()
            .map_err(ModelsError::reading(&settings.cache))?
        {
            let bytes = fs::metadata(&partial)
                .map_err(ModelsError::reading(&partial))?
                .len();
            let name = stored.name().to_owned();
            let note = "of a file that is not all here; `pull` goes on".to_owned();
            rows.push([name, String::new(), String::new(), megabytes(bytes), note]);
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let [model, revision, digest, size] = [0, 1, 2, 3].map(width);
    for row in &rows {
        let [a, b, c, d, note] = row;
        let line = format!("{a:model$}  {b:revision$}  {c:digest$}  {d:>size$}  {note}");
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out, "cache: {}", settings.cache.display())?;
    Ok(())
}

/// Checks the models named, else all that are here; says whether all files are sound.
fn check(args: &VerifyArgs, out: &mut dyn Write) -> anyhow::Result<bool> {
    let settings = HubSettings::resolve(true)?;
    let mut sound = true;
    if args.models.is_empty() {
        let bytes = Location::Shipped.verify()?;
        writeln!(out, "ok   {}: {}", Location::Shipped.shown(), megabytes(bytes))?;
        for stored in stored(&settings)? {
            for (commit, _) in stored.commits().map_err(ModelsError::reading(&settings.cache))? {
                let name = format!("{} ({})", stored.name(), short(&commit));
                sound &= check_folder(&name, &stored.snapshot(&commit), out)?;
            }
        }
    }
    for name in &args.models {
        match name.parse()? {
            Named::Folder(folder) => sound &= check_folder(name, &folder, out)?,
            Named::Hub(hub) => match cached(&hub, &settings) {
                Ok(model) => sound &= check_folder(name, &model.folder, out)?,
                Err(missing) => {
                    sound = false;
                    writeln!(out, "FAIL {name}: not whole in the cache: it lacks {missing}")?;
                }
            },
        }
    }
    Ok(sound)
}

fn check_folder(name: &str, folder: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let checked = verify::check(folder)?;
    let mut sound = true;
    for file in &checked {
        if let State::Damaged(why) = &file.state {
            sound = false;
            writeln!(out, "FAIL {}: {why}", file.path.display())?;
        }
    }
    let unknown = checked.iter().filter(|file| file.state == State::Unknown).count();
    if !sound {
        writeln!(
            out,
            "hint: delete what is damaged, and bring it again: `columnist models pull`, or another copy"
        )?;
    } else if unknown == checked.len() {
        sound = false;
        writeln!(
            out,
            "FAIL {name}: nothing says what its files should be; a folder needs a `SHA256SUMS`"
        )?;
    } else {
        let (_, bytes) = measure(folder)?;
        let files = counted(checked.len() as u64, "file");
        let unknown = match unknown {
            0 => String::new(),
            some => format!(", {some} of which nothing says what they should be"),
        };
        writeln!(out, "ok   {name}: {files}, {}{unknown}", megabytes(bytes))?;
    }
    Ok(sound)
}

fn stored(settings: &HubSettings) -> Result<Vec<Stored>, ModelsError> {
    Cache::new(&settings.cache)
        .models()
        .map_err(ModelsError::reading(&settings.cache))
}

/// How many files a folder has, and how many bytes they.
fn measure(folder: &Path) -> Result<(u64, u64), ModelsError> {
    let (mut count, mut bytes) = (0, 0);
    for path in verify::files(folder)? {
        count += 1;
        // A link that leads nowhere has no bytes; `verify` complains of it.
        bytes += fs::metadata(&path).map_or(0, |metadata| metadata.len());
    }
    Ok((count, bytes))
}

/// The weights' file, or how many shards there are.
fn weights(model: &Model) -> String {
    match &model.weights[..] {
        [only] => only
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        shards => format!("{} shards", shards.len()),
    }
}

/// The beginning of a digest, which is enough to tell it from others.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
