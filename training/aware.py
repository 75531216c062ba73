"""Quantization-aware training (Jacob et al. 2018): the network learns on the numbers that the int8 engine has.

What `quantize.py` does to the exported graph is done here to the network under training, in float32: the
matrices and the word table are rounded by the same rule, and so is what goes into a product (`model.Rounded`).
Rounding has no slope, so gradients pass it as if it
were not there (the straight-through estimator, Bengio et al. 2013).
"""

import copy

import torch
from torch import Tensor

from .model import Model, to_grid
from .quantize import PRODUCT_LIMIT, TABLE_LIMIT, scaled

#: Steps between two searches for the scales of the matrices; between them the scales stand still.
SCALES_EVERY = 100
WORDS = "trunk.words.weight"


class View:
    """A model as the workers read it: its matrices and its word table rounded, all else shared with it.

    A gradient found here belongs to the weights of the model itself; `renew` rounds them again.
    """

    def __init__(self, model: Model):
        self.source = dict(model.named_parameters())
        self.model = copy.deepcopy(model)
        self.parts = dict(self.model.named_parameters())
        self.matrices = [n for n, p in self.source.items() if n.startswith("trunk.layers.") and p.ndim == 2]
        for name, part in self.parts.items():
            if name != WORDS and name not in self.matrices:
                part.data = self.source[name].data
        for layer in self.model.trunk.layers:
            layer.rounded = True
        self.scales: dict[str, Tensor] = {}
        self.renewed = 0
        self.renew(torch.arange(len(self.source[WORDS])))

    @torch.no_grad()
    def renew(self, ids: Tensor) -> None:
        """Rounds the matrices anew, and of the word table the rows `ids`, the only ones a step has moved."""
        if self.renewed % SCALES_EVERY == 0:
            for name in self.matrices:
                _, scale = scaled(self.source[name].numpy(), axis=1, limit=PRODUCT_LIMIT)
                self.scales[name] = torch.from_numpy(scale[:, None])
        self.renewed += 1
        for name in self.matrices:
            self.parts[name].copy_(to_grid(self.source[name], self.scales[name], -PRODUCT_LIMIT, PRODUCT_LIMIT))
        rows = ids.unique()
        values, scale = scaled(self.source[WORDS][rows].numpy(), axis=1, limit=TABLE_LIMIT)
        self.parts[WORDS][rows] = torch.from_numpy(values * scale[:, None])
