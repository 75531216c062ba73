"""Batches of one task each, drawn from the pools: mixed by share, bucketed by length, recased, glued, masked."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from .data import IGNORE, Example
from .text import MASK, MAX_POSITIONS, Encoded, recased

#: Texts gathered before they are sorted by length and cut, in batches.
WINDOW = 10


def joined(a: Encoded, b: Encoded) -> Encoded:
    """Two texts as one, a space between."""
    shift, words = len(a.text) + 1, max(a.words) + 1
    tail = list(zip(b.spans[1:], b.words[1:], strict=True))
    return Encoded(
        f"{a.text} {b.text}",
        a.ids[:-1] + b.ids[1:],
        a.types[:-1] + b.types[1:],
        a.spans[:-1] + [(start + shift, end + shift) if w >= 0 else (0, 0) for (start, end), w in tail],
        a.words[:-1] + [w + words if w >= 0 else -1 for _, w in tail],
    )


def glued(a: Example, b: Example) -> Example | None:
    """Two examples of a pool as one paragraph with the labels of both, or None where they do not fit.

    Sentiment speaks of the whole text, so only texts of one label are glued.
    """
    if len(a.tokens) + len(b.tokens) > MAX_POSITIONS or a.sentiment != b.sentiment:
        return None

    def moved(positions: list[int]) -> list[int]:
        return [p + len(a.tokens) - 2 for p in positions]

    return replace(
        a,
        tokens=joined(a.tokens, b.tokens),
        score=None if a.score is None else (a.score + b.score) / 2,
        stance=a.stance + [(moved(m), label) for m, label in b.stance],
        directed=a.directed + [(moved(h), moved(t), label) for h, t, label in b.directed],
        keep=a.keep and a.keep[:-1] + b.keep[1:],
        entity=a.entity and a.entity[:-1] + b.entity[1:],
    )


def masked(example: Example) -> Example:
    """The example with `[MASK]` for each token of its targets' mentions: only the text around them can tell."""
    hidden = {position for mention, _ in example.stance for position in mention}
    ids = [MASK if i in hidden else token for i, token in enumerate(example.tokens.ids)]
    return replace(example, tokens=replace(example.tokens, ids=ids))


class Pool:
    """Endless batches of one pool, each example once before any comes twice."""

    def __init__(self, name: str, examples: list[Example], settings: dict, seed: int):
        self.name = name
        self.examples = examples
        self.run, self.augment = settings["run"], settings["augment"]
        self.random = random.Random(f"{name}-{seed}")
        self.order = self._endless()
        self.ready: deque[list[Example]] = deque()

    def _endless(self) -> Iterator[int]:
        while True:
            order = list(range(len(self.examples)))
            self.random.shuffle(order)
            yield from order

    def _draw(self) -> Example:
        at = next(self.order)
        example = self.examples[at]
        if self.random.random() < self.augment["glue"].get(self.name, 0.0):
            neighbour = self.examples[(at + 1) % len(self.examples)]
            example = glued(example, neighbour) or example
        dice = self.random.random()
        if dice < self.augment["lower"] + self.augment["upper"]:
            example = replace(example, tokens=recased(example.tokens, upper=dice >= self.augment["lower"]))
        if self.random.random() < self.augment["mask"].get(self.name, 0.0):
            example = masked(example)
        return example

    def next(self) -> list[Example]:
        if not self.ready:
            window: list[Example] = []
            while sum(len(e.tokens) for e in window) < WINDOW * self.run["batch_tokens"]:
                window.append(self._draw())
            window.sort(key=lambda e: len(e.tokens))
            batches: list[list[Example]] = [[]]
            for example in window:
                full = len(example.tokens) * (len(batches[-1]) + 1) > self.run["batch_tokens"]
                if batches[-1] and (full or len(batches[-1]) == self.run["batch_texts"]):
                    batches.append([])
                batches[-1].append(example)
            self.random.shuffle(batches)
            self.ready.extend(batches)
        return self.ready.popleft()


def tensors(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, case classes and mask, each `[B, T]`, padded at the right."""
    longest = max(len(e.tokens) for e in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    types = torch.zeros_like(ids)
    mask = torch.zeros_like(ids, dtype=torch.bool)
    for row, example in enumerate(batch):
        size = len(example.tokens)
        ids[row, :size] = torch.tensor(example.tokens.ids)
        types[row, :size] = torch.tensor(example.tokens.types)
        mask[row, :size] = True
    return ids, types, mask


def labels(batch: list[Example], name: str, width: int) -> Tensor:
    """Token labels `[B * T]` of the field `name`, `IGNORE` on padding."""
    rows = torch.full((len(batch), width), IGNORE, dtype=torch.long)
    for row, example in enumerate(batch):
        given = getattr(example, name)
        rows[row, : len(given)] = torch.tensor(given)
    return rows.view(-1)
