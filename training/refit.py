"""The score head, fitted anew on the finished trunk, and the share of it that the sentiment head takes."""

import numpy as np

from .data import EMOBANK_SCALE, read
from .model import HIDDEN
from .predict import Reader, paragraph


def refit_score(reader: Reader) -> tuple[int, float]:
    """Fits the score anew by ridge regression (Hoerl and Kennard 1970) on the finished trunk; gives penalty and r.

    The head learns its scores from reviews, tweets and letters at once; the regression learns from EmoBank's train
    rows alone, the set nearest to news. The shipped head is the regression and half the learned head, in units
    of their spread. The penalty is chosen on news by Pearson's r.
    """

    def pooled(rows: list[dict]) -> np.ndarray:
        return np.array([paragraph(*reader.read(r["text"])) for r in rows])

    train, news = read("sentiment/emobank.train.jsonl"), read("sentiment/emobank-news.dev.jsonl")
    x, held = pooled(train), pooled(news)
    y = EMOBANK_SCALE * np.array([r["score"] for r in train])
    wanted = np.array([r["score"] for r in news])
    learned = reader.heads["score.out.weight"][0]
    centred = x - x.mean(0)
    best, chosen, weight = -1.0, 0, learned
    for penalty in (10, 30, 100, 300, 1000):
        fitted = np.linalg.solve(centred.T @ centred + penalty * np.eye(HIDDEN), centred.T @ (y - y.mean()))
        mix = fitted + 0.5 * learned * (x @ fitted).std() / (x @ learned).std()
        r = float(np.corrcoef(held @ mix, wanted)[0, 1])
        if r > best:
            best, chosen, weight = r, penalty, mix
    # The spread of the learned head's answers stays; the mean answer is the mean of the train scores.
    weight = weight * (x @ learned).std() / (x @ weight).std()
    reader.heads["score.out.weight"] = weight[None].astype(np.float32)
    reader.heads["score.out.bias"] = np.array([y.mean() - x.mean(0) @ weight], np.float32)
    return chosen, best


def lean(reader: Reader, share: float) -> None:
    """Adds `share` times the score's logit to the positive logit of sentiment and takes it from the negative one.

    Both heads are linear in the same mean state, so the sum is again one linear head.
    """
    for part in ("weight", "bias"):
        score = reader.heads[f"score.out.{part}"]
        reader.heads[f"sentiment.out.{part}"] = (
            reader.heads[f"sentiment.out.{part}"] + share * np.concatenate([-score, 0 * score, score])
        ).astype(np.float32)
