//! Bytes into characters, and the guess at how to do it.
//!
//! A byte order mark decides; then what the user says; then the bytes. Valid UTF-8 is never taken
//! for anything else. Nothing is replaced: what does not fit its encoding is an error that says
//! where.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Reason;
use super::file::CHUNK;

/// A byte that stands in no UTF-8: what [`Utf8Reader`] gives for bytes that cannot be decoded, so
/// that the row they stand in is found to be bad, and no other.
const UNDECODABLE: u8 = 0xFF;

/// How the bytes of a file are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset {
    pub(super) encoding: &'static Encoding,
    /// Length of the byte order mark.
    pub(super) mark: usize,
}

/// What is known of a file's bytes, gathered piece by piece.
pub(super) struct Survey {
    detector: EncodingDetector,
    /// Bytes that the detector has been given.
    heard: usize,
    mark: Option<(&'static Encoding, usize)>,
    pdf: bool,
    /// Bytes seen.
    bytes: u64,
    /// NUL bytes at even and at odd offsets.
    zeros: [u64; 2],
    /// Control characters that no text needs, NUL aside.
    controls: u64,
    /// Lead bytes of characters that UTF-8 writes in several bytes.
    sequences: u64,
    /// Places where the bytes are not UTF-8.
    breaks: u64,
}

impl Survey {
    pub(super) fn new() -> Self {
        Self {
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            heard: 0,
            mark: None,
            pdf: false,
            bytes: 0,
            zeros: [0; 2],
            controls: 0,
            sequences: 0,
            breaks: 0,
        }
    }

    /// Reads all of a source that there is need to, holding no more than a piece of it.
    pub(super) fn of(mut source: impl Read) -> io::Result<Self> {
        let mut survey = Self::new();
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            let room = CHUNK - chunk.len();
            source.by_ref().take(room as u64).read_to_end(&mut chunk)?;
            let last = chunk.len() < CHUNK;
            let taken = survey.take(&chunk, last);
            if last || survey.mark.is_some_and(|(encoding, _)| is_utf16(encoding)) {
                return Ok(survey);
            }
            chunk.drain(..taken);
        }
    }

    /// Takes the next piece and returns how much of it was used: all, save the beginning of a
    /// character whose end is yet to come.
    pub(super) fn take(&mut self, chunk: &[u8], last: bool) -> usize {
        if self.bytes == 0 {
            self.mark = Encoding::for_bom(chunk);
            self.pdf = chunk.starts_with(b"%PDF-");
        }
        let mut taken = 0;
        while taken < chunk.len() {
            let Err(error) = std::str::from_utf8(&chunk[taken..]) else {
                taken = chunk.len();
                break;
            };
            taken += error.valid_up_to();
            match error.error_len() {
                None if !last => break,
                bad => {
                    self.breaks += 1;
                    taken += bad.unwrap_or(chunk.len() - taken);
                }
            }
        }
        self.count(&chunk[..taken]);
        // The detector costs far more than the rest: it hears only of what is not UTF-8, and no
        // more than it needs to make up its mind.
        if self.breaks > 0 && self.mark.is_none() && self.heard < ENOUGH {
            self.detector.feed(&chunk[..taken], last);
            self.heard += taken;
        }
        taken
    }

    fn count(&mut self, chunk: &[u8]) {
        for &byte in chunk {
            match byte {
                0 => self.zeros[(self.bytes % 2) as usize] += 1,
                0xC2.. => self.sequences += 1,
                _ => self.controls += u64::from(is_control(byte)),
            }
            self.bytes += 1;
        }
    }

    /// How the file is to be read, seen the whole of it and heard what the user says.
    pub(super) fn charset(&self, named: Option<&'static Encoding>) -> Charset {
        if let Some((encoding, mark)) = self.mark {
            return Charset { encoding, mark };
        }
        let encoding = named.or_else(|| self.utf16()).unwrap_or_else(|| {
            // Where most of what is not ASCII fits UTF-8, the rest is damage. Any other guess would
            // garble it all.
            if self.breaks == 0 || self.sequences.saturating_sub(self.breaks) > self.breaks {
                UTF_8
            } else {
                self.detector.guess(None, Utf8Detection::Deny)
            }
        });
        Charset { encoding, mark: 0 }
    }

    /// UTF-16 without a byte order mark: the upper bytes of ASCII are NUL and the lower ones never.
    /// Where only the spaces are ASCII, the upper bytes of the letters look like control characters.
    fn utf16(&self) -> Option<&'static Encoding> {
        let [even, odd] = self.zeros;
        let floor = if self.controls * 5 >= self.bytes {
            self.bytes / 20
        } else {
            self.bytes / 5
        };
        let mostly = |many: u64, few: u64| many > floor && few * 20 <= many;
        match self.bytes {
            0 => None,
            bytes if bytes % 2 == 1 => None,
            _ if mostly(odd, even) => Some(UTF_16LE),
            _ if mostly(even, odd) => Some(UTF_16BE),
            _ => None,
        }
    }

    /// Whether no text looks like this. In a table a stray NUL spoils its row and not the file.
    pub(super) fn is_binary(&self, charset: Charset, table: bool) -> bool {
        if is_utf16(charset.encoding) {
            return false; // its bytes say nothing; its characters are looked at when they are there
        }
        let zeros: u64 = self.zeros.iter().sum();
        self.pdf || (zeros > 0 && !table) || too_many(zeros + self.controls, self.bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }
}

/// Bytes from which an encoding is guessed as well as from more.
const ENOUGH: usize = 4 << 20;

/// Whether there are more control characters than any text has: one in fifty, and not just a
/// stray one or two.
fn too_many(controls: u64, bytes: u64) -> bool {
    controls > 2 && controls * 50 > bytes
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    [UTF_16LE, UTF_16BE].contains(&encoding)
}

