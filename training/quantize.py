"""Writes the int8 trunk: `python -m training.quantize DIR` makes `trunk.onnx` of `trunk.f32.onnx`.

Weights: int8, symmetric, one scale for each output channel (Jacob et al. 2018; per channel: Krishnamoorthi
2018). They use -64..64 only: processors without VNNI add two products of a byte and an int8 in 16 bits,
which 2 x 255 x 64 just fits; with the full range they saturate and answer otherwise than others.
Activations: uint8, one scale for each pass, found as it runs (`DynamicQuantizeLinear`). The word table:
int8 with one scale a row, undone after the look-up. Sums are in int32 and leave as float32.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: Largest weight of a product, and of the word table, which is only looked up.
PRODUCT_LIMIT, TABLE_LIMIT = 64, 127
#: Scales are tried from 1 down to this share of the largest weight; the one with the least squared error is taken.
SMALLEST_CLIP = 0.8


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


def quantized(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of the exported trunk with its weight products in int8 and its word table in int8."""
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    nodes, measured = [], set()
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            nodes += _product(node, constants, measured)
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
    inputs, outputs = list(model.graph.input), list(model.graph.output)
    graph = helper.make_graph(nodes, model.graph.name, inputs, outputs, kept, value_info=shapes)
    result = helper.make_model(graph, opset_imports=list(model.opset_import), producer_name="columnist")
    result.ir_version = model.ir_version
    onnx.checker.check_model(result)
    return result


def _product(node: onnx.NodeProto, constants: dict[str, np.ndarray], measured: set[str]) -> list[onnx.NodeProto]:
    source, name = node.input
    values, scale = scaled(constants[name], axis=0, limit=PRODUCT_LIMIT)
    constants[f"{name}.int8"], constants[f"{name}.scale"] = values, scale
    constants[f"{name}.zero"] = np.zeros(len(scale), np.int8)
    parts = [f"{source}.uint8", f"{source}.scale", f"{source}.zero"]
    made = []
    if source not in measured:
        measured.add(source)
        made.append(helper.make_node("DynamicQuantizeLinear", [source], parts, name=f"{source}.quantize"))
    inputs = [parts[0], f"{name}.int8", parts[2], f"{name}.zero"]
    made += [
        helper.make_node("MatMulInteger", inputs, [f"{name}.int32"], name=f"{name}.int32"),
        helper.make_node("Cast", [f"{name}.int32"], [f"{name}.float"], name=f"{name}.float", to=TensorProto.FLOAT),
        helper.make_node("Mul", [parts[1], f"{name}.scale"], [f"{name}.scales"], name=f"{name}.scales"),
        helper.make_node("Mul", [f"{name}.float", f"{name}.scales"], [node.output[0]], name=node.output[0]),
    ]
    return made


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder with `trunk.f32.onnx`; `trunk.onnx` is written beside it")
    folder = parser.parse_args().folder
    onnx.save(quantized(onnx.load(folder / "trunk.f32.onnx")), folder / "trunk.onnx")


if __name__ == "__main__":
    main()
