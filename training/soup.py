"""The mean of two runs' weights (model soup, Wortsman et al. 2022): `python -m training.soup A B --share 0.6 --out C`.

Both must descend from the same weights, else their mean is no model.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("first", type=Path, help="`average.safetensors` of a run")
    parser.add_argument("second", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the first in the mean")
    parser.add_argument("--out", type=Path, required=True, help="the mean in float32")
    parser.add_argument("--half", type=Path, help="the same in float16, as the repository keeps it")
    args = parser.parse_args()
    first, second = load_file(args.first), load_file(args.second)
    mean = {n: second[n].float().lerp(first[n].float(), args.share) for n in first}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(mean, args.out)
    if args.half:
        save_file({n: w.to(torch.float16) for n, w in mean.items()}, args.half)


if __name__ == "__main__":
    main()