/// A control character other than white space.
fn is_control(byte: u8) -> bool {
    matches!(byte, 1..=8 | 14..=31 | 127)
}

/// The text that a whole file holds, without its byte order mark.
pub(super) fn decode(mut bytes: Vec<u8>, named: Option<&'static Encoding>) -> Result<String, Reason> {
    let mut survey = Survey::new();
    survey.take(&bytes, true);
    let charset = survey.charset(named);
    if survey.is_binary(charset, false) {
        return Err(Reason::Binary);
    }
    bytes.drain(..charset.mark);
    let undecodable = |byte| Reason::Undecodable {
        encoding: charset.encoding.name(),
        byte: (charset.mark + byte) as u64,
    };
    let text = if charset.encoding == UTF_8 {
        String::from_utf8(bytes).map_err(|error| undecodable(error.utf8_error().valid_up_to()))?
    } else {
        transcode(charset.encoding, &bytes).map_err(undecodable)?
    };
    match () {
        () if text.trim().is_empty() => Err(Reason::Empty),
        () if looks_binary(&text) => Err(Reason::Binary),
        () => Ok(text),
    }
}

/// Whether decoded text holds a NUL, or control characters in number.
fn looks_binary(text: &str) -> bool {
    let controls = text.bytes().filter(|&byte| is_control(byte)).count() as u64;
    text.contains('\0') || too_many(controls, text.len() as u64)
}

/// Decodes, or says at which byte it cannot.
fn transcode(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut read = 0;
    loop {
        let rest = &bytes[read..];
        text.reserve(
            decoder
                .max_utf8_buffer_length_without_replacement(rest.len())
                .unwrap_or(0),
        );
        let (result, taken) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        read += taken;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(bad, after) => return Err(read - usize::from(bad) - usize::from(after)),
        }
    }
}

/// Gives what it reads in UTF-8, and [`UNDECODABLE`] for what cannot be decoded.
pub(super) struct Utf8Reader<R> {
    source: R,
    /// None where the source is UTF-8 as it is.
    decoder: Option<Decoder>,
    input: Vec<u8>,
    output: Vec<u8>,
    /// The part of the output that is still to be given away.
    ready: std::ops::Range<usize>,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads from past the byte order mark on.
    pub(super) fn new(mut source: R, charset: Charset) -> io::Result<Self> {
        io::copy(&mut source.by_ref().take(charset.mark as u64), &mut io::sink())?;
        let decoder =
            (charset.encoding != UTF_8).then(|| charset.encoding.new_decoder_without_bom_handling());
        let input = if decoder.is_some() {
            vec![0; CHUNK]
        } else {
            Vec::new()
        };
        Ok(Self {
            source,
            decoder,
            input,
            output: Vec::new(),
            ready: 0..0,
        })
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() {
            let Some(decoder) = &mut self.decoder else {
                return self.source.read(target);
            };
            let count = self.source.read(&mut self.input)?;
            let filled = refill(decoder, &self.input[..count], &mut self.output);
            self.ready = 0..filled;
            if count == 0 {
                self.decoder = None; // it has seen the end and must not be used again
            }
        }
        let count = (&self.output[self.ready.clone()]).read(target)?;
        self.ready.start += count;
        Ok(count)
    }
}

/// Decodes a piece into the beginning of `output` and says how long it is there. An empty piece is
/// the last one.
fn refill(decoder: &mut Decoder, piece: &[u8], output: &mut Vec<u8>) -> usize {
    let (mut read, mut filled) = (0, 0);
    loop {
        let rest = &piece[read..];
        let room = decoder
            .max_utf8_buffer_length_without_replacement(rest.len())
            .unwrap_or(CHUNK)
            + 1;
        if output.len() < filled + room {
            output.resize(filled + room, 0);
        }
        let (result, taken, written) =
            decoder.decode_to_utf8_without_replacement(rest, &mut output[filled..], piece.is_empty());
        read += taken;
        filled += written;
        match result {
            DecoderResult::InputEmpty => return filled,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                output[filled] = UNDECODABLE;
                filled += 1;
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

    use super::*;

    #[test]
    fn characters_may_lie_across_pieces() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"🦀é”".repeat(20_000);
            let survey = Survey::of(text.as_bytes()).unwrap();
            assert_eq!((survey.bytes, survey.breaks), (text.len() as u64, 0));
            assert_eq!(
                survey.charset(None),
                Charset {
                    encoding: UTF_8,
                    mark: 0
                }
            );
        }
    }

    #[test]
    fn a_stream_is_decoded_as_the_whole_would_be() {
        for (encoding, text) in [(WINDOWS_1252, "Grüße “”\r\n"), (SHIFT_JIS, "新聞の記事。\r\n")]
        {
            let text = text.repeat(20_000);
            let bytes = encoding.encode(&text).0;
            let mut decoded = String::new();
            let mut reader = Utf8Reader::new(&bytes[..], Charset { encoding, mark: 0 }).unwrap();
            reader.read_to_string(&mut decoded).unwrap();
            assert!(decoded == text, "{}", encoding.name());
        }
    }

    #[test]
    fn what_a_stream_cannot_decode_is_marked_in_its_place() {
        let charset = Charset {
            encoding: SHIFT_JIS,
            mark: 1,
        };
        let mut decoded = Vec::new();
        Utf8Reader::new(&b"?a\x82 b\n\x82"[..], charset)
            .unwrap()
            .read_to_end(&mut decoded)
            .unwrap();
        assert_eq!(decoded, b"a\xFF b\n\xFF");
    }
}
