"""Trains one phase of a run: `python -m training.train --phase stable --out /tmp/run`.

Batches are of one task each; a step takes one batch, split over single-threaded workers that share the
weights and keep their own gradients. Phases make a warmup-stable-decay schedule (Hu et al. 2024): a
constant rate, snapshots on the way, and a last phase whose rate falls to zero. Weights are also averaged
exponentially (EMA); the averages are what is exported.
"""

import argparse
import copy
import random
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .aware import View
from .batches import Pool, tensors
from .data import pools
from .losses import Weights, loss
from .model import LAYERS, Dropout, Model, Trunk

CONFIG = Path(__file__).with_name("config.toml")
#: The average is renewed every so many steps; a renewal reads and writes all weights.
EMA_EVERY = 5
SNAPSHOT_EVERY = 100
#: Of a phase, where the configuration is silent.
DEFAULTS = {
    "decay": False,
    "int8": False,
    "rate": 1.0,
    "run": {},
    "score": {},
    "directed_in_stance": {},
    "agreement": {},
    "ranking": 0.0,
}


def optimizers(model: Model, settings: dict) -> list[torch.optim.Optimizer]:
    """AdamW with a rate for each layer, and a lazy Adam for the word table, whose gradient is sparse."""
    base, decay = settings["trunk_rate"], settings["layer_decay"]

    def rate(name: str) -> float:
        if name.startswith("heads."):
            return settings["head_rate"]
        parts = name.split(".")
        depth = int(parts[2]) + 1 if parts[1] == "layers" else 0
        if parts[1] == "case":  # Starts with no signal in it, so it may move as fast as a head.
            return settings["head_rate"]
        return base * decay ** (LAYERS - depth)

    groups = [
        {"params": [p], "lr": rate(n), "rate": rate(n), "weight_decay": settings["weight_decay"] * (p.ndim > 1)}
        for n, p in model.named_parameters()
        if n != "trunk.words.weight"
    ]
    words = {"params": [model.trunk.words.weight], "lr": 0.0, "rate": rate("trunk.words.weight")}
    return [torch.optim.AdamW(groups, fused=True), torch.optim.SparseAdam([words], lr=1e-9)]


def workers(model: Model, count: int, seed: int) -> list[Model]:
    """Copies of the model that share its weights but not its gradients or its dropout."""
    made = [copy.deepcopy(model) for _ in range(count)]
    for number, worker in enumerate(made):
        for mine, shared in zip(worker.parameters(), model.parameters(), strict=True):
            mine.data = shared.data
        generator = torch.Generator().manual_seed(seed * 1000 + number)
        for module in worker.modules():
            if isinstance(module, Dropout):
                module.generator = generator
    return made


def gradient(worker: Model, part: list, share: float, weights: Weights) -> float:
    """Adds the gradient of a part of a batch, its share of the texts, to the worker's own; gives its loss."""
    part = part * 2 if weights.agreement else part
    ids, types, mask = tensors(part)
    value = loss(worker, part, worker(ids, types, None if mask.all() else mask), weights)
    (value * share).backward()
    return value.item()


