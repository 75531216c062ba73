//! SentencePiece models (Kudo and Richardson 2018), as T5, PEGASUS, XLM-RoBERTa and DeBERTa have them beside or in
//! place of `tokenizer.json`: a protobuf message with the pieces, their log-probabilities, and how a text is
//! normalised before it is cut.

use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::Precompiled;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::whitespace::WhitespaceSplit;
use tokenizers::{AddedToken, Tokenizer};

/// Files that hold such a model.
pub(super) const FILES: [&str; 3] = ["spiece.model", "spm.model", "sentencepiece.bpe.model"];

/// What is used of the message.
#[derive(Default)]
struct Model {
    /// The text, the log-probability and the type of each piece.
    pieces: Vec<(String, f64, u64)>,
    bytes_for_unknown: bool,
    /// How characters are normalised, in SentencePiece's own form.
    characters: Vec<u8>,
}

const UNKNOWN: u64 = 2;
const CONTROL: u64 = 3;
/// The only kind of model that the networks named above have.
const UNIGRAM: u64 = 1;

/// The tokenizer of a network of that `model_type`.
pub(super) fn tokenizer(bytes: &[u8], network: &str) -> Result<Tokenizer, String> {
    let Model {
        mut pieces,
        bytes_for_unknown,
        characters,
    } = read(bytes).ok_or("it is no unigram model of SentencePiece")?;
    let more = |text: String, score: f64| {
        let kind = if text == "<unk>" { UNKNOWN } else { CONTROL };
        (text, score, kind)
    };
    // Networks number the pieces anew, each in its way.
    match network {
        "t5" => pieces.extend((0..100).rev().map(|id| more(format!("<extra_id_{id}>"), 0.0))),
        "deberta-v2" => pieces.push(more("[MASK]".to_owned(), 0.0)),
        "pegasus" => {
            let first = ["<pad>", "</s>", "<mask_1>", "<mask_2>"].map(|text| more(text.to_owned(), 0.0));
            let unused = (2..103).map(|id| more(format!("<unk_{id}>"), -100.0));
            pieces.splice(..2.min(pieces.len()), first.into_iter().chain(unused));
        }
        "xlm-roberta" => {
            let first = ["<s>", "<pad>", "</s>", "<unk>"].map(|text| more(text.to_owned(), 0.0));
            pieces.splice(..3.min(pieces.len()), first);
            pieces.push(more("<mask>".to_owned(), 0.0));
        }
        other => return Err(format!("nobody knows how a `{other}` numbers its pieces")),
    }
    let special: Vec<AddedToken> = pieces
        .iter()
        .filter(|(_, _, kind)| [UNKNOWN, CONTROL].contains(kind))
        .map(|(text, ..)| AddedToken::from(text.clone(), true))
        .collect();
    let unknown = pieces.iter().position(|(_, _, kind)| *kind == UNKNOWN);
    let scored = pieces.into_iter().map(|(text, score, _)| (text, score)).collect();
    let model = Unigram::from(scored, unknown, bytes_for_unknown).map_err(|error| error.to_string())?;
    let mut tokenizer = Tokenizer::new(model);
    if !characters.is_empty() {
        let normalizer = Precompiled::from(&characters).map_err(|error| error.to_string())?;
        tokenizer.with_normalizer(Some(normalizer));
    }
    let marked = Metaspace::new('▁', PrependScheme::Always, true);
    tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
        PreTokenizerWrapper::WhitespaceSplit(WhitespaceSplit),
        PreTokenizerWrapper::Metaspace(marked.clone()),
    ])));
    tokenizer.with_decoder(Some(marked));
    tokenizer.add_special_tokens(&special);
    Ok(tokenizer)
}

/// A field's value in a protobuf message.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn read(mut message: &[u8]) -> Option<Model> {
    let mut model = Model::default();
    while !message.is_empty() {
        match field(&mut message)? {
            (1, Value::Bytes(piece)) => model.pieces.push(self::piece(piece)?),
            (2, Value::Bytes(mut trainer)) => {
                while !trainer.is_empty() {
                    match field(&mut trainer)? {
                        (3, Value::Number(kind)) if kind != UNIGRAM => return None,
                        (35, Value::Number(set)) => model.bytes_for_unknown = set == 1,
                        _ => {}
                    }
                }
            }
            (3, Value::Bytes(mut normalizer)) => {
                while !normalizer.is_empty() {
                    if let (2, Value::Bytes(map)) = field(&mut normalizer)? {
                        model.characters = map.to_vec();
                    }
                }
            }
            _ => {}
        }
    }
    (!model.pieces.is_empty()).then_some(model)
}

fn piece(mut message: &[u8]) -> Option<(String, f64, u64)> {
    let (mut text, mut score, mut kind) = (String::new(), 0.0, 1);
    while !message.is_empty() {
        match field(&mut message)? {
            (1, Value::Bytes(bytes)) => text = String::from_utf8(bytes.to_vec()).ok()?,
            (2, Value::Bytes(bytes)) => score = f32::from_le_bytes(bytes.try_into().ok()?).into(),
            (3, Value::Number(number)) => kind = number,
            _ => {}
        }
    }
    Some((text, score, kind))
}

/// Takes the number and the value of a message's first field from it.
fn field<'a>(message: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let key = number(message)?;
    let length = match key & 7 {
        0 => return Some((key >> 3, Value::Number(number(message)?))),
        1 => 8,
        2 => usize::try_from(number(message)?).ok()?,
        5 => 4,
        _ => return None,
    };
    let (bytes, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some((key >> 3, Value::Bytes(bytes)))
}

/// Takes a number from a message: seven bits a byte, the lowest first.
fn number(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
