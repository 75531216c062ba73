"""Fits temperatures, decision offsets and the keep threshold on the dev files, and writes `config.json`.

The score, the sentiment and the salience head are fitted anew before, on train rows (`refit.py`).

`python -m training.calibrate DIR` reads the int8 model, and for entities the float32 one beside it, folds the offsets into the biases of the heads, and
ends with `SHA256SUMS`. A temperature (Guo et al. 2017) is one number a head: it changes how sure an answer is,
never which answer it is. Run it once on a fresh export; a second run would fold the offsets again.
"""

import argparse
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from . import labels
from .data import spell, token_owners
from .evaluate import token_keeps
from .export import write_sums
from .facts import FACTS
from .metrics import entity_counts, entity_f1, kept_f1, macro_f1, polar_accuracy
from .model import ENTITY, HIDDEN, SENTIMENT, STANCE
from .predict import Reader, best_path, sigmoid, softmax
from .records import read
from .refit import refit_salience, refit_score, refit_sentiment
from .text import MAX_POSITIONS

TRAINED_ON = [
    "NewsMTSC", "DSE", "SST", "VADER tweets", "VADER Amazon snippets", "EmoBank (non-news genres)",
    "Google sentence compression (10,000 pairs)", "Wikigold", "WNUT17", "Broad Twitter Corpus",
    "labels of this project on texts of DSE, Google compression, scrapinghub and GUM, read by a large language model",
]  # fmt: skip
#: Share of DSE's neutral rows that may be called polar.
POLAR_AT_MOST = 0.30
#: Macro-F1 on PerSenT's rows with a mention.
PERSENT_AT_LEAST = 0.41
#: By how much neutral leads on every plain fact, in logits.
FACTS_LEAD = 0.2
SHIPPED = ["trunk.onnx", "heads.safetensors", "tokenizer.json", "config.json", "MODEL_CARD.md"]


def temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """The temperature of least cross-entropy for class logits `[N, k]`."""
    rows = np.arange(len(gold))
    return least(lambda t: -np.log(softmax(logits / t)[rows, gold] + 1e-9).mean())


def binary_temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """The same for single logits `[N]` and targets in 0..1."""

    def cost(t: float) -> float:
        p = np.clip(sigmoid(logits / t), 1e-6, 1 - 1e-6)
        return float(-(gold * np.log(p) + (1 - gold) * np.log(1 - p)).mean())

    return least(cost)


def least(cost: Callable[[float], float]) -> float:
    grid = np.round(np.arange(0.4, 3.01, 0.02), 2)
    return float(grid[int(np.argmin([cost(t) for t in grid]))])


def offsets(groups: list[tuple[np.ndarray, np.ndarray]], allowed: Callable[[np.ndarray], bool]) -> np.ndarray:
    """What to add to the logits for the best macro-F1, the mean over `(logits, gold)` groups; neutral gets nothing.

    The surface is smoothed before its top is taken, so that a few rows do not decide.
    """
    grid = np.round(np.arange(-0.9, 0.91, 0.1), 2)
    surface = np.array(
        [[np.mean([macro_f1(g, (x + [a, 0.0, c]).argmax(-1)) for x, g in groups]) for c in grid] for a in grid]
    )
    padded = np.pad(surface, 1, mode="edge")
    smooth = sum(padded[i : i + len(grid), j : j + len(grid)] for i in range(3) for j in range(3))
    ranked = np.dstack(np.unravel_index(np.argsort(-smooth, axis=None), smooth.shape))[0]
    candidates = (np.array([grid[i], 0.0, grid[j]], np.float32) for i, j in ranked)
    return next(shift for shift in candidates if allowed(shift))


def three_classes(groups: list, allowed: Callable[[np.ndarray], bool]) -> tuple[np.ndarray, float, float]:
    """Offsets, temperature, and the mean macro-F1 they give, for `(logits, gold)` groups that count alike."""
    shift = offsets(groups, allowed)
    logits, gold = (np.concatenate(part) for part in zip(*groups, strict=True))
    score = float(np.mean([macro_f1(g, (x + shift).argmax(-1)) for x, g in groups]))
    return shift, temperature(logits + shift, gold), score


