"""Heads fitted anew on the finished trunk: the score and the class of sentiment, and salience."""

import numpy as np
import torch
import torch.nn.functional as F

from . import labels
from .data import EMOBANK_SCALE
from .facts import taught
from .losses import ranked
from .model import HIDDEN, SENTIMENT, Head
from .predict import Reader, paragraph
from .records import read

#: What the sentiment head is fitted on, beside our own ratings of news: train file, its share, and every how many rows.
REFITTED = [("emobank", 0.5, 1), ("sst", 0.5, 3), ("vader-tweets", 0.25, 4), ("vader-amazon", 0.25, 4)]
RATED_SHARE = 1.0
#: Share of the plain facts, all of them neutral.
FACTS_SHARE = 0.3
#: What it costs to leave the learned weights. Between 0.02 and 0.2 dev hardly sees a difference.
WAY_PENALTY = 0.1
#: How often the salience head reads its passages, and how many in a step.
EPOCHS, PASSAGES = 20, 64


def pooled(reader: Reader, rows: list[dict]) -> np.ndarray:
    """Mean states `[rows, 384]`."""
    return np.array([paragraph(*reader.read(r["text"])) for r in rows])


def refit_score(reader: Reader) -> tuple[int, float]:
    """Fits the score anew by ridge regression (Hoerl and Kennard 1970) on the finished trunk; gives penalty and r.

    The head learns its scores from reviews, tweets and letters at once; the regression learns from EmoBank's train
    rows and our own ratings of news on its scale. The shipped head is the regression and half the learned head, in units
    of their spread. The penalty is chosen on news by Pearson's r.
    """

    train = read("sentiment/emobank.train.jsonl") + labels.rated(held_out=False)
    news = read("sentiment/emobank-news.dev.jsonl")
    x, held = pooled(reader, train), pooled(reader, news)
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


def refit_sentiment(reader: Reader) -> None:
    """Moves the sentiment head toward what the finished trunk tells of its train rows, EmoBank's before others.

    A logistic regression on the trunk's states, held to the learned weights by a penalty on the way it goes from
    them. Within each set the classes count alike, as they do in macro-F1.
    """
    x, y, weight = [], [], []
    sets = [(read(f"sentiment/{name}.train.jsonl")[::step], share) for name, share, step in REFITTED]
    for rows, share in [*sets, (labels.rated(held_out=False), RATED_SHARE)]:
        classes = np.array([SENTIMENT.index(r["label"]) for r in rows])
        x.append(pooled(reader, rows))
        y.append(classes)
        weight.append(share / len(SENTIMENT) / np.bincount(classes)[classes])
    facts = [text for text, _ in taught()]
    x.append(np.array([paragraph(*reader.read(text)) for text in facts]))
    y.append(np.ones(len(facts), np.int64))
    weight.append(np.full(len(facts), FACTS_SHARE / len(facts)))
    states = np.concatenate(x)
    mean, spread = states.mean(0), states.std(0)
    inputs = torch.from_numpy((states - mean) / spread)
    wanted, weights = torch.from_numpy(np.concatenate(y)), torch.from_numpy(np.concatenate(weight)).float()
    learned = torch.from_numpy(reader.heads["sentiment.out.weight"] * spread)
    bias = torch.from_numpy(reader.heads["sentiment.out.bias"] + reader.heads["sentiment.out.weight"] @ mean)
    moved = [learned.clone().requires_grad_(), bias.clone().requires_grad_()]
    optimizer = torch.optim.LBFGS(moved, max_iter=200, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimizer.zero_grad()
        each = F.cross_entropy(inputs @ moved[0].T + moved[1], wanted, reduction="none")
        total = (each * weights).sum() / weights.sum() + WAY_PENALTY * ((moved[0] - learned) ** 2).sum()
        total.backward()
        return total

    optimizer.step(cost)
    matrix, bias = moved[0].detach().numpy() / spread, moved[1].detach().numpy()
    reader.heads["sentiment.out.weight"] = matrix.astype(np.float32)
    reader.heads["sentiment.out.bias"] = (bias - matrix @ mean).astype(np.float32)


def refit_salience(reader: Reader) -> None:
    """Fits the salience head anew on the trunk's states: each passage asks which of its sentences stands for it."""
    passages = []
    for row in labels.salient(held_out=False):
        states = reader.spans(row["text"], [(a, b) for a, b, _ in row["sentences"]])
        read = [(state, carries) for state, carries in zip(states, labels.carried(row), strict=True) if state is not None]
        passages.append((np.array([state for state, _ in read]), np.array([carries for _, carries in read], np.float32)))
    torch.manual_seed(1)
    head = Head("salience", dropout=0.3)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.05)
    steps = EPOCHS * len(passages) // PASSAGES
    rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    order = np.random.default_rng(1)
    for _ in range(steps):
        chosen = order.choice(len(passages), PASSAGES, replace=False)
        owner = torch.tensor(np.repeat(np.arange(PASSAGES), [len(passages[i][1]) for i in chosen]))
        states, carried = (torch.from_numpy(np.concatenate([passages[i][of] for i in chosen])) for of in (0, 1))
        loss = ranked(head(states)[:, 0], carried, owner)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rates.step()
    for name, weight in head.state_dict().items():
        reader.heads[f"salience.{name}"] = weight.numpy()
