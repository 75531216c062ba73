"""The job that every peer does: paragraphs in, sentiment, summary and stance toward three targets out.

A peer is given the same paragraphs, the same weights and one core, and says how long each task took. What is not
counted: Python's imports, loading the models, reading the paragraphs and writing the answers.
"""

import argparse
import json
import re
import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from training.text import case_class

#: The three that `--targets auto` proposes first for the newswire, and the names they are found by.
TARGETS = {
    "United States": ["United States", "US", "American", "Americans", "Washington"],
    "India": ["India", "Indian", "Indians", "Delhi"],
    "China": ["China", "Chinese", "Beijing"],
}


@dataclass
class Paragraph:
    text: str
    #: For each target, the character spans of its mentions; none where it is not mentioned.
    mentions: dict[str, list[tuple[int, int]]]


def paragraphs(path: Path) -> list[Paragraph]:
    """The paragraphs of a JSONL file, with the mentions that a search for whole words finds."""
    found = {n: re.compile(rf"\b(?:{'|'.join(map(re.escape, a))})\b") for n, a in TARGETS.items()}
    texts = [json.loads(line)["text"] for line in path.open(encoding="utf-8")]
    return [Paragraph(t, {n: [m.span() for m in p.finditer(t)] for n, p in found.items()}) for t in texts]


def case_types(text: str, encoding) -> list[int]:
    """The case class of every token's word, which the shipped model reads as `token_type_ids`."""
    extent: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        if word is not None:
            extent[word] = (min(extent.get(word, (start, end))[0], start), end)
    classes = {word: case_class(text[a:b]) for word, (a, b) in extent.items()}
    return [classes.get(word, 0) for word in encoding.word_ids]


class Heads:
    """The shipped heads, with the temperatures that make their probabilities honest."""

    def __init__(self, model: Path):
        self.weights = load_file(model / "heads.safetensors")
        self.temperature = json.loads((model / "config.json").read_text(encoding="utf-8"))["temperature"]

    def probabilities(self, name: str, x: np.ndarray) -> np.ndarray:
        """Softmax of the head's logits; the sigmoid where there is one logit."""
        w = self.weights
        if f"{name}.dense.weight" in w:
            x = np.tanh(x @ w[f"{name}.dense.weight"].T + w[f"{name}.dense.bias"])
        logits = (x @ w[f"{name}.out.weight"].T + w[f"{name}.out.bias"]) / self.temperature[name]
        if logits.shape[-1] == 1:
            return 1 / (1 + np.exp(-logits[..., 0]))
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)


def arguments() -> argparse.ArgumentParser:
    """What `compare.py` tells every peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--float", type=Path, required=True, help="folder with the weights in float")
    parser.add_argument("--paragraphs", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    return parser


def main(load: Callable) -> None:
    """Runs a peer. `load(model, trunk, threads)` gives an object with a method for each task:
    `sentiment(texts)`, `summary(texts)` and `stance([(text, spans)])`, each an iterable of answers."""
    args = arguments().parse_args()
    given = paragraphs(args.paragraphs)
    begun = time.perf_counter()
    peer = load(args.model, args.float, args.threads)
    texts = [p.text for p in given]
    list(peer.sentiment(texts[:2]))
    seconds = {"load": time.perf_counter() - begun}

    def timed(task: str, answers: Iterable) -> list:
        begun = time.perf_counter()
        done = list(answers)
        seconds[task] = time.perf_counter() - begun
        return done

    sentiment = timed("sentiment", peer.sentiment(texts))
    timed("summary", peer.summary(texts))
    # A careful user asks about a target only where it is named; who takes a zero-shot pipeline asks every time.
    named = [(i, n, p.mentions[n]) for i, p in enumerate(given) for n in TARGETS if p.mentions[n]]
    unnamed = [(i, [(0, len(p.text))]) for i, p in enumerate(given) for n in TARGETS if not p.mentions[n]]
    stance = timed("stance where named", peer.stance([(texts[i], spans) for i, _, spans in named]))
    timed("stance elsewhere", peer.stance([(texts[i], spans) for i, spans in unnamed]))
    answers = {
        "seconds": seconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "sentiment": [[float(x) for x in row] for row in sentiment],
        "stance": [[i, n, [float(x) for x in row]] for (i, n, _), row in zip(named, stance, strict=True)],
    }
    args.out.write_text(json.dumps(answers), encoding="utf-8")
