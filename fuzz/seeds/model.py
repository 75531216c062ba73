"""Writes the tiny model of `seeds/model/` anew: `python fuzz/seeds/model.py` (onnx, safetensors, tokenizers, NumPy).

One layer of width 4 with the operators of the shipped trunk, random weights from a fixed seed, some thirty tokens.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

WIDTH, POSITIONS = 4, 32
LETTERS = [chr(c) for c in range(ord("a"), ord("z") + 1)]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", ",", "the", "harbour", *LETTERS, *(f"##{c}" for c in "aeinrst")]
ENTITIES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def tokenizer() -> str:
    made = Tokenizer(models.WordPiece({token: i for i, token in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(VOCABULARY[:4])
    return made.to_str()


def config() -> dict:
    return {
        "name": "tiny",
        "version": "0",
        "hidden_size": WIDTH,
        "max_positions": POSITIONS,
        "labels": {
            "sentiment": ["negative", "neutral", "positive"],
            "stance": ["against", "neutral", "favor"],
            "entity": ENTITIES,
        },
        "temperature": dict.fromkeys(["sentiment", "stance", "keep", "salience", "entity"], 1.0),
        "threshold": {"keep": 0.5},
    }


def heads(random: np.random.Generator) -> dict[str, np.ndarray]:
    def layer(name: str, inputs: int, outputs: int) -> dict[str, np.ndarray]:
        weight = random.normal(size=(outputs, inputs)).astype(np.float32)
        return {f"{name}.weight": weight, f"{name}.bias": np.zeros(outputs, np.float32)}

    flat = {"sentiment": 3, "score": 1, "keep": 1, "entity": len(ENTITIES)}
    tensors = {}
    for name, outputs in flat.items():
        tensors |= layer(f"{name}.out", WIDTH, outputs)
    for name, outputs in {"stance": 3, "salience": 1}.items():
        tensors |= layer(f"{name}.dense", 2 * WIDTH, 3) | layer(f"{name}.out", 3, outputs)
    return tensors


def trunk(random: np.random.Generator) -> onnx.ModelProto:
    constants, nodes = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(value, name))
        return name

    def node(operator: str, inputs: list[str], *outputs: str, **attributes) -> str:
        nodes.append(helper.make_node(operator, inputs, list(outputs), **attributes))
        return outputs[0]

    def floats(name: str, *shape: int) -> str:
        return constant(name, random.normal(size=shape).astype(np.float32))

    def linear(name: str, x: str, outputs: int) -> str:
        """Activations quantized as they come, weights for each output channel, as `training/quantize.py` does it."""
        weight = random.integers(-127, 128, size=(WIDTH, outputs)).astype(np.int8)
        node("DynamicQuantizeLinear", [x], f"{name}.q", f"{name}.scale", f"{name}.zero")
        zeros = constant(f"{name}.weight_zero", np.zeros(outputs, np.int8))
        node("MatMulInteger", [f"{name}.q", constant(f"{name}.weight", weight), f"{name}.zero", zeros], f"{name}.sums")
        node("Cast", [f"{name}.sums"], f"{name}.float", to=TensorProto.FLOAT)
        scale = constant(f"{name}.weight_scale", np.full(outputs, 0.01, np.float32))
        node("Mul", [f"{name}.scale", scale], f"{name}.both")
        node("Mul", [f"{name}.float", f"{name}.both"], f"{name}.product")
        return node("Add", [f"{name}.product", floats(f"{name}.bias", outputs)], f"{name}.out")

    def normal(name: str, x: str) -> str:
        return node("LayerNormalization", [x, floats(f"{name}.gain", WIDTH), floats(f"{name}.bias", WIDTH)], name)

    start, axis = constant("start", np.array([0])), constant("axis", np.array([0]))
    node("Shape", ["input_ids"], "length", start=1, end=2)
    node("Slice", [floats("place", POSITIONS, WIDTH), start, "length", axis], "places")
    node("Gather", [floats("words", len(VOCABULARY), WIDTH), "input_ids"], "word")
    node("Gather", [floats("cases", 4, WIDTH), "token_type_ids"], "case")
    node("Add", ["word", "case"], "named")
    node("Add", ["named", "places"], "placed")
    states = normal("embedded", "placed")
    split = constant("shape.split", np.array([0, -1, 3, 2, 2]))
    node("Reshape", [linear("qkv", states, 3 * WIDTH), split], "apart")
    node("Transpose", ["apart"], "turned", perm=[2, 0, 3, 1, 4])
    node("Split", ["turned"], "q", "k", "v", num_outputs=3, axis=0)
    node("Transpose", ["k"], "keys", perm=[0, 1, 2, 4, 3])
    node("MatMul", ["q", "keys"], "scores")
    node("Softmax", ["scores"], "shares", axis=-1)
    node("MatMul", ["shares", "v"], "mixed")
    node("Transpose", ["mixed"], "back", perm=[0, 1, 3, 2, 4])
    node("Reshape", ["back", constant("shape.flat", np.array([1, -1, WIDTH]))], "flat")
    node("Add", [linear("attended", "flat", WIDTH), states], "residual")
    node("Gelu", [linear("inner", normal("norm", "residual"), WIDTH)], "bent")
    node("Add", [linear("outer", "bent", WIDTH), "norm"], "sum")
    nodes.append(helper.make_node("Identity", [normal("last", "sum")], ["token_states"]))
    ids = [helper.make_tensor_value_info(n, TensorProto.INT32, ["batch", "tokens"]) for n in ("input_ids", "token_type_ids")]
    out = helper.make_tensor_value_info("token_states", TensorProto.FLOAT, ["batch", "tokens", WIDTH])
    graph = helper.make_graph(nodes, "tiny", ids, [out], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    folder, random = Path(__file__).with_suffix(""), np.random.default_rng(5)
    (folder / "config.json").write_text(json.dumps(config()), encoding="utf-8")
    (folder / "tokenizer.json").write_text(tokenizer(), encoding="utf-8")
    save_file(heads(random), folder / "heads.safetensors")
    onnx.save(trunk(random), folder / "trunk.onnx")


if __name__ == "__main__":
    main()
