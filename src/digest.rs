//! Digests as text: SHA-256 for inputs, models and the journal; git's for small files of the hub.

use std::fmt::Write as _;
use std::io::{self, Read};

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// SHA-256 of some bytes, in lower-case hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of all that can be read, which may be more than memory holds.
pub fn sha256_of(reader: &mut dyn Read) -> io::Result<String> {
    digest(Sha256::new(), reader)
}

/// What git calls a file of so many bytes: SHA-1 of a header and the bytes.
pub fn git_blob(bytes: u64, reader: &mut dyn Read) -> io::Result<String> {
    digest(Sha1::new_with_prefix(format!("blob {bytes}\0")), reader)
}

fn digest<D: Digest>(mut digest: D, reader: &mut dyn Read) -> io::Result<String> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(read) => digest.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes in lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes everything");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_calls_a_file_by_the_same_name() {
        // `printf 'hello\n' | git hash-object --stdin`
        let name = git_blob(6, &mut b"hello\n".as_slice()).ok();
        assert_eq!(name.as_deref(), Some("ce013625030ba8dba906f756967f9e9ca394464a"));
    }

    #[test]
    fn a_reader_gives_what_its_bytes_give() {
        let bytes = vec![7; 200_000];
        assert_eq!(sha256_of(&mut bytes.as_slice()).ok(), Some(sha256(&bytes)));
    }
}
