"""Writes the int8 trunk: `python -m training.quantize DIR` makes `trunk.onnx` of `trunk.f32.onnx`.

Weights: int8, symmetric, one scale for each output channel (Jacob et al. 2018; per channel: Krishnamoorthi
2018). They use -64..64 only: processors without VNNI add two products of a byte and an int8 in 16 bits,
which 2 x 255 x 64 just fits; with the full range they saturate and answer otherwise than others.
Activations: uint8, one scale for each pass, found as it runs (`DynamicQuantizeLinear`). The word table:
int8 with one scale a row, undone after the look-up. Sums are in int32 and leave as float32.

Two things keep the rounding small, both measured on training texts. A few channels of a product's input are ten times
as large as the others and would take all of the 256 steps: they are divided by a constant before, and their weights
multiplied by it (SmoothQuant, Xiao et al. 2023, for these channels alone). And weights are rounded one input channel
after the other, each time moving the rest so that the products of real inputs stay (GPTQ, Frantar et al. 2023). What is left of
the error on average goes into the last bias, so that the mean state is the float trunk's (bias correction, Nagel et al. 2019).
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .model import HIDDEN, LAYERS
from .records import read
from .text import Encoded, encode_all

#: Largest weight of a product, and of the word table, which is only looked up.
PRODUCT_LIMIT, TABLE_LIMIT = 64, 127
#: Scales are tried from 1 down to this share of the largest weight; the one with the least squared error is taken.
SMALLEST_CLIP = 0.8
#: A channel is divided down to this many times the median channel's largest value.
LARGEST_CHANNEL = 2.0
#: Added to the diagonal of the inputs' products, as a share of its mean.
DAMPING = 0.01
#: Training files whose texts are read to see what goes into the products, and every how many rows.
SEEN = [("stance/newsmtsc.train.jsonl", 30), ("sentiment/sst.train.jsonl", 60), ("sentiment/emobank.train.jsonl", 60)]
#: The last constant that is added to the states.
LAST_BIAS = f"layers.{LAYERS - 1}.norm2.bias"


def scaled(matrix: np.ndarray, axis: int, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Int8 values and scales of `matrix`, a scale for each slice that remains when `axis` is reduced."""
    top = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-12)
    best, chosen = None, None
    for clip in np.linspace(1.0, SMALLEST_CLIP, 9):
        scale = top * np.float32(clip) / limit
        error = ((np.clip(np.rint(matrix / scale), -limit, limit) * scale - matrix) ** 2).sum(axis=axis, keepdims=True)
        if best is None:
            best, chosen = error, scale
        chosen = np.where(error < best, scale, chosen)
        best = np.minimum(error, best)
    values = np.clip(np.rint(matrix / chosen), -limit, limit).astype(np.int8)
    return values, np.squeeze(chosen, axis).astype(np.float32)


@dataclass(slots=True)
class Seen:
    """What went into a product over some texts: the largest value of each channel, and the channels' products."""

    largest: np.ndarray
    products: np.ndarray


def products(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes that multiply by weights; those of attention multiply two activations."""
    constants = {t.name for t in model.graph.initializer}
    return [n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in constants]


def seen(model: onnx.ModelProto, texts: list[Encoded]) -> dict[str, Seen]:
    """What goes into the products of the float model, by the input's name."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    names = list(dict.fromkeys(node.input[0] for node in products(model)))
    watched.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, Seen] = {}
    for text in texts:
        feed = {"input_ids": np.array([text.ids]), "token_type_ids": np.array([text.types])}
        for name, (states,) in zip(names, session.run(names, feed), strict=True):
            one = Seen(np.abs(states).max(0), states.T @ states)
            if name in found:
                one = Seen(np.maximum(found[name].largest, one.largest), found[name].products + one.products)
            found[name] = one
    return found


def divisors(largest: np.ndarray) -> np.ndarray:
    """What each channel is divided by: 1 but for those that stand out."""
    return np.maximum(1.0, largest / (LARGEST_CHANNEL * np.median(largest))).astype(np.float32)


