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
            mark: None,
            pdf: false,
            bytes: 0,
            zeros: [0; 2],
            controls: 0,
            sequences: 0,
            breaks: 0,
        }
    }

    /// Reads all of a source, holding no more than a piece of it.
    pub(super) fn of(mut source: impl Read) -> io::Result<Self> {
        let mut survey = Self::new();
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            let room = CHUNK - chunk.len();
            source.by_ref().take(room as u64).read_to_end(&mut chunk)?;
            let last = chunk.len() < CHUNK;
            let taken = survey.take(&chunk, last);
            if last {
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
        // The detector costs far more than the rest and is asked only about what is not UTF-8.
        if self.breaks > 0 {
            self.detector.feed(&chunk[..taken], last);
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
    fn utf16(&self) -> Option<&'static Encoding> {
        let [even, odd] = self.zeros;
        let mostly = |many: u64, few: u64| many * 20 >= self.bytes && few * 20 <= many;
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
        if [UTF_16LE, UTF_16BE].contains(&charset.encoding) {
            return false; // its bytes say nothing; its characters are looked at when they are there
        }
        let zeros: u64 = self.zeros.iter().sum();
        self.pdf || (zeros > 0 && !table) || (zeros + self.controls) * CONTROLS > self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }
}

/// One control character in so many is more than any text has.
const CONTROLS: u64 = 50;

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
    text.contains('\0') || controls * CONTROLS > text.len() as u64
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
