"""Batches: texts of every pool, drawn by share, recased, glued, masked, and packed side by side into rows."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .data import IGNORE, Example
from .text import LOWER, MASK, MAX_POSITIONS, Encoded, recased

#: Width of a row, unless a text is longer.
ROW = 256
#: Runs of capitalised words taken as mentions in a text without labelled ones, at most.
NAMES = 3
#: Added to the scores of tokens of another text.
APART = -1e4


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
    """Endless examples of one pool, each once before any comes twice."""

    def __init__(self, name: str, examples: list[Example], augment: dict, seed: str):
        self.examples = examples
        self.glue, self.mask = (augment[kind].get(name, 0.0) for kind in ("glue", "mask"))
        self.lower, self.upper = augment["lower"], augment["upper"]
        self.random = random.Random(f"{name}-{seed}")
        self.order = self._endless()

    def _endless(self) -> Iterator[int]:
        while True:
            order = list(range(len(self.examples)))
            self.random.shuffle(order)
            yield from order

    def draw(self) -> Example:
        at = next(self.order)
        example = self.examples[at]
        if self.random.random() < self.glue:
            neighbour = self.examples[(at + 1) % len(self.examples)]
            example = glued(example, neighbour) or example
        dice = self.random.random()
        if dice < self.lower + self.upper:
            example = replace(example, tokens=recased(example.tokens, upper=dice >= self.lower))
        if self.random.random() < self.mask:
            example = masked(example)
        return example


def names(tokens: Encoded) -> list[list[int]]:
    """Positions of runs of capitalised words, the text's first word left out: likely mentions of someone."""
    runs: list[list[int]] = []
    for position, (word, case) in enumerate(zip(tokens.words, tokens.types, strict=True)):
        if word <= 0 or case == LOWER:
            continue
        if runs and runs[-1][-1] == position - 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs[:NAMES]


