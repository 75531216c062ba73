"""What is asked of the heads: the gold labels of a batch, and to answer as other models do."""

from collections.abc import Collection
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor

from .batches import Batch
from .data import IGNORE, UNMARKED
from .model import ENTITY, Model

#: How much each head's loss counts.
SHARES = {"sentiment": 1.0, "score": 4.0, "stance": 1.5, "directed": 0.5, "keep": 1.0, "entity": 1.0, "salience": 0.5}
#: Added to the logit of a class that a source does not mark.
MASKED = -1e4
#: `[sources, classes]`: the same for each source of entities.
HIDDEN_CLASSES = torch.tensor([[MASKED * (tag[2:] in kinds) for tag in ENTITY] for kinds in UNMARKED.values()])


@dataclass(slots=True)
class Answers:
    """Logits of every head for everything in a batch (sizes as in `Batch`); the score is a value in -1..1."""

    sentiment: Tensor
    score: Tensor
    stance: Tensor
    directed: Tensor
    keep: Tensor
    entity: Tensor
    salience: Tensor


def answers(model: Model, batch: Batch) -> Answers:
    states = model(*batch.reads()).flatten(0, 1)
    means = states.new_zeros(len(batch.size), states.shape[1], dtype=torch.float)
    means = means.index_add(0, batch.span, states[batch.pooled].float()) / batch.size[:, None]
    texts = means[: len(batch.sentiment)]
    mentions, paragraphs = means[batch.mention], texts[batch.mention_text]
    held = [means[batch.holder], mentions[batch.held], paragraphs[batch.held]]
    return Answers(
        sentiment=model.heads["sentiment"](texts).float(),
        score=torch.tanh(model.heads["score"](texts).float()).squeeze(-1),
        stance=model.heads["stance"](torch.cat([mentions, paragraphs], -1)).float(),
        directed=model.heads["directed"](torch.cat(held, -1)).float(),
        keep=model.heads["keep"](states[batch.token]).float().squeeze(-1),
        entity=model.heads["entity"](states[batch.word]).float(),
        salience=model.heads["salience"](torch.cat([means[batch.sentence], texts[batch.sentence_text]], -1))
        .float()
        .squeeze(-1),
    )


def gold(given: Answers, batch: Batch, smoothing: float) -> Tensor:
    """The losses of all labels in the batch, each head's a weighted mean over its labelled rows."""

    def over(each: Tensor, weight: Tensor) -> Tensor:
        return (each * weight).sum() / weight.sum().clamp(min=1e-6)

    def classes(logits: Tensor, wanted: Tensor, weight: Tensor | float = 1.0, smoothing: float = smoothing) -> Tensor:
        each = F.cross_entropy(logits, wanted, ignore_index=IGNORE, label_smoothing=smoothing, reduction="none")
        return over(each, (wanted != IGNORE) * weight)

    scored, kept = ~batch.score.isnan(), batch.keep != IGNORE
    hidden = HIDDEN_CLASSES.to(given.entity.device, non_blocking=True)[batch.unmarked]
    keeps = F.binary_cross_entropy_with_logits(given.keep, batch.keep.clamp(min=0).float(), reduction="none")
    parts = {
        "sentiment": classes(given.sentiment, batch.sentiment),
        "score": over((given.score - batch.score.nan_to_num()) ** 2, batch.score_weight * scored),
        "stance": classes(given.stance + batch.stance_lean, batch.stance, batch.stance_weight),
        "directed": classes(given.directed, batch.stance[batch.held]),
        "keep": over(keeps, kept.float()),
        "entity": classes(given.entity + hidden, batch.entity, smoothing=0.0),
        "salience": ranked(given.salience, batch.salience, batch.sentence_text),
    }
    return torch.stack([SHARES[name] * part for name, part in parts.items()]).sum()


def ranked(given: Tensor, wanted: Tensor, passage: Tensor) -> Tensor:
    """Each sentence against its target in 0..1, and the sentences of a passage against each other (ListNet, Cao et al. 2007).
    All `[sentences]`; `passage` numbers the passages."""
    each = F.binary_cross_entropy_with_logits(given, wanted)
    same = passage[:, None] == passage[None, :]
    shares = wanted / (same * wanted).sum(-1).clamp(min=1e-6)
    log_shares = given - torch.where(same, given, float("-inf")).logsumexp(-1)
    passages = same.float().sum(-1).reciprocal().sum().clamp(min=1.0)
    return each - (shares * log_shares).sum() / passages


def soft(given: Answers, wanted: Answers, without: Collection[str] = ()) -> Tensor:
    """How far the answers lie from those of other models, on every row, labelled or not: Kullback-Leibler divergence of
    the classes (Hinton et al. 2015), squared difference of the score. Heads in `without` are not asked."""
    total = SHARES["score"] * ((given.score - wanted.score) ** 2).mean()
    for name in (n for n in ("sentiment", "stance", "directed", "entity") if n not in without):
        p, q = getattr(wanted, name).log_softmax(-1), getattr(given, name).log_softmax(-1)
        total = total + SHARES[name] * (p.exp() * (p - q)).sum(-1).mean()
    for name in ("keep", "salience"):
        p, q = getattr(wanted, name), getattr(given, name)
        each = F.binary_cross_entropy_with_logits(q, p.sigmoid(), reduction="none")
        least = F.binary_cross_entropy_with_logits(p, p.sigmoid(), reduction="none")
        total = total + SHARES[name] * (each - least).mean()
    return total


def mean(of: list[Answers]) -> Answers:
    """The mean of several models' answers: of log-probabilities, so a geometric mean of the classes' probabilities."""
    return Answers(*(torch.stack([getattr(a, f.name) for a in of]).mean(0) for f in fields(Answers)))
