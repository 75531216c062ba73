"""One command, one table: `python -m benches.peers.compare --newswire FOLDER` (see README.md).

Every tool gets the same paragraphs and the same cores, one tool at a time, in turn, so that a slow minute of the
machine strikes all of them. Medians over the rounds.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .job import TARGETS

#: Name in the table, and module; the module's name is what `--only` takes.
PEERS = {
    "transformers_pipelines": "(a) `transformers` pipelines, float32",
    "onnx_sessions": "(b) ONNX Runtime, int8, a session a task",
    "rust_bert_pipelines": "(c) `rust-bert` pipelines, float32, random weights",
}
#: Name in the table of each engine of `columnist`.
ENGINES = {"mini": "`columnist`", "rust-bert": "(d) `columnist --engine rust-bert`"}
KINDS = "heading,body,caption,credit,promo,byline,quote,list,note,boilerplate"
LABELS = {"sentiment": ["negative", "neutral", "positive"], "stance": ["against", "neutral", "favor"]}


def rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Tools:
    def __init__(self, args: argparse.Namespace, folder: Path):
        self.args, self.folder = args, folder
        self.paragraphs = folder / "paragraphs.jsonl"
        self.targets = [f"--target={name}={','.join(aliases[1:])}" for name, aliases in TARGETS.items()]

    def pinned(self, command: list) -> tuple[float, int]:
        """Runs a command on the chosen cores; seconds and the most memory it had."""
        begun = time.perf_counter()
        process = subprocess.Popen(["taskset", "-c", self.args.cores, *map(str, command)], stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"failed: {' '.join(map(str, command))}")
        return time.perf_counter() - begun, usage.ru_maxrss * 1024

    def choose(self) -> int:
        """Paragraphs from all over the corpus, each text once, so that nobody gains from repeats."""
        out = self.folder / "chosen"
        self.pinned([self.args.columnist, "run", self.args.newswire, "-o", out, "--engine", "fake", "-q"])
        texts = list(dict.fromkeys(row["text"] for row in rows(out / "paragraphs.csv")))
        texts = texts[:: max(1, len(texts) // self.args.paragraphs)][: self.args.paragraphs]
        with self.paragraphs.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        return len(texts)

    def peer(self, module: str) -> dict:
        out = self.folder / f"{module}.json"
        threads = len(range_of(self.args.cores))
        self.pinned(
            [sys.executable, "-m", f"benches.peers.{module}", "--threads", threads, "--paragraphs", self.paragraphs]
            + ["--model", self.args.model, "--float", self.args.float, "--out", out]
        )
        return json.loads(out.read_text(encoding="utf-8"))

    def columnist(self, engine: str) -> dict:
        """The whole process is timed: start, weights, reading, segmenting, writing five tables."""
        out = self.folder / "columnist"
        program = self.args.columnist if engine == "mini" else self.args.rust_bert
        seconds, memory = self.pinned(
            [program, "run", self.paragraphs, "--text-column", "text", "-o", out, "--overwrite", "-q"]
            + ["--engine", engine, "--jobs", len(range_of(self.args.cores)), "--kinds", KINDS, *self.targets]
        )
        sentiment, order = [], {}
        for number, row in enumerate(rows(out / "paragraphs.csv")):
            order[row["para_id"]] = number
            sentiment.append([float(row[f"p_{label}"]) for label in LABELS["sentiment"]])
        stance = [
            [order[row["para_id"]], row["target"], [float(row[f"p_{label}"]) for label in LABELS["stance"]]]
            for row in rows(out / "stance.csv")
        ]
        return {"seconds": {"all": seconds}, "memory": memory, "sentiment": sentiment, "stance": stance}


def range_of(cores: str) -> list[int]:
    """`0,2-3` as numbers."""
    spans = [part.split("-") for part in cores.split(",")]
    return [core for span in spans for core in range(int(span[0]), int(span[-1]) + 1)]


def agreement(ours: dict, theirs: dict, task: str) -> str:
    """Share of equal labels, and the mean distance of a probability."""
    if not theirs[task]:
        return "–"
    if task == "sentiment":
        pairs = list(zip(ours[task], theirs[task], strict=True))
    else:
        # Where a target is named in two voices there are two rows of ours and one answer of theirs: left out.
        once: dict = {}
        for number, name, p in ours[task]:
            once.setdefault((number, name), []).append(p)
        pairs = [(once[i, n][0], p) for i, n, p in theirs[task] if len(once.get((i, n), [])) == 1]
    if not pairs:
        return "–"
    same = sum(a.index(max(a)) == b.index(max(b)) for a, b in pairs)
    distance = statistics.mean(abs(x - y) for a, b in pairs for x, y in zip(a, b, strict=True))
    return f"{100 * same / len(pairs):.1f} % of {len(pairs):,} (Δp {distance:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--newswire", type=Path, required=True, help="folder with articles")
    parser.add_argument("--columnist", type=Path, default=Path("target/release/columnist"))
    parser.add_argument("--rust-bert", type=Path, default=Path("target/rust-bert/release/columnist"))
    parser.add_argument("--model", type=Path, default=Path("models/columnist-mini"))
    parser.add_argument("--float", type=Path, default=Path("models/columnist-mini-float"))
    parser.add_argument("--paragraphs", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", default="0", help="as `taskset -c` takes them; as many threads for each tool")
    parser.add_argument("--engines", default=",".join(ENGINES), help="engines of `columnist` to run; `mini` first")
    parser.add_argument("--only", default=",".join(PEERS), help="peers to run")
    args = parser.parse_args()
    runs: dict[str, list[dict]] = {}
    with tempfile.TemporaryDirectory() as folder:
        tools = Tools(args, Path(folder))
        count = tools.choose()
        for number in range(args.rounds):
            for engine in args.engines.split(","):
                runs.setdefault(ENGINES[engine], []).append(tools.columnist(engine))
            for module in filter(None, args.only.split(",")):
                runs.setdefault(PEERS[module], []).append(tools.peer(module))
            print(f"round {number + 1} of {args.rounds} done", file=sys.stderr)
    print(table(runs, count))


def table(runs: dict[str, list[dict]], count: int) -> str:
    ours = next(iter(runs.values()))
    reference = statistics.median(run["seconds"]["all"] for run in ours)
    head = ["tool", "s a task", "paragraphs/s, target asked everywhere", "slower", "asked where named", "slower"]
    head += ["memory", "sentiment agrees", "stance agrees"]
    asked = max((len(run["stance"]) for each in list(runs.values())[1:] for run in each), default=0)
    lines = [
        f"{count:,} paragraphs; {len(TARGETS)} targets, named in {asked:,} of {count * len(TARGETS):,} places",
        "",
        "| " + " | ".join(head) + " |",
    ]
    lines.append("|---" * len(head) + "|")
    for name, each in runs.items():
        tasks = {task: statistics.median(run["seconds"][task] for run in each) for task in each[0]["seconds"]}
        # Imports and loading are left out of the peers' time; ours holds all.
        tasks.pop("load", None)
        everywhere = sum(tasks.values())
        named = everywhere - tasks.get("stance elsewhere", 0.0)
        cells = [name, ", ".join(f"{task} {seconds:.1f}" for task, seconds in tasks.items())]
        for seconds in (everywhere, named):
            cells += [f"{count / seconds:.1f}", f"{seconds / reference:.2f}x"]
        cells.append(f"{statistics.median(run['memory'] for run in each) / 1e6:.0f} MB")
        cells += [agreement(ours[0], each[0], task) for task in LABELS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
