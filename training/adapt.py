"""Reads on in the texts of training before any task is learned: `python -m training.adapt --out runs/adapted`.

Masked language modelling (Devlin et al. 2019) on the texts of all pools and the articles of `articles/html`
(task-adaptive pretraining, Gururangan et al. 2020). The base model was made for sentence embeddings and has no
language-model head left, so a new one is learned beside it, over the word table, and thrown away.
"""

import argparse
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from .batches import Batch, batches
from .data import Example, load_pools
from .labels import bodies
from .model import HIDDEN, VOCABULARY
from .text import MASK, encode_all
from .train import DEVICE, load, save, settings_of, share_of_rate

#: Share of tokens to be guessed; of these, shares shown as `[MASK]` and as a random token.
GUESSED, HIDDEN_SHARE, RANDOM_SHARE = 0.15, 0.8, 0.1
WARMUP = 100


class LanguageHead(nn.Module):
    """States to logits over the vocabulary, through the word table."""

    def __init__(self):
        super().__init__()
        self.dense, self.norm = nn.Linear(HIDDEN, HIDDEN), nn.LayerNorm(HIDDEN)
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))

    def forward(self, states: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        return self.norm(F.gelu(self.dense(states))) @ words.T + self.bias


def hidden(batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Hides tokens of the batch in place; gives their numbers and what they were."""
    ids = batch.ids.view(-1)
    chosen = batch.token[torch.rand(len(batch.token), device=ids.device) < GUESSED]
    wanted = ids[chosen].clone()
    dice = torch.rand(len(chosen), device=ids.device)
    ids[chosen[dice < HIDDEN_SHARE]] = MASK
    other = chosen[dice > 1 - RANDOM_SHARE]
    ids[other] = torch.randint(1000, VOCABULARY, (len(other),), device=ids.device)
    return chosen, wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--out", type=Path, required=True, help="folder for `model.safetensors`")
    parser.add_argument("--pools", type=Path, help="written by `python -m training.data`")
    args = parser.parse_args()
    settings = settings_of(None)
    texts = [paragraph for body in bodies().values() for paragraph in body]
    pools = load_pools(args.pools) | {"articles": [Example(tokens) for tokens in encode_all(texts)]}
    settings["mix"] = {name: 4 * math.isqrt(len(pool) // 20) for name, pool in pools.items()}
    torch.manual_seed(args.seed)
    model, head = load(None, 0.1), LanguageHead().to(DEVICE)
    weights = [*model.trunk.parameters(), *head.parameters()]
    chosen = torch.optim.AdamW(weights, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    feed = batches(pools, settings, args.seed)
    started = time.time()
    for step in range(args.steps):
        batch = next(feed).to(DEVICE)
        guessed, wanted = hidden(batch)
        for group in chosen.param_groups:
            group["lr"] = args.rate * share_of_rate(step, args.steps, WARMUP)
        with torch.autocast(DEVICE, torch.bfloat16):
            states = model(*batch.reads()).flatten(0, 1)[guessed]
            loss = F.cross_entropy(head(states, model.trunk.words.weight).float(), wanted)
        chosen.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        chosen.step()
        if (step + 1) % 100 == 0:
            print(f"{step + 1} of {args.steps}, {time.time() - started:.0f} s, loss {loss.item():.3f}", flush=True)
    save(model, args.out)


if __name__ == "__main__":
    main()
