"""The training sets as `Example`s, one pool for each task. Reads `.train.` files and `articles/html` only.

Rows of one sentence (NewsMTSC, DSE) become one example with several targets, so that a sentence is read once.
`python -m training.data FILE` writes all of them to a file, for runs that follow each other.
"""

import pickle
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from . import facts, labels
from .model import ENTITY, SENTIMENT, STANCE
from .records import read
from .text import Encoded, encode_all

IGNORE = -100
#: EmoBank's raters keep to the middle of the scale: doubled, its scores spread as the other sets' do.
EMOBANK_SCALE = 2.0
#: Entity classes a source does not mark: an `O` there may hide one, so they are left out of the loss.
UNMARKED = {"wikigold": (), "wnut17": ("NORP",), "btc": ("NORP", "MISC")}


@dataclass(slots=True)
class Example:
    """One text with the labels of one pool. Positions are token positions."""

    tokens: Encoded
    sentiment: int | None = None
    score: float | None = None
    #: (positions of the mention, label)
    stance: list[tuple[list[int], int]] = field(default_factory=list)
    #: (positions of the holder, of the target, label)
    directed: list[tuple[list[int], list[int], int]] = field(default_factory=list)
    #: One label a token, `IGNORE` where there is none.
    keep: list[int] | None = None
    entity: list[int] | None = None
    #: Its source's number in `UNMARKED`.
    unmarked: int = 0
    #: (positions of the sentence, target in 0..1)
    salience: list[tuple[list[int], float]] = field(default_factory=list)


def targets(rows: list[dict], directed: bool) -> list[Example]:
    """Stance rows, gathered by text. A directed row keeps its holder."""
    by_text: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        by_text[row["text"]].append(row)
    examples = [Example(tokens) for tokens in encode_all(list(by_text))]
    for example in examples:
        for row in by_text[example.tokens.text]:
            label = STANCE.index(row["label"])
            mention = example.tokens.covered(row["start"], row["end"])
            example.stance.append((mention, label))
            if directed:
                holder = example.tokens.covered(row["holder_start"], row["holder_end"])
                example.directed.append((holder, mention, label))
    return examples


def sentiment(rows: list[dict], scale: float = 1.0) -> list[Example]:
    encoded = encode_all([row["text"] for row in rows])
    return [
        Example(tokens, sentiment=SENTIMENT.index(row["label"]), score=max(-1.0, min(1.0, row["score"] * scale)))
        for tokens, row in zip(encoded, rows, strict=True)
    ]


def spell(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens joined by single spaces, and the span of each in the text."""
    spans, at = [], 0
    for token in tokens:
        spans.append((at, at + len(token)))
        at += len(token) + 1
    return " ".join(tokens), spans


def token_owners(encoded: Encoded, spans: list[tuple[int, int]]) -> list[int]:
    """For each position the data token it lies in, or -1. Both run left to right."""
    owners, at = [], 0
    for word, (start, end) in zip(encoded.words, encoded.spans, strict=True):
        if word < 0 or end <= start:
            owners.append(-1)
            continue
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        owners.append(at if at < len(spans) and spans[at][0] < end else -1)
    return owners


def keep(rows: list[dict]) -> list[Example]:
    spelled = [spell(row["tokens"]) for row in rows]
    examples = []
    for row, encoded, (_, spans) in zip(rows, encode_all([t for t, _ in spelled]), spelled, strict=True):
        owners = token_owners(encoded, spans)
        examples.append(Example(encoded, keep=[IGNORE if o < 0 else row["keep"][o] for o in owners]))
    return examples


def entity(rows: list[dict]) -> list[Example]:
    """Labels stand on the first token of each pre-tokenizer word; a data token may be several words."""
    spelled = [spell(row["tokens"]) for row in rows]
    examples = []
    for row, encoded, (_, spans) in zip(rows, encode_all([t for t, _ in spelled]), spelled, strict=True):
        owners = token_owners(encoded, spans)
        labels, seen = [IGNORE] * len(encoded), -1
        for position in encoded.first_tokens():
            owner = owners[position]
            if owner < 0:
                continue
            tag = row["tags"][owner]
            labels[position] = ENTITY.index("I" + tag[1:] if owner == seen and tag != "O" else tag)
            seen = owner
        examples.append(Example(encoded, entity=labels, unmarked=list(UNMARKED).index(row["source"])))
    return examples


def salience(rows: list[dict]) -> list[Example]:
    """Passages whose sentences are rated by our own readers."""
    examples = []
    for row, tokens in zip(rows, encode_all([row["text"] for row in rows]), strict=True):
        marks = [(tokens.covered(a, b), t) for (a, b, _), t in zip(row["sentences"], labels.carried(row), strict=True)]
        examples.append(Example(tokens, salience=[(positions, t) for positions, t in marks if positions]))
    return examples


def plain() -> list[Example]:
    """Facts of our own: neutral, whatever they are about."""
    rows = [(text, text.index(of), len(of)) for text, of in facts.taught()]
    encoded = encode_all([text for text, *_ in rows])
    return [
        Example(tokens, sentiment=1, stance=[(tokens.covered(at, at + size), 1)])
        for tokens, (_, at, size) in zip(encoded, rows, strict=True)
    ]


def pools() -> dict[str, list[Example]]:
    """Every training pool by name. A text with labels of our own is read for these alone, not for DSE's."""
    news, rated = labels.taught(held_out=False), labels.rated(held_out=False)
    ours = {row["text"] for row in news + labels.taught(held_out=True)}
    dse = [row for row in read("stance/dse.train.jsonl.gz") if row["text"] not in ours]
    directed = targets(dse, directed=True)
    read_for_stance = targets(news, directed=False)
    valence = {e.tokens.text: e for e in sentiment(rated, EMOBANK_SCALE)}
    for example in read_for_stance:
        if also := valence.pop(example.tokens.text, None):
            example.sentiment, example.score = also.sentiment, also.score
    emobank = read("sentiment/emobank.train.jsonl")
    vader = read("sentiment/vader-tweets.train.jsonl") + read("sentiment/vader-amazon.train.jsonl")
    entities = [read(f"entities/{name}.train.jsonl") for name in ("wikigold", "wnut17", "btc")]
    return {
        "stance": targets(read("stance/newsmtsc.train.jsonl"), directed=False),
        "news": read_for_stance,
        "rated": list(valence.values()),
        "polar": [e for e in directed if any(label != 1 for *_, label in e.directed)],
        "plain": [e for e in directed if all(label == 1 for *_, label in e.directed)],
        "sst": sentiment(read("sentiment/sst.train.jsonl")),
        "phrases": sentiment([r for r in read("sentiment/sst.phrases.train.jsonl.gz") if len(r["text"].split()) < 14]),
        "vader": sentiment(vader),
        "emobank": sentiment(emobank, EMOBANK_SCALE),
        "keep": keep(read("compression/google.train.jsonl")),
        "wikigold": entity(entities[0]),
        "wnut17": entity(entities[1]),
        "btc": entity(entities[2]),
        "salience": salience(labels.salient(held_out=False)),
        "facts": plain(),
    }


def load_pools(path: Path | None) -> dict[str, list[Example]]:
    """The pools, from the data or from a file that was made of them."""
    return pools() if path is None else pickle.loads(path.read_bytes())


if __name__ == "__main__":
    # Under the module's own name, so that whoever reads the file finds its classes.
    from training import data

    Path(sys.argv[1]).write_bytes(pickle.dumps(data.pools()))
