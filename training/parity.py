"""Writes `training/parity.json`: what the shipped model answers to three small texts, for the Rust tests.

`python -m training.parity DIR`. Spans are bytes of the UTF-8 text; probabilities are after the temperature.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from .model import ENTITY
from .predict import Reader, best_path, sigmoid, softmax
from .text import Encoded

CASES = [
    (
        "President Trump attacked NATO on Tuesday, but Angela Merkel praised its “courage”.",
        ["President Trump", "NATO", "Angela Merkel"],
    ),
    (
        "The harvest failed again. Farmers in São Paulo blamed the minister’s reckless plan, which cost 3,000 jobs. "
        "A vote is due in May.",
        ["Farmers", "the minister’s", "São Paulo"],
    ),
    ("There will be an election in two months.", ["election"]),
]  # fmt: skip


def as_bytes(text: str, span: tuple[int, int]) -> list[int]:
    return [len(text[:at].encode()) for at in span]


def rounded(values: np.ndarray | list[float]) -> list[float]:
    return [round(float(v), 4) for v in values]


def sentences(text: str) -> list[tuple[int, int]]:
    """The cases have a sentence end only before a space and a capital."""
    ends = [i + 1 for i in range(len(text) - 2) if text[i : i + 2] == ". " and text[i + 2].isupper()] + [len(text)]
    return [(0 if n == 0 else ends[n - 1] + 1, end) for n, end in enumerate(ends)]


def case(reader: Reader, text: str, targets: list[str]) -> dict:
    encoded: Encoded
    encoded, states = reader.read(text)
    logits, score = reader.sentiment(text)
    mentions = [(text.index(t), text.index(t) + len(t)) for t in targets]
    stance = [softmax(reader.stance(text, *span) / reader.temperature("stance")) for span in mentions]
    spans = sentences(text)
    words = reader.entity(text)[1] / reader.temperature("entity")
    return {
        "text": text,
        "sentences": [as_bytes(text, s) for s in spans],
        "mentions": [as_bytes(text, m) for m in mentions],
        "input_ids": encoded.ids,
        "token_type_ids": encoded.types,
        "first_states": [rounded(row[:4]) for row in states[:3]],
        "sentiment": rounded(softmax(logits / reader.temperature("sentiment"))),
        "score": round(score, 4),
        "stance": [rounded(p) for p in stance],
        "salience": rounded(sigmoid(reader.salience(text, spans) / reader.temperature("salience"))),
        "keep": rounded(sigmoid(reader.keep(text)[1] / reader.temperature("keep"))),
        "words": [as_bytes(text, span) for span in word_spans(encoded)],
        "entity_argmax": [ENTITY[i] for i in words.argmax(-1)],
        "entity": [ENTITY[i] for i in best_path(np.log(softmax(words)), ENTITY)],
    }


def word_spans(encoded: Encoded) -> list[tuple[int, int]]:
    found = []
    for position in encoded.first_tokens():
        same = [s for s, w in zip(encoded.spans, encoded.words, strict=True) if w == encoded.words[position]]
        found.append((same[0][0], same[-1][1]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    reader = Reader.exported(parser.parse_args().folder)
    cases = [case(reader, text, targets) for text, targets in CASES]
    out = Path(__file__).with_name("parity.json")
    out.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
