"""Tokens a second of the trunk alone: ONNX Runtime and `columnist`'s runtime on the same graph, one core, in turn.

`python -m benches.peers.encoder`, from the repository root. The best pass and the median pass of every round are
taken, and of these the medians.
"""

import argparse
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime


def onnx_runtime(model: str, tokens: int, seconds: float) -> tuple[float, float]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
    ids = [101, *(1_000 + at * 7_919 % 25_000 for at in range(1, tokens - 1)), 102]
    feed = {"input_ids": np.array([ids]), "token_type_ids": np.zeros((1, tokens), np.int64)}
    passes, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        session.run(None, feed)
        passes.append(time.perf_counter() - begun)
    return tokens / min(passes), tokens / statistics.median(passes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="models/columnist-mini/trunk.onnx")
    parser.add_argument("--tokens", type=int, nargs="*", default=[32, 64, 128, 256])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", default="0")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peer:
        print(*onnx_runtime(args.model, args.tokens[0], args.seconds))
        return
    ours = ["cargo", "bench", "--quiet", "--bench", "encoder", "--"]
    theirs = [sys.executable, "-m", "benches.peers.encoder", "--peer", "--model", args.model]
    subprocess.run([*ours, "8", "1"], check=True, stdout=subprocess.DEVNULL)
    print("| tokens | `mini`, best | median | ONNX Runtime, best | median | share, best | median |")
    print("|---|---|---|---|---|---|---|")
    for tokens in args.tokens:
        rounds = []
        for _ in range(args.rounds):
            pair = []
            for command in (
                [*ours, str(tokens), str(args.seconds)],
                [*theirs, "--seconds", str(args.seconds), "--tokens", str(tokens)],
            ):
                done = subprocess.run(["taskset", "-c", args.core, *command], check=True, capture_output=True, text=True)
                pair += map(float, done.stdout.split())
            rounds.append(pair)
        best, median, their_best, their_median = (statistics.median(column) for column in zip(*rounds, strict=True))
        shares = f"{best / their_best:.2f} | {median / their_median:.2f}"
        print(f"| {tokens} | {best:,.0f} | {median:,.0f} | {their_best:,.0f} | {their_median:,.0f} | {shares} |")


if __name__ == "__main__":
    main()
