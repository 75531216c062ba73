"""Writes a trained model as an ONNX trunk and safetensors heads: `python -m training.export --weights W --out DIR`.

The graph is written node by node rather than traced: no attention mask, no shape arithmetic beyond the one
slice of the position table, and the names stay readable. Opset 20 has `LayerNormalization` and `Gelu` whole.
Inputs `input_ids` and `token_type_ids` are int64 `[B, T]`; the output `token_states` is float32 `[B, T, 384]`.
Texts are never padded, so every position attends to every other.
"""

import argparse
import hashlib
import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

from .model import ATTENTION_HEADS, HIDDEN, LAYER_NORM_EPSILON, LAYERS
from .text import base_tokenizer

OPSET = 20
HALF = "average.safetensors"


def write_sums(folder: Path, names: list[str]) -> None:
    """Lists the SHA-256 of those of the files that are there."""
    sums = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}" for n in names if (folder / n).exists()]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


class Graph:
    """Collects nodes and constants; every method gives the name of its output."""

    def __init__(self):
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def linear(self, x: str, name: str, weights: dict[str, np.ndarray]) -> str:
        """`x @ W + b`. The matrix product is the only node that `quantize` replaces."""
        matrix = self.constant(f"{name}.weight", weights[f"{name}.weight"].T)
        product = self.node("MatMul", [x, matrix], f"{name}.product")
        return self.node("Add", [product, self.constant(f"{name}.bias", weights[f"{name}.bias"])], f"{name}.sum")

    def norm(self, x: str, name: str, weights: dict[str, np.ndarray]) -> str:
        parts = [self.constant(f"{name}.{p}", weights[f"{name}.{p}"]) for p in ("weight", "bias")]
        return self.node("LayerNormalization", [x, *parts], f"{name}.norm", axis=-1, epsilon=LAYER_NORM_EPSILON)

    def model(self) -> onnx.ModelProto:
        shape = ["batch", "tokens"]
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("input_ids", "token_type_ids")]
        output = helper.make_tensor_value_info("token_states", TensorProto.FLOAT, [*shape, HIDDEN])
        graph = helper.make_graph(self.nodes, "columnist-mini", inputs, [output], list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="columnist")
        model.ir_version = 9
        onnx.checker.check_model(model)
        return model


def trunk_graph(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The trunk of `model.py` as a graph; `weights` are its parameters without the `trunk.` prefix."""
    g = Graph()
    words = g.node("Gather", [g.constant("words", weights["words.weight"]), "input_ids"], "words.taken", axis=0)
    # The case row of each word joins the table of positions: two small tables, one Gather each.
    case = g.node("Gather", [g.constant("case", weights["case.weight"]), "token_type_ids"], "case.taken", axis=0)
    width = g.node("Shape", ["input_ids"], "tokens", start=1, end=2)
    zero, axis = g.constant("zero", np.array([0])), g.constant("axis", np.array([0]))
    positions = g.constant("positions", weights["positions.weight"])
    positions = g.node("Slice", [positions, zero, width, axis], "positions.taken")
    x = g.node("Add", [words, case], "embedding.sum")
    x = g.norm(g.node("Add", [x, positions], "embedding.placed"), "norm", weights)
    for i in range(LAYERS):
        x = _layer(g, x, f"layers.{i}", weights, last=i == LAYERS - 1)
    return g.model()


def _layer(g: Graph, x: str, name: str, weights: dict[str, np.ndarray], last: bool) -> str:
    size = HIDDEN // ATTENTION_HEADS
    apart = g.constant("apart", np.array([0, 0, ATTENTION_HEADS, size]))
    whole = g.constant("whole", np.array([0, 0, HIDDEN]))
    qkv = g.linear(x, f"{name}.qkv", weights)
    thirds = [f"{name}.{part}" for part in ("query", "key", "value")]
    g.nodes.append(helper.make_node("Split", [qkv], thirds, name=f"{name}.split", axis=-1, num_outputs=3))
    orders = {"query": [0, 2, 1, 3], "key": [0, 2, 3, 1], "value": [0, 2, 1, 3]}
    q, k, v = (
        g.node("Transpose", [g.node("Reshape", [t, apart], f"{t}.apart")], f"{t}.turned", perm=perm)
        for t, perm in zip(thirds, orders.values(), strict=True)
    )
    # The scale of the scores is folded into the query's weights by `folded`.
    scores = g.node("MatMul", [q, k], f"{name}.scores")
    context = g.node("MatMul", [g.node("Softmax", [scores], f"{name}.attention", axis=-1), v], f"{name}.context")
    context = g.node("Transpose", [context], f"{name}.context.turned", perm=[0, 2, 1, 3])
    context = g.node("Reshape", [context, whole], f"{name}.context.whole")
    x = g.norm(g.node("Add", [x, g.linear(context, f"{name}.out", weights)], f"{name}.one"), f"{name}.norm1", weights)
    inner = g.node("Gelu", [g.linear(x, f"{name}.inner", weights)], f"{name}.gelu")
    x = g.node("Add", [x, g.linear(inner, f"{name}.outer", weights)], f"{name}.two")
    x = g.norm(x, f"{name}.norm2", weights)
    if last:
        g.nodes[-1].output[0] = "token_states"
    return x


def folded(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights with the `1 / sqrt(head size)` of attention inside the query projection."""
    scale = np.float32(1 / math.sqrt(HIDDEN // ATTENTION_HEADS))
    weights = dict(weights)
    for name in [n for n in weights if ".qkv." in n]:
        weights[name] = weights[name].copy()
        weights[name][:HIDDEN] *= scale
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True, help="`model.safetensors` of a run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", type=Path, help="folder for the weights in float16, as the repository keeps them")
    args = parser.parse_args()
    weights = load_file(args.weights)
    args.out.mkdir(parents=True, exist_ok=True)
    trunk = {n.removeprefix("trunk."): w for n, w in weights.items() if n.startswith("trunk.")}
    onnx.save(trunk_graph(folded(trunk)), args.out / "trunk.f32.onnx")
    heads = {n.removeprefix("heads."): w for n, w in weights.items() if n.startswith("heads.")}
    save_file({n: w.astype(np.float32) for n, w in heads.items()}, args.out / "heads.safetensors")
    if args.half:
        args.half.mkdir(parents=True, exist_ok=True)
        save_file({n: w.astype(np.float16) for n, w in weights.items()}, args.half / HALF)
        write_sums(args.half, [HALF])
    base_tokenizer().save(str(args.out / "tokenizer.json"), pretty=False)


if __name__ == "__main__":
    main()
