"""Peer (b): ONNX Runtime on the shipped int8 trunk, one session for each task, heads in NumPy.

Made as fast as its user could: no padding (a paragraph a pass), and a text is tokenised once a task.
"""

from collections.abc import Iterator

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from .job import Heads, case_types, main


class Sessions:
    def __init__(self, model, _float, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        tasks = ("sentiment", "summary", "stance")
        self.sessions = {
            t: onnxruntime.InferenceSession(model / "trunk.onnx", options, ["CPUExecutionProvider"]) for t in tasks
        }
        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.enable_truncation(512)
        self.tokenizer.no_padding()
        self.heads = Heads(model)

    def states(self, task: str, text: str):
        """Tokens and their states, without those of `[CLS]` and `[SEP]`."""
        encoding = self.tokenizer.encode(text)
        feed = {"input_ids": np.array([encoding.ids]), "token_type_ids": np.array([case_types(text, encoding)])}
        return encoding, self.sessions[task].run(None, feed)[0][0, 1:-1]

    def sentiment(self, texts: list[str]) -> Iterator:
        for text in texts:
            yield self.heads.probabilities("sentiment", self.states("sentiment", text)[1].mean(0))

    def summary(self, texts: list[str]) -> Iterator:
        for text in texts:
            yield self.heads.probabilities("keep", self.states("summary", text)[1])

    def stance(self, asked: list[tuple[str, list[tuple[int, int]]]]) -> Iterator:
        for text, spans in asked:
            encoding, states = self.states("stance", text)
            whole, offsets = states.mean(0), encoding.offsets[1:-1]
            means = []
            for start, end in spans:
                covered = [i for i, (a, b) in enumerate(offsets) if a < end and b > start]
                means.append(np.concatenate([states[covered].mean(0) if covered else whole, whole]))
            yield self.heads.probabilities("stance", np.array(means)).mean(0)


if __name__ == "__main__":
    main(Sessions)
