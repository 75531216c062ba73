"""The figures, computed as `columnist eval` computes them."""

from collections.abc import Callable, Sequence

import numpy as np


def class_f1(gold: np.ndarray, given: np.ndarray, classes: int) -> np.ndarray:
    """F1 of each class; 0 for a class that is neither in the data nor answered."""
    right = np.bincount(gold[gold == given], minlength=classes)
    both = np.bincount(gold, minlength=classes) + np.bincount(given, minlength=classes)
    return 2 * right / np.maximum(both, 1)


def macro_f1(gold: np.ndarray, given: np.ndarray, classes: int = 3) -> float:
    return float(class_f1(gold, given, classes).mean())


def polar_accuracy(gold: np.ndarray, probabilities: np.ndarray) -> float:
    """Of the rows that are not neutral: how often the right one of the two polar classes is the likelier."""
    polar = gold != 1
    return float(((probabilities[polar, 2] > probabilities[polar, 0]) == (gold[polar] == 2)).mean())


def kept_f1(gold: Sequence[int], given: Sequence[int]) -> float:
    """F1 of the kept tokens of one sentence."""
    both = sum(gold) + sum(given)
    return 2 * sum(a and b for a, b in zip(gold, given, strict=True)) / both if both else 1.0


def mentions(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """`(first token, last token, class)` of the mentions in BIO tags; a stray `I` begins one."""
    found, start, kind = set(), 0, ""
    for at, tag in enumerate([*tags, "O"]):
        side, _, name = tag.partition("-")
        if kind and (side != "I" or name != kind):
            found.add((start, at - 1, kind))
            kind = ""
        if side != "O" and not kind:
            start, kind = at, name
    return found


def entity_counts(gold: Sequence[str], given: Sequence[str], kinds: Sequence[str]) -> np.ndarray:
    """`[right, given, gold]` mentions of one text, exact in span and class."""
    a, b = ({m for m in mentions(tags) if m[2] in kinds} for tags in (gold, given))
    return np.array([len(a & b), len(b), len(a)])


def entity_f1(counts: np.ndarray) -> float:
    """F1 of summed counts `[texts, 3]`."""
    right, given, gold = counts.sum(0)
    return float(2 * right / max(given + gold, 1))


def interval(count: int, figure: Callable[[np.ndarray], float]) -> tuple[float, float]:
    """Bootstrap 95 % interval of a figure of row numbers, a thousand draws from a fixed seed."""
    draw = np.random.default_rng(1)
    values = [figure(draw.integers(0, count, count)) for _ in range(1000)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
