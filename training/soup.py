"""Two models as one: `python -m training.soup A B --share 0.5 --out C`.

Weights are averaged one by one (model soup, Wortsman et al. 2022), which asks that both models descend from the same
weights. Where only the trunks do, `--heads beside` puts the heads of two layers, which have no weights in common, side by
side in one head twice as wide; it gives the mean of their logits.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor


def soup(first: dict[str, Tensor], second: dict[str, Tensor], share: float, beside: bool) -> dict[str, Tensor]:
    """Weights of both, `share` of the first in the mean of the trunks."""

    def merged(name: str, a: Tensor, b: Tensor) -> Tensor:
        head, _, part = name.rpartition(".out.")
        if beside and ".dense." in name:
            return torch.cat([a, b])
        if beside and f"{head}.dense.bias" in first and part == "weight":
            return torch.cat([a, b], dim=1) / 2
        return b.lerp(a, share if name.startswith("trunk.") else 0.5)

    return {name: merged(name, first[name].float(), second[name].float()) for name in first}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("first", type=Path, help="weights of a model")
    parser.add_argument("second", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the first in the mean of the trunks")
    parser.add_argument("--heads", choices=["mean", "beside"], default="mean")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(soup(load_file(args.first), load_file(args.second), args.share, args.heads == "beside"), args.out)


if __name__ == "__main__":
    main()
