"""Trains a model: `python -m training.train --seed 1 --out runs/teacher1`.

A step reads texts of every pool at once, so that no task is ahead of another, and the rate rises, then falls to zero
along a cosine. With `--teachers`, the model learns from the mean of their answers beside the gold labels, on every
text and for every head (distillation, Hinton et al. 2015): a text labelled for one task so teaches them all, and no
head forgets what it knew of the others' texts. Runs on a GPU if there is one, in bfloat16 either way.
"""

import argparse
import math
import time
import tomllib
from collections import defaultdict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .batches import batches
from .data import Example, load_pools
from .losses import Answers, answers, gold, mean, soft
from .model import LAYERS, Model, Trunk

CONFIG = Path(__file__).with_name("config.toml")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def optimizer(model: Model, settings: dict) -> torch.optim.Optimizer:
    """AdamW with a rate for each layer, lower the deeper it lies."""
    base, decay = settings["trunk_rate"], settings["layer_decay"]

    def rate(name: str) -> float:
        parts = name.split(".")
        # The case table starts with no signal in it, so it may move as fast as a head.
        if parts[0] == "heads" or parts[1] == "case":
            return settings["head_rate"]
        depth = int(parts[2]) + 1 if parts[1] == "layers" else 0
        return base * decay ** (LAYERS - depth)

    groups: dict[tuple[float, float], list[torch.Tensor]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        groups[rate(name), settings["weight_decay"] * (parameter.ndim > 1)].append(parameter)
    made = [{"params": p, "lr": 0.0, "rate": r, "weight_decay": d} for (r, d), p in groups.items()]
    return torch.optim.AdamW(made, betas=(0.9, 0.98), fused=True)


def share_of_rate(step: int, steps: int, warmup: int) -> float:
    """Rises over the warm-up, and falls to zero along a cosine."""
    return min(1.0, (step + 1) / warmup) * (1 + math.cos(math.pi * step / steps)) / 2


def train(model: Model, pools: dict[str, list[Example]], settings: dict, seed: int, teachers: list[Model]) -> None:
    tuning, steps = settings["optimizer"], settings["run"]["steps"]
    agreement, share = tuning["agreement"], tuning["gold_share"] if teachers else 1.0
    chosen = optimizer(model, tuning)
    feed = batches(pools, settings, seed)
    started = time.time()
    for step in range(steps):
        batch = next(feed).to(DEVICE)
        for group in chosen.param_groups:
            group["lr"] = group["rate"] * share_of_rate(step, steps, tuning["warmup_steps"])
        with torch.autocast(DEVICE, torch.bfloat16):
            given = answers(model, batch)
            loss = share * gold(given, batch, tuning["label_smoothing"])
            if teachers:
                loss = loss + (1 - share) * soft(given, taught(teachers, batch), tuning["untaught"])
            if agreement:
                again = answers(model, batch)
                loss = (loss + share * gold(again, batch, tuning["label_smoothing"])) / 2
                loss = loss + agreement * (soft(given, again) + soft(again, given)) / 2
        chosen.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), tuning["clip"])
        chosen.step()
        if (step + 1) % 20 == 0:
            print(f"{step + 1} of {steps}, {time.time() - started:.0f} s, loss {loss.item():.3f}", flush=True)


@torch.no_grad()
def taught(teachers: list[Model], batch) -> Answers:
    return mean([answers(teacher, batch) for teacher in teachers])


def load(path: Path | None, dropout: float = 0.0) -> Model:
    """The weights in `path`, or the base model with new heads."""
    if path is None:
        return Model(Trunk.pretrained(dropout), dropout).to(DEVICE)
    return Model.of(load_file(path), dropout).to(DEVICE)


def save(model: Model, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_file({n: p.contiguous().cpu() for n, p in model.state_dict().items()}, folder / "model.safetensors")


def settings_of(phase: str | None) -> dict:
    """The configuration, with the tables of a phase in place of the common ones."""
    settings = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    phases = settings.pop("phase")
    for table, values in (phases[phase] if phase else {}).items():
        settings[table] |= values
    return settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for `model.safetensors`")
    parser.add_argument("--start", type=Path, help="weights to start from; left out, the base model")
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="weights of models to learn from")
    parser.add_argument("--pools", type=Path, help="written by `python -m training.data`")
    parser.add_argument("--phase", help="a phase of the configuration")
    parser.add_argument("--steps", type=int, help="in place of the configuration's")
    args = parser.parse_args()
    settings = settings_of(args.phase)
    settings["run"]["steps"] = args.steps or settings["run"]["steps"]
    print(f"seed {args.seed}, {settings}", flush=True)
    torch.manual_seed(args.seed)
    model = load(args.start, settings["optimizer"]["dropout"])
    teachers = [load(path).eval() for path in args.teachers]
    train(model, load_pools(args.pools), settings, args.seed, teachers)
    save(model, args.out)


if __name__ == "__main__":
    main()
