"""Answers of a model, one text a pass, no padding, heads in NumPy.

An exported model runs through ONNX Runtime: the reference of what `columnist` does in Rust. Weights fresh from
training run through PyTorch.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from .text import MASK, Encoded, base_tokenizer, encode


class Reader:
    """A trunk that gives the states `[T, 384]` of an encoded text, and heads over them."""

    def __init__(
        self, states: Callable[[Encoded], np.ndarray], heads: dict[str, np.ndarray], config: dict, tokenizer: Tokenizer
    ):
        self.states, self.heads, self.config, self.tokenizer = states, heads, config, tokenizer
        self.read = lru_cache(maxsize=20_000)(self._read)

    @classmethod
    def exported(cls, folder: Path, trunk: str = "trunk.onnx", threads: int = 1) -> "Reader":
        """A model folder, read with its int8 trunk or with the float32 one beside it."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(folder / trunk, options, ["CPUExecutionProvider"])

        def states(text: Encoded) -> np.ndarray:
            feed = {"input_ids": np.array([text.ids]), "token_type_ids": np.array([text.types])}
            return session.run(["token_states"], feed)[0][0]

        config = folder / "config.json"
        config = json.loads(config.read_text(encoding="utf-8")) if config.exists() else {}
        heads = load_file(folder / "heads.safetensors")
        return cls(states, heads, config, Tokenizer.from_file(str(folder / "tokenizer.json")))

    @classmethod
    def trained(cls, path: Path) -> "Reader":
        """Weights as `train` leaves them, before calibration."""
        import torch  # An exported model is read without it.

        from .train import DEVICE, load

        model = load(path).eval()

        @torch.no_grad()
        def states(text: Encoded) -> np.ndarray:
            ids, types = (torch.tensor([row], device=DEVICE) for row in (text.ids, text.types))
            return model(ids, types)[0].cpu().numpy()

        heads = {n.removeprefix("heads."): p.cpu().numpy() for n, p in model.state_dict().items() if "heads." in n}
        return cls(states, heads, {}, base_tokenizer())

    def _read(self, text: str, hidden: tuple[int, int] = (0, 0)) -> tuple[Encoded, np.ndarray]:
        """Tokens and their states `[T, 384]`; tokens in the span `hidden` are read as `[MASK]`."""
        encoded = encode(text, self.tokenizer)
        for position in encoded.covered(*hidden):
            encoded.ids[position] = MASK
        return encoded, self.states(encoded)

    def head(self, name: str, x: np.ndarray) -> np.ndarray:
        if f"{name}.dense.weight" in self.heads:
            x = np.tanh(x @ self.heads[f"{name}.dense.weight"].T + self.heads[f"{name}.dense.bias"])
        return x @ self.heads[f"{name}.out.weight"].T + self.heads[f"{name}.out.bias"]

    def temperature(self, name: str) -> float:
        return self.config.get("temperature", {}).get(name, 1.0)

    def sentiment(self, text: str) -> tuple[np.ndarray, float]:
        """Logits `[3]` and score."""
        encoded, states = self.read(text)
        pooled = paragraph(encoded, states)
        return self.head("sentiment", pooled), float(np.tanh(self.head("score", pooled))[0])

    def stance(self, text: str, start: int, end: int, masked: bool = False) -> np.ndarray:
        """Logits `[3]` for the mention at `start..end`; neutral where it lies past the last position.

        `masked`: the mention itself is not read, so the answer is of the text around it.
        """
        encoded, states = self.read(text, (start, end)) if masked else self.read(text)
        pooled = beside(encoded, states, (start, end))
        return np.array([-9.0, 9.0, -9.0], np.float32) if pooled is None else self.head("stance", pooled)

    def directed(self, text: str, holder: tuple[int, int], target: tuple[int, int]) -> np.ndarray:
        encoded, states = self.read(text)
        spans = [states[encoded.covered(*span)].mean(0) for span in (holder, target)]
        return self.head("directed", np.concatenate([*spans, paragraph(encoded, states)]))

    def keep(self, text: str) -> tuple[Encoded, np.ndarray]:
        """A logit for each token."""
        encoded, states = self.read(text)
        return encoded, self.head("keep", states)[:, 0]

    def salience(self, text: str, sentences: list[tuple[int, int]]) -> np.ndarray:
        """A logit for each sentence; -9 for one past the last position."""
        return np.array([-9.0 if x is None else self.head("salience", x)[0] for x in self.spans(text, sentences)])

    def spans(self, text: str, spans: list[tuple[int, int]]) -> list[np.ndarray | None]:
        """What the heads read of each span (`beside`)."""
        encoded, states = self.read(text)
        return [beside(encoded, states, span) for span in spans]

    def entity(self, text: str) -> tuple[Encoded, np.ndarray]:
        """Logits `[words, 11]`."""
        encoded, states = self.read(text)
        return encoded, self.head("entity", states[encoded.first_tokens()])


class Ensemble:
    """Several models as one: the mean of their logits. It cannot ship; it says what there is to learn from."""

    def __init__(self, readers: list[Reader]):
        self.readers = readers

    def temperature(self, _name: str) -> float:
        return 1.0

    def sentiment(self, text: str) -> tuple[np.ndarray, float]:
        logits, scores = zip(*(r.sentiment(text) for r in self.readers), strict=True)
        return np.mean(logits, 0), float(np.mean(scores))

    def keep(self, text: str) -> tuple[Encoded, np.ndarray]:
        return self.readers[0].read(text)[0], np.mean([r.keep(text)[1] for r in self.readers], 0)

    def entity(self, text: str) -> tuple[Encoded, np.ndarray]:
        return self.readers[0].read(text)[0], np.mean([r.entity(text)[1] for r in self.readers], 0)

    def stance(self, *args, **kwargs) -> np.ndarray:
        return np.mean([r.stance(*args, **kwargs) for r in self.readers], 0)

    def directed(self, *args) -> np.ndarray:
        return np.mean([r.directed(*args) for r in self.readers], 0)

    def salience(self, *args) -> np.ndarray:
        return np.mean([r.salience(*args) for r in self.readers], 0)

    @property
    def config(self) -> dict:
        return {}


def paragraph(encoded: Encoded, states: np.ndarray) -> np.ndarray:
    """Mean state `[384]` of the text without `[CLS]` and `[SEP]`."""
    return states[1:-1].mean(0) if len(encoded) > 2 else np.zeros(states.shape[1], np.float32)


def beside(encoded: Encoded, states: np.ndarray, span: tuple[int, int]) -> np.ndarray | None:
    """The mean state of a span beside the text's, `[768]`; `None` for a span past the last position."""
    covered = encoded.covered(*span)
    return np.concatenate([states[covered].mean(0), paragraph(encoded, states)]) if covered else None


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-logits))


def best_path(scores: np.ndarray, names: list[str]) -> list[int]:
    """The likeliest legal row of BIO tags (Viterbi): an `I` follows only the `B` or `I` of its class."""
    legal = np.zeros((len(names), len(names)))
    for to, name in enumerate(names):
        if name.startswith("I"):
            legal[[n[1:] != name[1:] for n in names], to] = -np.inf
    first = np.array([-np.inf if n.startswith("I") else 0.0 for n in names])
    if len(scores) == 0:
        return []
    total, back = scores[0] + first, []
    for row in scores[1:]:
        paths = total[:, None] + legal
        back.append(paths.argmax(0))
        total = paths.max(0) + row
    path = [int(total.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]
