//! A path that leads nowhere, and the one that was perhaps meant.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::InputError;
use super::file::shown;

/// What to say of a path that leads nowhere.
pub(super) fn missing(path: &Path) -> InputError {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => InputError::Unreadable {
            path: shown(path),
            reason: error.into(),
        },
        _ => InputError::NoSuchPath {
            path: shown(path),
            near: near(path).map(|path| shown(&path)),
        },
    }
}

/// What stands where a path should be and is called much like it.
fn near(path: &Path) -> Option<PathBuf> {
    let wanted = path.file_name()?.to_string_lossy().to_lowercase();
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let far = |entry: &fs::DirEntry| distance(&entry.file_name().to_string_lossy().to_lowercase(), &wanted);
    fs::read_dir(parent)
        .ok()?
        .flatten()
        .map(|entry| (far(&entry), entry.path()))
        .min()
        .filter(|(far, _)| far * 3 <= wanted.chars().count())
        .map(|(_, path)| path)
}

/// How many characters must be added, dropped or changed to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, have) in one.chars().enumerate() {
        let mut corner = above;
        row[0] = above + 1;
        for (column, &want) in other.iter().enumerate() {
            let changed = corner + usize::from(have != want);
            corner = row[column + 1];
            row[column + 1] = changed.min(corner + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_changes() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("schön", "schon"), 1);
        assert_eq!(distance("same", "same"), 0);
    }
}
