"""The loss of each task over the token states of a batch."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .batches import labels
from .data import IGNORE, Example
from .model import Model

SALIENCE_WEIGHT = 0.5
#: Added to the logit of a class that a source does not mark.
MASKED = -1e4


def means(states: Tensor, spans: list[tuple[int, list[int]]]) -> Tensor:
    """Mean states `[N, D]` of `(row, positions)` spans in `states` `[B, T, D]`."""
    b, t, _ = states.shape
    weights = states.new_zeros(len(spans), b * t)
    for i, (row, positions) in enumerate(spans):
        weights[i, [row * t + p for p in positions]] = 1.0 / len(positions)
    return weights @ states.reshape(b * t, -1)


def whole(batch: list[Example], row: int) -> tuple[int, list[int]]:
    """The span of the whole text, `[CLS]` and `[SEP]` left out."""
    return row, list(range(1, len(batch[row].tokens) - 1))


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, for batches of one pool."""

    smoothing: float
    #: The score, beside the class of sentiment.
    score: float
    #: DSE rows in the stance head: they say what one named holder thinks of the target, not what the text does.
    directed_in_stance: float
    #: How alike a stance comes out of two readings with different dropout (R-Drop, Liang et al. 2021).
    agreement: float
    #: How the sentences of a passage rank, beside how salient each is.
    ranking: float


def loss(model: Model, batch: list[Example], states: Tensor, weights: Weights) -> Tensor:
    """Sum of the losses of all labels the batch has. Batches are of one pool, so one or two apply.

    Where `weights.agreement` is not zero, the second half of the batch is the first once more.
    """
    parts = []
    first = batch[0]
    if first.sentiment is not None:
        parts += _sentiment(model, batch, states, weights)
    if first.stance:
        parts += _stance(model, batch, states, weights)
    if first.keep is not None:
        wanted = labels(batch, "keep", states.shape[1])
        known = wanted != IGNORE
        logits = model.heads["keep"](states.reshape(len(known), -1)[known]).squeeze(-1)
        parts.append(F.binary_cross_entropy_with_logits(logits, wanted[known].float()))
    if first.entity is not None:
        wanted = labels(batch, "entity", states.shape[1])
        known = wanted != IGNORE
        logits = model.heads["entity"](states.reshape(len(known), -1)[known])
        hidden = torch.zeros(logits.shape[-1])
        hidden[list(first.unmarked)] = MASKED
        parts.append(F.cross_entropy(logits + hidden, wanted[known]))
    if first.salience:
        parts.append(SALIENCE_WEIGHT * _salience(model, batch, states, weights.ranking))
    return torch.stack(parts).sum()


def _sentiment(model: Model, batch: list[Example], states: Tensor, weights: Weights) -> list[Tensor]:
    pooled = means(states, [whole(batch, row) for row in range(len(batch))])
    wanted = torch.tensor([e.sentiment for e in batch])
    scores = torch.tensor([e.score for e in batch])
    given = torch.tanh(model.heads["score"](pooled)).squeeze(-1)
    return [
        F.cross_entropy(model.heads["sentiment"](pooled), wanted, label_smoothing=weights.smoothing),
        weights.score * F.mse_loss(given, scores),
    ]


def _stance(model: Model, batch: list[Example], states: Tensor, weights: Weights) -> list[Tensor]:
    rows = [(row, mention, label) for row, e in enumerate(batch) for mention, label in e.stance]
    mentions = means(states, [(row, mention) for row, mention, _ in rows])
    paragraphs = means(states, [whole(batch, row) for row, _, _ in rows])
    wanted = torch.tensor([label for *_, label in rows])
    logits = model.heads["stance"](torch.cat([mentions, paragraphs], -1))
    stance = F.cross_entropy(logits, wanted, label_smoothing=weights.smoothing)
    if weights.agreement:
        once, again = F.log_softmax(logits, -1).chunk(2)
        apart = ((once.exp() - again.exp()) * (once - again)).sum(-1).mean() / 2
        stance = stance + weights.agreement * apart
    if not batch[0].directed:
        return [stance]
    # The targets of a directed batch are the mentions of its stance rows, in the same order.
    holders = means(states, [(row, holder) for row, e in enumerate(batch) for holder, _, _ in e.directed])
    logits = model.heads["directed"](torch.cat([holders, mentions, paragraphs], -1))
    return [weights.directed_in_stance * stance, F.cross_entropy(logits, wanted, label_smoothing=weights.smoothing)]


def _salience(model: Model, batch: list[Example], states: Tensor, ranking: float) -> Tensor:
    """Each sentence against its target, and the sentences of a passage against each other (Cao et al. 2007)."""
    spans = [(row, p) for row, e in enumerate(batch) for p, _ in e.salience]
    wanted = torch.tensor([t for e in batch for _, t in e.salience])
    paragraphs = means(states, [whole(batch, row) for row, _ in spans])
    logits = model.heads["salience"](torch.cat([means(states, spans), paragraphs], -1)).squeeze(-1)
    each = F.binary_cross_entropy_with_logits(logits, wanted)
    if not ranking:
        return each
    sizes = [len(e.salience) for e in batch]
    ranks = [
        F.cross_entropy(given, share / share.sum())
        for given, share in zip(logits.split(sizes), wanted.split(sizes), strict=True)
        if share.sum() > 0
    ]
    return each + ranking * torch.stack(ranks).mean() if ranks else each
