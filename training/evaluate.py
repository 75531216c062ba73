"""Scores models on the dev files: `python -m training.evaluate DIR [--trunk both] [--test] [--quick]`.

A file in place of a folder is weights as `train` leaves them; of several, the mean answer is scored.

`--trunk both` sets the int8 trunk beside the float32 one, head by head. `--test` reads the test files too,
which is for the end. `--quick` takes every fifth row of the large files. `--json` writes all figures.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import labels
from .data import spell, token_owners
from .facts import FACTS
from .metrics import entity_counts, entity_f1, interval, kept_f1, macro_f1, polar_accuracy
from .model import ENTITY, SENTIMENT, STANCE
from .predict import Ensemble, Reader, best_path, sigmoid, softmax
from .records import read

#: Sentences of our own, kept for tests.
OWN = Path(__file__).parents[1] / "docs" / "quality"

Figures = dict[str, float | tuple[float, float] | int]


def own(name: str) -> list[dict]:
    """Records of one of our own tests."""
    return [json.loads(line) for line in (OWN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def stance(reader: Reader, rows: list[dict], predict: Callable | None = None) -> Figures:
    predict = predict or (lambda r: reader.stance(r["text"], r["start"], r["end"]))
    gold = np.array([STANCE.index(r["label"]) for r in rows])
    given = np.array([predict(r) for r in rows]).argmax(-1)
    low, high = interval(len(rows), lambda i: macro_f1(gold[i], given[i]))
    neutral = gold == 1
    return {
        "n": len(rows),
        "macro_f1": macro_f1(gold, given),
        "ci95": (low, high),
        "accuracy": float((gold == given).mean()),
        "neutral_called_polar": float((given[neutral] != 1).mean()),
    }


def masked(reader: Reader, rows: list[dict]) -> Figures:
    """The same with each mention hidden while its row is read: what the text says, whoever is named."""
    return stance(reader, rows, lambda r: reader.stance(r["text"], r["start"], r["end"], masked=True))


def directed(reader: Reader, rows: list[dict]) -> Figures:
    def predict(r: dict) -> np.ndarray:
        return reader.directed(r["text"], (r["holder_start"], r["holder_end"]), (r["start"], r["end"]))

    return stance(reader, rows, predict)


def sentiment(reader: Reader, rows: list[dict]) -> Figures:
    answers = [reader.sentiment(r["text"]) for r in rows]
    gold = np.array([SENTIMENT.index(r["label"]) for r in rows])
    logits, scores = np.array([a for a, _ in answers]), np.array([s for _, s in answers])
    wanted = np.array([r["score"] for r in rows])
    polar = np.flatnonzero(gold != 1)
    return {
        "n": len(rows),
        "macro_f1": macro_f1(gold, logits.argmax(-1)),
        "ci95": interval(len(rows), lambda i: macro_f1(gold[i], logits[i].argmax(-1))),
        "accuracy": float((gold == logits.argmax(-1)).mean()),
        "polar_accuracy": polar_accuracy(gold, logits),
        "polar_ci95": interval(len(polar), lambda i: polar_accuracy(gold[polar][i], logits[polar][i])),
        "pearson": float(np.corrcoef(scores, wanted)[0, 1]),
        "pearson_ci95": interval(len(rows), lambda i: float(np.corrcoef(scores[i], wanted[i])[0, 1])),
    }


def token_keeps(reader: Reader, rows: list[dict]) -> list[np.ndarray]:
    """p(kept) of each data token: the mean over the word pieces in it."""
    found = []
    for row in rows:
        text, spans = spell(row["tokens"])
        encoded, logits = reader.keep(text)
        owners = np.array(token_owners(encoded, spans))
        p = sigmoid(logits / reader.temperature("keep"))
        found.append(np.array([p[owners == o].mean() if (owners == o).any() else 0.0 for o in range(len(spans))]))
    return found


def keep(reader: Reader, rows: list[dict]) -> Figures:
    threshold = reader.config.get("threshold", {}).get("keep", 0.5)
    given = [(p >= threshold).astype(int) for p in token_keeps(reader, rows)]
    scores = np.array([kept_f1(r["keep"], g) for r, g in zip(rows, given, strict=True)])
    total = sum(len(g) for g in given)
    return {
        "n": len(rows),
        "kept_f1": float(scores.mean()),
        "ci95": interval(len(rows), lambda i: float(scores[i].mean())),
        "kept_rate": sum(int(g.sum()) for g in given) / total,
        "reference_rate": sum(sum(r["keep"]) for r in rows) / total,
    }


def entity_tags(reader: Reader, row: dict) -> list[str]:
    """A tag for each data token. A data token of several words takes the tag of its first."""
    text, spans = spell(row["tokens"])
    encoded, logits = reader.entity(text)
    path = best_path(np.log(softmax(logits / reader.temperature("entity"))), ENTITY)
    owners, tags = token_owners(encoded, spans), ["O"] * len(spans)
    for position, label in reversed(list(zip(encoded.first_tokens(), path, strict=True))):
        if owners[position] >= 0:
            tags[owners[position]] = ENTITY[label]
    return tags


def entity(reader: Reader, rows: list[dict]) -> Figures:
    given = [entity_tags(reader, r) for r in rows]
    figures: Figures = {"n": len(rows)}
    for name, kinds in (("entity_f1", ("PER", "ORG", "LOC")), ("all_f1", ("PER", "ORG", "LOC", "NORP", "MISC"))):
        counts = np.array([entity_counts(r["tags"], g, kinds) for r, g in zip(rows, given, strict=True)])
        figures[name] = entity_f1(counts)
        figures[name.replace("f1", "ci95")] = interval(len(rows), lambda i, counts=counts: entity_f1(counts[i]))
    return figures


def salience(reader: Reader, rows: list[dict]) -> Figures:
    """How often the picked sentence has its passage's best rating, and its rating on average, beside simple picks.

    A sentence is picked as `columnist` does, but for its look at what leans on the sentence before.
    """
    picks: dict[str, list[tuple[bool, float]]] = {"": [], "first_": [], "longest_": []}
    for row in rows:
        text, ratings = row["text"], [rating for *_, rating in row["sentences"]]
        words = np.array([len(text[a:b].split()) for a, b, _ in row["sentences"]])
        logits = reader.salience(text, [(a, b) for a, b, _ in row["sentences"]])
        chosen = (int((logits + 0.5 * np.log(words)).argmax()), 0, int(words.argmax()))
        for picked, at in zip(picks.values(), chosen, strict=True):
            picked.append((ratings[at] == max(ratings), ratings[at]))
    figures: Figures = {"n": len(rows)}
    for name, picked in picks.items():
        best, rating = np.array(picked).T
        figures |= {f"{name}best": float(best.mean()), f"{name}rating": float(rating.mean())}
        if not name:
            figures["best_ci95"] = interval(len(rows), lambda i, best=best: float(best[i].mean()))
    return figures


def plain(reader: Reader) -> Figures:
    wrong = []
    for text, target in FACTS:
        start = text.index(target)
        if reader.sentiment(text)[0].argmax() != 1 or reader.stance(text, start, start + len(target)).argmax() != 1:
            wrong.append(text)
    for text in wrong:
        print(f"  not neutral: {text}")
    return {"n": len(FACTS), "not_neutral": len(wrong)}


def figures(reader: Reader, test: bool, step: int = 1, only: str = "") -> dict[str, Figures]:
    """All figures by file. `step` thins the large files; `only` takes the files whose names contain it."""
    persent = "stance/persent.dev.jsonl"
    measured: dict[str, Callable[[], Figures]] = {
        "newsmtsc-rw.dev": lambda: stance(reader, read("stance/newsmtsc-rw.dev.jsonl")),
        "newsmtsc-mt.dev": lambda: stance(reader, read("stance/newsmtsc-mt.dev.jsonl")),
        "newsmtsc-rw.dev (masked)": lambda: masked(reader, read("stance/newsmtsc-rw.dev.jsonl")),
        "newsmtsc-mt.dev (masked)": lambda: masked(reader, read("stance/newsmtsc-mt.dev.jsonl")),
        "dse.dev": lambda: stance(reader, read("stance/dse.dev.jsonl")[::step]),
        "dse.dev (directed)": lambda: directed(reader, read("stance/dse.dev.jsonl")[::step]),
        "persent.dev": lambda: stance(reader, [r for r in read(persent) if r["start"] is not None][::step]),
        "news (held out)": lambda: stance(reader, labels.taught(held_out=True)),
        "sst.dev": lambda: sentiment(reader, read("sentiment/sst.dev.jsonl")),
        "emobank-news.dev": lambda: sentiment(reader, read("sentiment/emobank-news.dev.jsonl")[::step]),
        "valence (held out)": lambda: sentiment(reader, labels.rated(held_out=True)),
        "google.dev": lambda: keep(reader, read("compression/google.dev.jsonl")),
        "wnut17.dev": lambda: entity(reader, read("entities/wnut17.dev.jsonl")),
        "worldwide.dev": lambda: entity(reader, read("entities/worldwide.dev.jsonl")[::step]),
        "salience (held out)": lambda: salience(reader, labels.salient(held_out=True)),
        "plain": lambda: plain(reader),
        "newsmtsc-rw.test": lambda: stance(reader, read("stance/newsmtsc-rw.test.jsonl")),
        "newsmtsc-mt.test": lambda: stance(reader, read("stance/newsmtsc-mt.test.jsonl")),
        "newswire.test": lambda: stance(reader, labels.rows(labels.NEWSWIRE)),
        "newswire valence.test": lambda: sentiment(reader, labels.ratings((labels.NEWSWIRE,))),
        "newswire salience.test": lambda: salience(reader, labels.passages((labels.NEWSWIRE,))),
        "deeds.test": lambda: stance(reader, own("deeds.stance")),
        "sst.test": lambda: sentiment(reader, read("sentiment/sst.test.jsonl")),
        "google.test": lambda: keep(reader, read("compression/google.test.jsonl")),
    }
    chosen = [n for n in measured if only in n and (test or not n.endswith(".test"))]
    return {name: measured[name]() for name in chosen}


def shown(value) -> str:
    if isinstance(value, tuple):
        return f"[{value[0]:.3f}, {value[1]:.3f}]"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--trunk", choices=["int8", "f32", "both"], default="int8")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="files whose names contain this")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    files = {"int8": "trunk.onnx", "f32": "trunk.f32.onnx"}
    chosen = list(files) if args.trunk == "both" else [args.trunk]
    if args.models[0].is_dir():
        readers = {n: Reader.exported(args.models[0], files[n]) for n in chosen}
    else:
        chosen = ["f32"]
        readers = {"f32": Ensemble([Reader.trained(path) for path in args.models])}
    found = {n: figures(readers[n], args.test, 5 if args.quick else 1, args.only) for n in chosen}
    for task in found[chosen[0]]:
        for name in chosen:
            line = "  ".join(f"{k} {shown(v)}" for k, v in found[name][task].items())
            print(f"{task:26} {name:5} {line}", flush=True)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
