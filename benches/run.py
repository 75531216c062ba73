"""Whole runs of `columnist`: `python benches/run.py --newswire FOLDER`, after `cargo build --release`. Needs Python alone.

Prints the first row's delay on the seed, the gain of a second core, the share of the time that is spent outside
the engine, and memory. Medians over the rounds; one core and two in turn.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGETS = ["--target=United States", "--target=India", "--target=China"]
SEED = "data/articles/seed.txt"


def first_row(command: list[str]) -> float:
    """Seconds until the first row behind the header can be read from the pipe."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        process.stdout.readline()
        process.stdout.readline()
        seconds = time.perf_counter() - begun
        process.stdout.read()
    return seconds


def run(columnist: str, newswire: str, jobs: int, engine: str) -> tuple[float, float]:
    """Seconds of a run, and its peak memory in megabytes."""
    with tempfile.TemporaryDirectory() as out:
        begun = time.perf_counter()
        process = subprocess.Popen(
            ["taskset", "-c", f"0-{jobs - 1}", columnist, "run", newswire, "-o", f"{out}/run", "-q"]
            + ["--jobs", str(jobs), "--engine", engine, *TARGETS],
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"failed: {columnist} run {newswire}")
        return time.perf_counter() - begun, usage.ru_maxrss * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--newswire", required=True, help="folder with articles")
    parser.add_argument("--columnist", default="target/release/columnist")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    seed = [args.columnist, "run", SEED, "--stdout"]
    delays = {
        "a target given": [*seed, TARGETS[0]],
        "targets proposed first": seed,
    }
    for what, command in delays.items():
        seconds = statistics.median(first_row(command) for _ in range(5 * args.rounds))
        print(f"first row of the seed, {what}: {1000 * seconds:.0f} ms")
    runs: dict[str, list[tuple[float, float]]] = {"one": [], "two": [], "outside": []}
    for _ in range(args.rounds):
        for name, jobs, engine in (("one", 1, "mini"), ("two", 2, "mini"), ("outside", 1, "fake")):
            runs[name].append(run(args.columnist, args.newswire, jobs, engine))
    one, two, outside = (statistics.median(seconds for seconds, _ in runs[name]) for name in runs)
    articles = len(list(Path(args.newswire).glob("*.txt")))
    print(f"{articles} articles: {one:.1f} s on one core, {two:.1f} s on two: {one / two:.2f}x")
    # The `fake` engine costs next to nothing, so its run is everything but the engine.
    print(f"outside the engine: {outside:.1f} s, {100 * outside / one:.1f} % of one core's time")
    print(f"memory: {max(mb for _, mb in runs['one']):.0f} MB on one core, {max(mb for _, mb in runs['two']):.0f} on two")


if __name__ == "__main__":
    main()
