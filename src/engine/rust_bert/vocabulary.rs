//! Tokenizers of checkpoints: `tokenizer.json`, or what older checkpoints have in its place.

use std::path::Path;

use tokenizers::Tokenizer;
use tokenizers::decoders::wordpiece;
use tokenizers::models::bpe::BPE;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

use super::pieces;

type Result<T> = std::result::Result<T, (&'static str, String)>;

/// The tokenizer of a network of that `model_type`, or the file that is no use and why. Nothing is cut or padded, and no special token
/// is added: who asks the model knows how much it reads.
pub(super) fn tokenizer(folder: &Path, network: &str) -> Result<Tokenizer> {
    let (mut tokenizer, file) = read(folder, network)?;
    tokenizer
        .with_truncation(None)
        .map_err(|error| (file, error.to_string()))?;
    tokenizer.with_padding(None);
    Ok(tokenizer)
}

fn read(folder: &Path, network: &str) -> Result<(Tokenizer, &'static str)> {
    const JSON: &str = "tokenizer.json";
    let there = |file: &str| folder.join(file).is_file();
    if there(JSON) {
        let tokenizer = Tokenizer::from_file(folder.join(JSON)).map_err(|error| (JSON, error.to_string()))?;
        return Ok((tokenizer, JSON));
    }
    if there("vocab.txt") {
        return Ok((word_pieces(folder)?, "vocab.txt"));
    }
    if there("vocab.json") && there("merges.txt") {
        return Ok((byte_pairs(folder)?, "vocab.json"));
    }
    if let Some(file) = pieces::FILES.into_iter().find(|file| there(file)) {
        return Ok((
            pieces(&folder.join(file), network).map_err(|why| (file, why))?,
            file,
        ));
    }
    let others = "nor vocab.txt, nor vocab.json with merges.txt, nor a model of SentencePiece";
    Err((
        JSON,
        format!("it is not there, {others} ({})", pieces::FILES.join(", ")),
    ))
}

/// As T5 and PEGASUS have it.
#[expect(clippy::disallowed_methods, reason = "a model is loaded from files")]
fn pieces(path: &Path, network: &str) -> std::result::Result<Tokenizer, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    pieces::tokenizer(&bytes, network)
}

/// As BERT and DistilBERT have it.
fn word_pieces(folder: &Path) -> Result<Tokenizer> {
    const FILE: &str = "vocab.txt";
    let path = folder.join(FILE).display().to_string();
    let model = WordPiece::from_file(&path)
        .unk_token("[UNK]".to_owned())
        .build()
        .map_err(|error| (FILE, error.to_string()))?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer.with_normalizer(Some(BertNormalizer::new(true, true, None, lowercase(folder))));
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer.with_decoder(Some(wordpiece::WordPiece::default()));
    Ok(tokenizer)
}

/// Whether a vocabulary has no capitals; `tokenizer_config.json` says so where it is there.
fn lowercase(folder: &Path) -> bool {
    #[expect(clippy::disallowed_methods, reason = "a model is loaded from files")]
    let text = std::fs::read_to_string(folder.join("tokenizer_config.json")).unwrap_or_default();
    let config: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    config["do_lower_case"].as_bool().unwrap_or(true)
}

/// As RoBERTa and BART have it.
fn byte_pairs(folder: &Path) -> Result<Tokenizer> {
    const FILE: &str = "merges.txt";
    let path = |file: &str| folder.join(file).display().to_string();
    let model = BPE::from_file(&path("vocab.json"), &path(FILE))
        .build()
        .map_err(|error| (FILE, error.to_string()))?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer.with_pre_tokenizer(Some(ByteLevel::default().add_prefix_space(false)));
    tokenizer.with_decoder(Some(ByteLevel::default()));
    Ok(tokenizer)
}