def train(settings: dict, phase: dict, model: Model, average: Model, folder: Path) -> None:
    run, tuning = settings["run"], settings["optimizer"]
    seed = f"{run['seed']}-{phase['name']}"
    draw = random.Random(seed)
    everything = pools()
    mixed = {n: Pool(n, everything[n], settings, run["seed"] + len(seed)) for n in phase["mix"]}
    view = View(model) if phase["int8"] else None
    team = workers(view.model if view else model, run["workers"], draw.randrange(10**6))
    chosen = optimizers(model, tuning)
    dense = [p for n, p in model.named_parameters() if n != "trunk.words.weight"]
    weights = {
        name: Weights(
            smoothing=tuning["label_smoothing"],
            score=phase["score"].get(name, 3.0),
            directed_in_stance=phase["directed_in_stance"].get(name, 0.5),
            agreement=phase["agreement"].get(name, 0.0),
            ranking=phase["ranking"],
        )
        for name in mixed
    }
    totals: dict[str, list[float]] = {name: [] for name in mixed}
    started, tokens = time.time(), 0
    with ThreadPoolExecutor(len(team)) as threads:
        for step in range(phase["steps"]):
            warm = min(1.0, (step + 1) / tuning["warmup_steps"])
            fall = 1.0 - step / phase["steps"] if phase["decay"] else 1.0
            for group in (g for o in chosen for g in o.param_groups):
                group["lr"] = group["rate"] * min(warm, fall) * phase["rate"]
            name = draw.choices(list(mixed), weights=list(phase["mix"].values()))[0]
            batch = mixed[name].next()
            parts = [part for part in (batch[i :: len(team)] for i in range(len(team))) if part]
            jobs = [
                threads.submit(gradient, worker, part, len(part) / len(batch), weights[name])
                for worker, part in zip(team, parts, strict=False)
            ]
            totals[name] += [job.result() for job in jobs]
            collect(team, model)
            torch.nn.utils.clip_grad_norm_(dense, tuning["clip"])
            for optimizer in chosen:
                optimizer.step()
                optimizer.zero_grad()
            if view:
                view.renew(torch.tensor([i for e in batch for i in e.tokens.ids]))
            if (step + 1) % EMA_EVERY == 0:
                update(average, model, min(tuning["ema"], (step + 1) / (step + 20)) ** EMA_EVERY)
            tokens += sum(len(e.tokens) for e in batch)
            if (step + 1) % 50 == 0:
                losses = " ".join(f"{n} {sum(t) / len(t):.3f}" for n, t in totals.items() if t)
                spent = time.time() - started
                print(f"{step + 1} {spent:.0f}s {tokens / spent:.0f} tok/s {losses}", flush=True)
                totals = {name: [] for name in mixed}
            if (step + 1) % SNAPSHOT_EVERY == 0 or step + 1 == phase["steps"]:
                save(average, folder / "average.safetensors")
                save(model, folder / "model.safetensors")


def collect(team: list[Model], model: Model) -> None:
    """Moves every worker's gradient to the model, in a fixed order."""
    for worker in team:
        for mine, whole in zip(worker.parameters(), model.parameters(), strict=True):
            if mine.grad is not None:
                whole.grad = mine.grad if whole.grad is None else whole.grad + mine.grad
                mine.grad = None


@torch.no_grad()
def update(average: Model, model: Model, keep: float) -> None:
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1.0 - keep)


def save(model: Model, path: Path) -> None:
    """Writes the weights; the file has its name only when it is complete."""
    part = path.with_suffix(".part")
    save_file({n: p.contiguous() for n, p in model.state_dict().items()}, part)
    part.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phase", required=True, help="name of the phase in the configuration")
    parser.add_argument("--out", type=Path, required=True, help="folder for weights; the next phase starts from it")
    parser.add_argument("--start", type=Path, help="folder of the phase before; left out, starts from the base model")
    parser.add_argument("--config", type=Path, default=CONFIG)
    args = parser.parse_args()
    settings = tomllib.loads(args.config.read_text(encoding="utf-8"))
    phase = DEFAULTS | next(p for p in settings["phase"] if p["name"] == args.phase)
    settings["run"] |= phase["run"]
    torch.set_num_threads(1)
    torch.manual_seed(settings["run"]["seed"])
    dropout = settings["optimizer"]["dropout"]
    model = Model(Trunk.pretrained(dropout), dropout)
    if args.start:
        # What is kept in the repository is the average alone.
        last = args.start / "model.safetensors"
        model.load_state_dict(load_file(last if last.exists() else args.start / "average.safetensors"))
    average = copy.deepcopy(model).requires_grad_(False)
    if args.start:
        average.load_state_dict(load_file(args.start / "average.safetensors"))
    args.out.mkdir(parents=True, exist_ok=True)
    print(f"phase {phase}", flush=True)
    train(settings, phase, model, average, args.out)


if __name__ == "__main__":
    main()
