"""Fits temperatures, decision offsets and the keep threshold on the dev files, and writes `config.json`.

`python -m training.calibrate DIR` reads the int8 model, folds the offsets into the biases of the heads, and
ends with `SHA256SUMS`. A temperature (Guo et al. 2017) is one number a head: it changes how sure an answer is,
never which answer it is. Run it once on a fresh export; a second run would fold the offsets again.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from .data import DATA, read, spell, token_owners
from .evaluate import token_keeps
from .metrics import entity_counts, entity_f1, kept_f1, macro_f1
from .model import ENTITY, HIDDEN, SENTIMENT, STANCE
from .predict import Reader, best_path, sigmoid, softmax
from .salience import pages, paragraph_targets
from .text import MAX_POSITIONS

TRAINED_ON = [
    "NewsMTSC", "DSE", "SST", "VADER tweets", "VADER Amazon snippets", "EmoBank (non-news genres)",
    "Google sentence compression (10,000 pairs)", "Wikigold", "WNUT17", "Broad Twitter Corpus",
    "scrapinghub article extraction benchmark (page titles as salience labels)",
]  # fmt: skip
#: Share of DSE's neutral rows that may be called polar.
POLAR_AT_MOST = 0.30
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


def offset(logits: np.ndarray, groups: list[tuple[slice, np.ndarray]], lowest: float) -> float:
    """What to add to the neutral logit for the best macro-F1, the mean of `(rows, gold)` groups.

    The curve is smoothed before its top is taken, so that a few rows do not decide.
    """
    grid = np.round(np.arange(lowest, 1.01, 0.05), 2)

    def score(b: float) -> float:
        answers = (logits + np.array([0.0, b, 0.0])).argmax(-1)
        return float(np.mean([macro_f1(gold, answers[rows]) for rows, gold in groups]))

    curve = np.convolve(np.pad([score(b) for b in grid], 3, mode="edge"), np.ones(7) / 7, mode="valid")
    return float(grid[int(curve.argmax())])


def three_classes(groups: list[tuple[np.ndarray, np.ndarray]], lowest: float = -1.0) -> tuple[float, float]:
    """Offset, at least `lowest`, and temperature for `(logits, gold)` groups that count alike."""
    ends = np.cumsum([len(gold) for _, gold in groups])
    rows = [slice(end - len(gold), end) for end, (_, gold) in zip(ends, groups, strict=True)]
    logits = np.concatenate([x for x, _ in groups])
    shift = offset(logits, [(r, gold) for r, (_, gold) in zip(rows, groups, strict=True)], lowest)
    shifted = logits + np.array([0.0, shift, 0.0])
    return shift, temperature(shifted, np.concatenate([gold for _, gold in groups]))


def fit_stance(reader: Reader) -> tuple[float, float]:
    """On NewsMTSC, but never so far from neutral that too many of DSE's neutral rows become polar."""
    rows = [r for r in read("stance/dse.dev.jsonl")[::2] if r["label"] == "neutral"]
    logits = np.array([reader.stance(r["text"], r["start"], r["end"]) for r in rows])
    margin = logits[:, 1] - np.maximum(logits[:, 0], logits[:, 2])
    lowest = float(-np.quantile(margin, POLAR_AT_MOST))
    groups = []
    for name in ("rw", "mt"):
        rows = read(f"stance/newsmtsc-{name}.dev.jsonl")
        logits = np.array([reader.stance(r["text"], r["start"], r["end"]) for r in rows])
        groups.append((logits, np.array([STANCE.index(r["label"]) for r in rows])))
    return three_classes(groups, max(-1.0, lowest))


def fit_sentiment(reader: Reader) -> tuple[float, float]:
    """News counts as much as reviews: this head is used on news."""
    groups = []
    for name in ("emobank-news", "sst"):
        rows = read(f"sentiment/{name}.dev.jsonl")
        logits = np.array([reader.sentiment(r["text"])[0] for r in rows])
        groups.append((logits, np.array([SENTIMENT.index(r["label"]) for r in rows])))
    return three_classes(groups)


def fold_score(reader: Reader) -> float:
    """Adds to the score a share of how far the sentiment head's positive logit stands above its negative one.

    Both are linear in the same mean state, so the sum is again one linear head. Gives the share of the best
    Pearson's r on news; the spread of the scores stays.
    """
    rows = read("sentiment/emobank-news.dev.jsonl")
    wanted = np.array([r["score"] for r in rows])
    own = np.arctanh(np.array([reader.sentiment(r["text"])[1] for r in rows]))
    logits = np.array([reader.sentiment(r["text"])[0] for r in rows])
    other = logits[:, 2] - logits[:, 0]
    shares = np.arange(0.0, 0.51, 0.02)
    mixes = [own + share * other for share in shares]
    best = int(np.argmax([np.corrcoef(np.tanh(mix), wanted)[0, 1] for mix in mixes]))
    share, scale = float(shares[best]), float(own.std() / mixes[best].std())
    for part in ("weight", "bias"):
        sentiment = reader.heads[f"sentiment.out.{part}"]
        mixed = reader.heads[f"score.out.{part}"] + share * (sentiment[2:3] - sentiment[0:1])
        reader.heads[f"score.out.{part}"] = (scale * mixed).astype(np.float32)
    return share


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


def fit_entity(reader: Reader) -> tuple[float, float]:
    """Offset of the O logit and temperature of the words, over both dev files, which count alike."""
    texts, words, gold = [], [], []
    for name in ("wnut17", "worldwide"):
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

    shifts = np.arange(-2.0, 1.01, 0.25)
    shift = float(shifts[int(np.argmax([score(s) for s in shifts]))])
    logits = np.concatenate(words) + shift * (np.arange(len(ENTITY)) == 0)
    return shift, temperature(logits, np.array(gold))


def fit_salience(reader: Reader) -> float:
    logits, gold = [], []
    for page in pages(DATA / "articles" / "html", held_out=True):
        for text, marks in paragraph_targets(page):
            logits += list(reader.salience(text, [span for span, _ in marks]))
            gold += [target for _, target in marks]
    return binary_temperature(np.array(logits), np.array(gold))


def write_sums(folder: Path) -> None:
    sums = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}" for n in SHIPPED if (folder / n).exists()]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--sums", action="store_true", help="only renew SHA256SUMS")
    args = parser.parse_args()
    if args.sums:
        return write_sums(args.folder)
    reader = Reader(args.folder)
    reader.config = {"temperature": {}}
    stance_shift, stance_degree = fit_stance(reader)
    sentiment_shift, sentiment_degree = fit_sentiment(reader)
    share = fold_score(reader)
    entity_shift, entity_degree = fit_entity(reader)
    keep_degree, threshold = fit_keep(reader)
    degrees = {
        "sentiment": sentiment_degree,
        "stance": stance_degree,
        "keep": keep_degree,
        "salience": fit_salience(reader),
        "entity": entity_degree,
    }
    reader.heads["stance.out.bias"][1] += stance_shift
    reader.heads["sentiment.out.bias"][1] += sentiment_shift
    reader.heads["entity.out.bias"][0] += entity_shift
    print(f"offsets: stance {stance_shift:.2f}, sentiment {sentiment_shift:.2f}, entity {entity_shift}")
    print(f"the score takes {share:.2f} of the sentiment logits")
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
    write_sums(args.folder)


if __name__ == "__main__":
    main()
