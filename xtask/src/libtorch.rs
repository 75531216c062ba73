//! `cargo xtask libtorch`: brings libtorch into the ignored folder `libtorch/` of the checkout.
//!
//! PyPI's wheel of PyTorch holds it, with much that is of no use here; a few files of it are kept, and nothing
//! of Python or CUDA. `.cargo/config.toml` points the build at the folder. A `LIBTORCH` of one's own wins.

#![expect(clippy::disallowed_methods, reason = "it is a script over files")]

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

const VERSION: &str = "2.4.0";

/// A wheel, and what is taken from it.
struct Wheel {
    package: &'static str,
    file: &'static str,
    sha256: &'static str,
    keep: &'static [&'static str],
}

/// Of PyTorch's wheel the half that computes on the processor, and the two small libraries which that half
/// asks for even where there is no graphics card.
const WHEELS: [Wheel; 3] = [
    Wheel {
        package: "torch==2.4.0",
        file: "torch-2.4.0-cp311-cp311-manylinux1_x86_64.whl",
        sha256: "e743adadd8c8152bb8373543964551a7cb7cc20ba898dc8f9c0cdbe47c283de0",
        keep: &[
            "torch/include/",
            "torch/lib/libtorch_cpu.so",
            "torch/lib/libc10.so",
            "torch/lib/libgomp-",
        ],
    },
    Wheel {
        package: "nvidia-cuda-runtime-cu12==12.1.105",
        file: "nvidia_cuda_runtime_cu12-12.1.105-py3-none-manylinux1_x86_64.whl",
        sha256: "6e258468ddf5796e25f1dc591a31029fa317d97a0a94ed93468fc86301d61e40",
        keep: &["nvidia/cuda_runtime/lib/libcudart.so.12"],
    },
    Wheel {
        package: "nvidia-cuda-cupti-cu12==12.1.105",
        file: "nvidia_cuda_cupti_cu12-12.1.105-py3-none-manylinux1_x86_64.whl",
        sha256: "e54fde3983165c624cb79254ae9818a456eb6e87a7fd4d56a2352c24ee542d7e",
        keep: &["nvidia/cuda_cupti/lib/libcupti.so.12"],
    },
];

/// The folder that the build looks in: the user's own, else the one in the checkout.
pub(crate) fn folder(root: &Path) -> PathBuf {
    // Cargo sets the variable for what it runs, so it is there even where the user set none.
    env::var_os("LIBTORCH").map_or_else(|| root.join("libtorch"), PathBuf::from)
}

/// Brings libtorch, unless it is there.
pub(crate) fn bring() -> Result<()> {
    let root = super::root()?;
    let folder = folder(root);
    if folder != root.join("libtorch") {
        super::say(&format!(
            "LIBTORCH is set, so `{}` is used as it is",
            folder.display()
        ));
        return Ok(());
    }
    if fs::read_to_string(folder.join("build-version")).is_ok_and(|version| version.trim() == VERSION) {
        super::say("libtorch is there");
        return Ok(());
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        bail!(
            "libtorch is brought for Linux on x86-64 alone\nhint: unpack libtorch {VERSION} from \
             https://pytorch.org and set LIBTORCH to its folder; the README says more"
        );
    }
    let part = root.join("libtorch.part");
    if part.exists() {
        fs::remove_dir_all(&part).with_context(|| format!("cannot empty `{}`", part.display()))?;
    }
    fs::create_dir_all(part.join("lib")).with_context(|| format!("cannot make `{}`", part.display()))?;
    download(&part)?;
    for wheel in &WHEELS {
        let path = part.join(wheel.file);
        check(&path, wheel.sha256)?;
        unpack(&path, wheel.keep, &part).with_context(|| format!("cannot unpack `{}`", wheel.file))?;
        fs::remove_file(&path)?;
    }
    // The real libtorch.so asks for CUDA. Nothing but the linker asks for this one, and is sent on.
    fs::write(part.join("lib/libtorch.so"), "INPUT(libtorch_cpu.so)\n")?;
    fs::write(part.join("build-version"), VERSION)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(&part, &folder).context("cannot give the folder its name")?;
    super::say(&format!("libtorch {VERSION} lies in `{}`", folder.display()));
    Ok(())
}

/// Has pip fetch the wheels from wherever it is set up to: the same files whichever Python there is.
fn download(into: &Path) -> Result<()> {
    super::say("fetching PyTorch's wheel from PyPI, 800 MB");
    let status = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"])
        .args(["--only-binary=:all:", "--platform", "manylinux1_x86_64"])
        .args(["--implementation", "cp", "--python-version", "311", "--dest"])
        .arg(into)
        .args(WHEELS.iter().map(|wheel| wheel.package))
        .status()
        .context("cannot start python3; its pip fetches libtorch")?;
    ensure!(
        status.success(),
        "pip could not fetch {}\nhint: set LIBTORCH to a folder of libtorch {VERSION} that is there already",
        WHEELS.map(|wheel| wheel.package).join(", ")
    );
    Ok(())
}

fn check(path: &Path, expected: &str) -> Result<()> {
    let mut file = File::open(path).with_context(|| format!("pip did not bring `{}`", path.display()))?;
    let mut digest = Hasher(Sha256::new());
    io::copy(&mut file, &mut digest)?;
    let got = digest
        .0
        .finalize()
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    ensure!(
        got == expected,
        "`{}` is damaged: its SHA-256 is {got}, not {expected}",
        path.display()
    );
    Ok(())
}

/// Bytes into a digest.
struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes what is kept: headers under `include/`, libraries into `lib/`.
fn unpack(wheel: &Path, keep: &[&str], into: &Path) -> Result<()> {
    let mut archive = ZipArchive::new(File::open(wheel)?)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name().to_owned();
        if entry.is_dir() || !keep.iter().any(|kept| name.starts_with(kept)) {
            continue;
        }
        let inside = entry.enclosed_name().context("a path leads out of the wheel")?;
        let target = match inside.strip_prefix("torch/include") {
            Ok(header) => into.join("include").join(header),
            Err(_) => into.join("lib").join(inside.file_name().unwrap_or_default()),
        };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        io::copy(&mut entry, &mut File::create(&target)?)?;
    }
    Ok(())
}
