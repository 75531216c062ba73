//! A model whose files are not what they should be: refused in words, or sound enough to answer.
//!
//! The bytes are taken for each of the four files in turn, beside three sound ones of a tiny model. What the trunk
//! computes is its own business, so a damaged one is loaded and not run.

#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::panic;
use std::sync::Arc;

use columnist::article::Mention;
use columnist::engine::heads::Heads;
use columnist::engine::mini::{Mini, Weights};
use columnist::engine::model::{Config, Files};
use columnist::engine::tokens::Encoder;
use columnist::engine::{self, EngineError};
use columnist_fuzz::{check_spans, paragraphs};
use libfuzzer_sys::fuzz_target;

/// More bytes at once than anything here has use for.
const HUGE: usize = 256 << 20;

/// Ends the process where a file that lies about its sizes is believed.
struct Bounded;

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        assert!(layout.size() < HUGE, "{} bytes at once", layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

const CONFIG: &[u8] = include_bytes!("../seeds/model/config.json");
const HEADS: &[u8] = include_bytes!("../seeds/model/heads.safetensors");
const TOKENIZER: &[u8] = include_bytes!("../seeds/model/tokenizer.json");
const TRUNK: &[u8] = include_bytes!("../seeds/model/trunk.onnx");

fn sound() -> Files {
    Files {
        trunk: Cow::Borrowed(TRUNK),
        heads: Cow::Borrowed(HEADS),
        tokenizer: Cow::Borrowed(TOKENIZER),
        config: Config::parse(CONFIG).expect("it is sound"),
        sha256: String::new(),
    }
}

/// Loads the files and has them answer; what comes back fits the text.
fn answer(files: Files) {
    let Ok(weights) = Weights::load(files) else { return };
    let mut paragraph = paragraphs("The Harbour was closed, said Ada. Nobody knew why.").remove(0);
    paragraph.mentions.push(Mention {
        span: 29..32,
        target: 0,
    });
    let answers = engine::findings(
        &mut Mini::new(Arc::new(weights)),
        std::slice::from_ref(&paragraph),
    );
    let found = match &answers[0] {
        Ok(found) => found,
        Err(EngineError::Panicked(why)) => panic!("{why}"),
        Err(_) => return,
    };
    assert_eq!(found.stance.as_ref().map(Vec::len), Some(1));
    assert_eq!(found.salience.as_ref().map(Vec::len), Some(2));
    let entities = found.entities.iter().flatten().map(|entity| &entity.span);
    check_spans(&paragraph.text, entities);
}

fuzz_target!(
    init: {
        assert!(Weights::load(sound()).is_ok(), "the sound model does not load");
        // What the runtime panics at is refused in words; a panic that nobody catches still ends the process.
        let _ = panic::take_hook();
    },
    |data: &[u8]| {
        let given = || Cow::Owned(data.to_vec());
        if let Ok(config) = Config::parse(data) {
            answer(Files { config, ..sound() });
        } else if Heads::load(data, &sound().config).is_ok() {
            answer(Files { heads: given(), ..sound() });
        } else if Encoder::from_bytes(data).is_ok() {
            answer(Files { tokenizer: given(), ..sound() });
        } else {
            let _ = Weights::load(Files { trunk: given(), ..sound() });
        }
    }
);