def settled(matrix: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int8 values and scales of `matrix` `[in, out]`, rounded so that its products with inputs like those of the
    products `inputs` `[in, in]` stay."""
    _, scale = scaled(matrix, axis=0, limit=PRODUCT_LIMIT)
    order = np.argsort(-np.diag(inputs))
    damped = inputs[np.ix_(order, order)].astype(np.float64)
    damped += DAMPING * np.diag(damped).mean() * np.eye(len(damped))
    ways = np.linalg.cholesky(np.linalg.inv(damped)).T
    left = matrix[order].astype(np.float64)
    values = np.empty(matrix.shape, np.int8)
    for i in range(len(left)):
        values[order[i]] = np.clip(np.rint(left[i] / scale), -PRODUCT_LIMIT, PRODUCT_LIMIT)
        lost = (left[i] - values[order[i]] * scale) / ways[i, i]
        left[i + 1 :] -= np.outer(ways[i, i + 1 :], lost)
    return values, scale


def quantized(model: onnx.ModelProto, texts: list[Encoded]) -> onnx.ModelProto:
    """A copy of the exported trunk with its weight products in int8 and its word table in int8."""
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    inputs = seen(model, texts)
    weighted = {node.name for node in products(model)}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.name in weighted:
            nodes += _product(node, constants, inputs[node.input[0]])
        elif node.op_type == "Gather" and node.input[0] == "words":
            nodes += _lookup(node, constants)
        else:
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    kept = [numpy_helper.from_array(value, name) for name, value in constants.items() if name in used]
    # The runtime fuses a product with its scale only where it knows the scale's shape.
    shapes = [
        helper.make_tensor_value_info(f"{name}s", TensorProto.FLOAT, value.shape)
        for name, value in constants.items()
        if name.endswith(".weight.scale")
    ]
    graph = helper.make_graph(
        nodes, model.graph.name, list(model.graph.input), list(model.graph.output), kept, value_info=shapes
    )
    result = helper.make_model(graph, opset_imports=list(model.opset_import), producer_name="columnist")
    result.ir_version = model.ir_version
    onnx.checker.check_model(result)
    return result


def _product(node: onnx.NodeProto, constants: dict[str, np.ndarray], inputs: Seen) -> list[onnx.NodeProto]:
    source, name = node.input
    matrix, division, made = constants[name], divisors(inputs.largest), []
    if (division > 1).any():
        constants[f"{source}.factor"] = 1 / division
        made.append(helper.make_node("Mul", [source, f"{source}.factor"], [f"{source}.even"], name=f"{source}.even"))
        source = f"{source}.even"
    values, scale = settled(matrix * division[:, None], inputs.products / np.outer(division, division))
    constants[f"{name}.int8"], constants[f"{name}.scale"] = values, scale
    constants[f"{name}.zero"] = np.zeros(len(scale), np.int8)
    parts = [f"{source}.uint8", f"{source}.scale", f"{source}.zero"]
    pair = [parts[0], f"{name}.int8", parts[2], f"{name}.zero"]
    return [
        *made,
        helper.make_node("DynamicQuantizeLinear", [source], parts, name=f"{source}.quantize"),
        helper.make_node("MatMulInteger", pair, [f"{name}.int32"], name=f"{name}.int32"),
        helper.make_node("Cast", [f"{name}.int32"], [f"{name}.float"], name=f"{name}.float", to=TensorProto.FLOAT),
        helper.make_node("Mul", [parts[1], f"{name}.scale"], [f"{name}.scales"], name=f"{name}.scales"),
        helper.make_node("Mul", [f"{name}.float", f"{name}.scales"], [node.output[0]], name=node.output[0]),
    ]


def _lookup(node: onnx.NodeProto, constants: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    table, ids = node.input
    constants[f"{table}.int8"], scale = scaled(constants[table], axis=1, limit=TABLE_LIMIT)
    constants[f"{table}.scale"] = scale[:, None]
    return [
        helper.make_node("Gather", [f"{table}.int8", ids], [f"{table}.row"], name=f"{table}.row", axis=0),
        helper.make_node("Cast", [f"{table}.row"], [f"{table}.float"], name=f"{table}.float", to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}.scale", ids], [f"{table}.step"], name=f"{table}.step", axis=0),
        helper.make_node("Mul", [f"{table}.float", f"{table}.step"], [node.output[0]], name=node.output[0]),
    ]


def centred(model: onnx.ModelProto, wanted: onnx.ModelProto, texts: list[Encoded]) -> onnx.ModelProto:
    """The quantized trunk with its last bias moved so that its states are those of `wanted` on average."""
    total, count = np.zeros(HIDDEN), 0
    sessions = [onnxruntime.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"]) for m in (wanted, model)]
    for text in texts:
        feed = {"input_ids": np.array([text.ids]), "token_type_ids": np.array([text.types])}
        there, here = (session.run(None, feed)[0][0] for session in sessions)
        total, count = total + (there - here).sum(0), count + len(there)
    for constant in model.graph.initializer:
        if constant.name == LAST_BIAS:
            moved = numpy_helper.to_array(constant) + (total / count).astype(np.float32)
            constant.CopyFrom(numpy_helper.from_array(moved, LAST_BIAS))
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder with `trunk.f32.onnx`; `trunk.onnx` is written beside it")
    folder = parser.parse_args().folder
    texts = encode_all([row["text"] for name, step in SEEN for row in read(name)[::step]])
    float_trunk = onnx.load(folder / "trunk.f32.onnx")
    onnx.save(centred(quantized(float_trunk, texts), float_trunk, texts), folder / "trunk.onnx")


if __name__ == "__main__":
    main()