def stance_logits(reader: Reader, rows: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """Logits `[N, 3]` and classes of the rows whose target is found."""
    rows = [r for r in rows if r["start"] is not None]
    logits = np.array([reader.stance(r["text"], r["start"], r["end"]) for r in rows])
    return logits, np.array([STANCE.index(r["label"]) for r in rows])


def fit_stance(reader: Reader) -> tuple[np.ndarray, float, float]:
    """On NewsMTSC and the held-out labels of our own; never so that a plain fact or too many of DSE's neutral rows turn polar, or
    that PerSenT, whose readers call more favor than others', is lost."""
    groups = [stance_logits(reader, read(f"stance/newsmtsc-{name}.dev.jsonl")) for name in ("rw", "mt")]
    groups.append(stance_logits(reader, labels.taught(held_out=True)))
    persent, wanted = stance_logits(reader, read("stance/persent.dev.jsonl"))
    logits, gold = stance_logits(reader, read("stance/dse.dev.jsonl")[::2])
    neutral = logits[gold == 1]
    facts = np.array([reader.stance(t, t.index(of), t.index(of) + len(of)) for t, of in FACTS])

    def allowed(shift: np.ndarray) -> bool:
        return (
            called_polar(neutral + shift) <= POLAR_AT_MOST
            and neutral_lead(facts + shift) >= FACTS_LEAD
            and macro_f1(wanted, (persent + shift).argmax(-1)) >= PERSENT_AT_LEAST
        )

    return three_classes(groups, allowed)


def called_polar(logits: np.ndarray) -> float:
    """Share of the rows of class logits `[N, 3]` that are not called neutral."""
    return float((logits.argmax(-1) != 1).mean())


def neutral_lead(logits: np.ndarray) -> float:
    """By how much neutral leads on the row of class logits `[N, 3]` where it leads least."""
    return float((logits[:, 1] - logits[:, [0, 2]].max(-1)).min())


def fit_sentiment(reader: Reader) -> tuple[np.ndarray, float, float]:
    """News counts as much as reviews, since this head is used on news; but no polar review may be lost by it, and no
    plain fact turn polar."""
    groups = []
    for name in ("emobank-news", "sst"):
        rows = read(f"sentiment/{name}.dev.jsonl")
        logits = np.array([reader.sentiment(r["text"])[0] for r in rows])
        groups.append((logits, np.array([SENTIMENT.index(r["label"]) for r in rows])))
    logits, gold = groups[-1]
    least_polar = polar_accuracy(gold, logits)
    facts = np.array([reader.sentiment(text)[0] for text, _ in FACTS])

    def allowed(shift: np.ndarray) -> bool:
        return polar_accuracy(gold, logits + shift) >= least_polar and neutral_lead(facts + shift) >= FACTS_LEAD

    return three_classes(groups, allowed)


def fit_keep(reader: Reader) -> tuple[float, float]:
    """Temperature of the tokens, and the threshold of best F1 within two points of the reference's rate."""
    rows = read("compression/google.dev.jsonl")
    logits, gold = [], []
    for row in rows:
        text, spans = spell(row["tokens"])
        encoded, given = reader.keep(text)
        owners = token_owners(encoded, spans)
        logits += [x for x, o in zip(given, owners, strict=True) if o >= 0]
        gold += [row["keep"][o] for o in owners if o >= 0]
    degree = binary_temperature(np.array(logits), np.array(gold))
    reader.config["temperature"]["keep"] = degree
    tokens = token_keeps(reader, rows)
    wanted = np.mean(np.concatenate([r["keep"] for r in rows]))
    best, chosen = 0.0, 0.5
    for threshold in np.arange(0.2, 0.8, 0.01):
        given = [(p >= threshold).astype(int) for p in tokens]
        score = np.mean([kept_f1(r["keep"], g) for r, g in zip(rows, given, strict=True)])
        if abs(np.concatenate(given).mean() - wanted) <= 0.02 and score > best:
            best, chosen = float(score), float(round(threshold, 2))
    return degree, chosen


def fit_entity(readers: list[Reader]) -> tuple[float, float]:
    """Offset of the O logit and temperature of the words, over both dev files, which count alike. Several readers (int8, float32) get
    the offset that suits them together, so that none owes its figure to its own rounding."""
    texts, words, gold = [], [], []
    for reader, name in product(readers, ("wnut17", "worldwide")):
        for row in read(f"entities/{name}.dev.jsonl")[:: 1 if name == "wnut17" else 2]:
            text, spans = spell(row["tokens"])
            encoded, logits = reader.entity(text)
            owners = np.array(token_owners(encoded, spans))[encoded.first_tokens()]
            texts.append((name, row["tags"], logits, owners))
            first = [i for i, o in enumerate(owners) if o >= 0 and (i == 0 or owners[i - 1] != o)]
            words.append(logits[first])
            gold += [ENTITY.index(row["tags"][owners[i]]) for i in first]

    def score(shift: float) -> float:
        counts: dict[str, list[np.ndarray]] = {"wnut17": [], "worldwide": []}
        for name, wanted, logits, owners in texts:
            tags = ["O"] * len(wanted)
            path = best_path(np.log(softmax(logits + shift * (np.arange(len(ENTITY)) == 0))), ENTITY)
            for owner, label in reversed(list(zip(owners, path, strict=True))):
                if owner >= 0:
                    tags[owner] = ENTITY[label]
            counts[name].append(entity_counts(wanted, tags, ("PER", "ORG", "LOC")))
        return float(np.mean([entity_f1(np.array(c)) for c in counts.values()]))

    shifts = np.arange(-2.0, 1.01, 0.125)
    shift = float(shifts[int(np.argmax([score(s) for s in shifts]))])
    logits = np.concatenate(words) + shift * (np.arange(len(ENTITY)) == 0)
    return shift, temperature(logits, np.array(gold))


def fit_salience(reader: Reader) -> float:
    logits, gold = [], []
    for row in labels.salient(held_out=True):
        logits += list(reader.salience(row["text"], [(a, b) for a, b, _ in row["sentences"]]))
        gold += labels.carried(row)
    return binary_temperature(np.array(logits), np.array(gold))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--shift", type=float, nargs=2, default=(0.0, 0.0), help="added to the offsets of against and favor")
    parser.add_argument("--sums", action="store_true", help="only renew SHA256SUMS")
    args = parser.parse_args()
    if args.sums:
        return write_sums(args.folder, SHIPPED)
    reader = Reader.exported(args.folder)
    reader.config = {"temperature": {}}
    stance_shift, stance_degree, _ = fit_stance(reader)
    stance_shift += np.array([args.shift[0], 0.0, args.shift[1]], np.float32)
    penalty, r = refit_score(reader)
    refit_sentiment(reader)
    refit_salience(reader)
    sentiment_shift, sentiment_degree, _ = fit_sentiment(reader)
    entity_shift, entity_degree = fit_entity([reader, Reader.exported(args.folder, "trunk.f32.onnx")])
    keep_degree, threshold = fit_keep(reader)
    degrees = {
        "sentiment": sentiment_degree,
        "stance": stance_degree,
        "keep": keep_degree,
        "salience": fit_salience(reader),
        "entity": entity_degree,
    }
    reader.heads["stance.out.bias"] += stance_shift
    reader.heads["sentiment.out.bias"] += sentiment_shift
    reader.heads["entity.out.bias"][0] += entity_shift
    print(f"offsets: stance {stance_shift}, sentiment {sentiment_shift}, entity {entity_shift}")
    print(f"score: penalty {penalty}, r on news {r:.3f}")
    print(f"temperatures: {degrees}; keep threshold {threshold}")
    save_file(reader.heads, args.folder / "heads.safetensors")
    config = {
        "name": "columnist-mini",
        "version": args.version,
        "hidden_size": HIDDEN,
        "max_positions": MAX_POSITIONS,
        "labels": {"sentiment": SENTIMENT, "stance": STANCE, "entity": ENTITY},
        "temperature": degrees,
        "threshold": {"keep": threshold},
        "data": TRAINED_ON,
        "quantization": "int8, per output channel; dynamic activations",
    }
    (args.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    write_sums(args.folder, SHIPPED)


if __name__ == "__main__":
    main()
