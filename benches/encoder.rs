//! The trunk alone, as `mini` runs it, on one thread: `cargo bench --bench encoder -- 64 2` reads a text of 64 tokens for two
//! seconds and prints tokens a second, in the best and in the median pass. `benches/peers/encoder.py` sets ONNX Runtime beside it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench fails loudly, and prints"
)]

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use columnist::engine::model::Location;
use rten::{ModelOptions, RunOptions, ThreadPool};
use rten_tensor::NdTensor;

fn main() {
    let numbers: Vec<u16> = env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let tokens = numbers.first().copied().unwrap_or(64);
    let duration = Duration::from_secs(numbers.get(1).map_or(2, |&seconds| seconds.into()));

    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    let trunk = options
        .load(Location::Shipped.files().unwrap().trunk.into_owned())
        .unwrap();
    let [ids, types, states] =
        ["input_ids", "token_type_ids", "token_states"].map(|name| trunk.node_id(name).unwrap());
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    let options = RunOptions::default().with_thread_pool(Some(pool));
    // `[CLS]`, words from all over the vocabulary, `[SEP]`: the same numbers as in `encoder.py`.
    let text: Vec<i32> = (0..i32::from(tokens))
        .map(|at| match at {
            0 => 101,
            _ if at == i32::from(tokens) - 1 => 102,
            _ => 1_000 + at * 7_919 % 25_000,
        })
        .collect();
    let shape = [1, tokens.into()];
    let mut passes: Vec<f64> = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < duration {
        let pass = Instant::now();
        let inputs = vec![
            (ids, NdTensor::from_data(shape, text.clone()).into()),
            (
                types,
                NdTensor::from_data(shape, vec![0_i32; tokens.into()]).into(),
            ),
        ];
        trunk.run_n::<1>(inputs, [states], Some(options.clone())).unwrap();
        passes.push(pass.elapsed().as_secs_f64());
    }
    passes.sort_by(f64::total_cmp);
    let per_second = |seconds: f64| (f64::from(tokens) / seconds).round();
    println!(
        "{} {}",
        per_second(passes[0]),
        per_second(passes[passes.len() / 2])
    );
}