@dataclass(slots=True)
class Batch:
    """Texts in rows, what is pooled of them, and their labels. `IGNORE` (scores: NaN) stands where there is no label.

    T texts, M mentions, H of them with a holder, K tokens, E words, S sentences, P pooled tokens. Token numbers count
    through all rows.
    """

    #: `[R, W]` each; `text` is the number of the text a token belongs to, -1 on padding.
    ids: Tensor
    types: Tensor
    positions: Tensor
    text: Tensor
    #: `[P]` each: a token, and the span it belongs to. The first T spans are the texts without `[CLS]` and `[SEP]`.
    pooled: Tensor
    span: Tensor
    #: Of each span: its number of tokens.
    size: Tensor
    #: `[T]`: class, score, and how much the score counts.
    sentiment: Tensor
    score: Tensor
    score_weight: Tensor
    #: `[M]`: span, text, class, and how much it counts; `[M, 3]`: how its source leans.
    mention: Tensor
    mention_text: Tensor
    stance: Tensor
    stance_weight: Tensor
    stance_lean: Tensor
    #: `[H]`: span of the holder, and its mention. The label is the mention's.
    holder: Tensor
    held: Tensor
    #: `[K]`: token, and whether it is kept.
    token: Tensor
    keep: Tensor
    #: `[E]`: first token of a word, its tag, and which of `UNMARKED` its source is.
    word: Tensor
    entity: Tensor
    unmarked: Tensor
    #: `[S]`: span, text, and target.
    sentence: Tensor
    sentence_text: Tensor
    salience: Tensor

    def to(self, device: str) -> "Batch":
        return Batch(*(getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)))

    def reads(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What the trunk takes: ids, case classes, positions, and what keeps the texts of a row apart."""
        apart = (self.text[:, :, None] != self.text[:, None, :])[:, None]
        return self.ids, self.types, self.positions, APART * apart.bfloat16()


def packed(lengths: list[int]) -> tuple[list[int], int, int]:
    """First token of each text in rows laid end to end, the number of rows and their width; the longest text first."""
    width = max(ROW, *lengths)
    room: list[int] = []
    starts = [0] * len(lengths)
    for at in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        row = next((r for r, free in enumerate(room) if free >= lengths[at]), len(room))
        if row == len(room):
            room.append(width)
        starts[at] = row * width + width - room[row]
        room[row] -= lengths[at]
    return starts, len(room), width


class Say(NamedTuple):
    """How much the labels of a pool say: weights of its scores and of its stances, and what its readers add to the logits
    of stance, whose habit the head shall not learn."""

    score: float = 1.0
    stance: float = 1.0
    lean: tuple[float, float, float] = (0.0, 0.0, 0.0)


def collate(examples: list[Example], says: list[Say]) -> Batch:
    """Examples of any pools as one batch, each with what the labels of its pool say."""
    starts, rows, width = packed([len(e.tokens) for e in examples])
    laid = {name: np.zeros(rows * width, np.int64) for name in ("ids", "types", "positions")}
    laid["text"] = np.full(rows * width, -1)
    spans: list[np.ndarray] = []
    columns: dict[str, list] = {f.name: [] for f in fields(Batch)}

    def pool(start: int, positions) -> int:
        spans.append(start + np.asarray(positions))
        return len(spans) - 1

    for start, e in zip(starts, examples, strict=True):
        pool(start, range(1, len(e.tokens) - 1) or range(1))
    for at, (start, e, say) in enumerate(zip(starts, examples, says, strict=True)):
        size = len(e.tokens)
        values = (e.tokens.ids, e.tokens.types, range(size), at)
        for array, value in zip(laid.values(), values, strict=True):
            array[start : start + size] = value
        columns["sentiment"].append(IGNORE if e.sentiment is None else e.sentiment)
        columns["score"].append(np.nan if e.score is None else e.score)
        columns["score_weight"].append(say.score)
        for number, (holder, *_) in enumerate(e.directed):
            columns["holder"].append(pool(start, holder))
            # The targets of directed rows are the mentions of the stance rows, in the same order.
            columns["held"].append(len(columns["mention"]) + number)
        for mention, label in e.stance or [(run, IGNORE) for run in names(e.tokens)]:
            columns["mention"].append(pool(start, mention))
            columns["mention_text"].append(at)
            columns["stance"].append(label)
            columns["stance_weight"].append(say.stance)
            columns["stance_lean"].append(say.lean)
        inner = range(1, size - 1)
        columns["token"] += [start + i for i in inner]
        columns["keep"] += [IGNORE] * len(inner) if e.keep is None else e.keep[1:-1]
        first = e.tokens.first_tokens()
        columns["word"] += [start + i for i in first]
        columns["entity"] += [IGNORE if e.entity is None else e.entity[i] for i in first]
        columns["unmarked"] += [e.unmarked] * len(first)
        for positions, target in e.salience:
            columns["sentence"].append(pool(start, positions))
            columns["sentence_text"].append(at)
            columns["salience"].append(target)
    columns["pooled"] = np.concatenate(spans)
    columns["size"] = [len(s) for s in spans]
    columns["span"] = np.repeat(np.arange(len(spans)), columns["size"])
    floats = ("score", "score_weight", "stance_weight", "stance_lean", "salience")
    columns["stance_lean"] = np.reshape(columns["stance_lean"], (-1, 3))
    made = {n: torch.tensor(np.asarray(c), dtype=torch.float if n in floats else torch.long) for n, c in columns.items()}
    return Batch(**made | {n: torch.from_numpy(a.reshape(rows, width)) for n, a in laid.items()})


class Feed(IterableDataset):
    """Endless batches, each with a fixed number of texts of every pool."""

    def __init__(self, pools: dict[str, list[Example]], settings: dict, seed: int):
        self.pools, self.settings, self.seed = pools, settings, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        seed = f"{self.seed}-{worker.id if worker else 0}"
        mix, says = self.settings["mix"], self.settings["says"]
        drawn = {n: Pool(n, self.pools[n], self.settings["augment"], seed) for n in mix}
        each = [Say(**says.get(n, {})) for n, count in mix.items() for _ in range(count)]
        while True:
            yield collate([drawn[n].draw() for n, count in mix.items() for _ in range(count)], each)


def batches(pools: dict[str, list[Example]], settings: dict, seed: int) -> Iterator[Batch]:
    """The same batches for the same seed and number of feeders."""
    feeders = settings["run"]["feeders"]
    # The feeders inherit the pools; what they send is small.
    return iter(DataLoader(Feed(pools, settings, seed), batch_size=None, num_workers=feeders, prefetch_factor=8))
