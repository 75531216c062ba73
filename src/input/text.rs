//! Plain text: one article a file, as it stands.

use std::io::Read;

use encoding_rs::Encoding;

use super::{Reason, SourceFile, decode};

/// The text of a whole file, line ends as they were.
pub(super) fn read(file: &SourceFile, named: Option<&'static Encoding>) -> Result<String, Reason> {
    let mut bytes = Vec::with_capacity(file.bytes as usize + 1);
    file.open()?.read_to_end(&mut bytes)?;
    decode::decode(bytes, named)
}
