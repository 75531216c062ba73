"""Peer (a): pipelines of `transformers` in float32, one model and one pipeline for each task.

The trunk is loaded into `BertModel`; around it stand the classes that a user of the library writes or downloads:
a sequence classifier, a token classifier, and a classifier of a span for stance.
"""

import json

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertModel, BertPreTrainedModel, PreTrainedTokenizerFast
from transformers.modeling_outputs import SequenceClassifierOutput, TokenClassifierOutput
from transformers.pipelines import Pipeline, TextClassificationPipeline, TokenClassificationPipeline
from transformers.utils import logging

from .job import case_types, main

logging.set_verbosity(logging.CRITICAL)
CONFIG = {
    "vocab_size": 30522,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "type_vocab_size": 4,
}
#: Texts a pass. On one core padding costs more than a batch gains (100 paragraphs: 2.8 s one by one, 3.3 s by eight).
BATCH = 1


class Task(BertPreTrainedModel):
    """The trunk with one head; the head's temperature is part of its last layer."""

    def __init__(self, config: BertConfig, name: str, weights: dict, temperature: float):
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        layers = []
        for part in ("dense", "out"):
            if f"{name}.{part}.weight" in weights:
                outputs, inputs = weights[f"{name}.{part}.weight"].shape
                layers += [nn.Linear(inputs, outputs), nn.Tanh()]
                scale = temperature if part == "out" else 1.0
                layers[-2].weight = nn.Parameter(weights[f"{name}.{part}.weight"] / scale)
                layers[-2].bias = nn.Parameter(weights[f"{name}.{part}.bias"] / scale)
        self.head = nn.Sequential(*layers[:-1])

    def states(self, input_ids, attention_mask, token_type_ids):
        """Token states, and which tokens are text."""
        states = self.bert(input_ids, attention_mask, token_type_ids).last_hidden_state
        text = attention_mask.bool() & (input_ids != 101) & (input_ids != 102)
        return states, text


def mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weight = mask.unsqueeze(-1).float()
    return (states * weight).sum(-2) / weight.sum(-2).clamp(min=1)


class Sequence(Task):
    def forward(self, input_ids, attention_mask, token_type_ids):
        return SequenceClassifierOutput(logits=self.head(mean(*self.states(input_ids, attention_mask, token_type_ids))))


class Tokens(Task):
    def forward(self, input_ids, attention_mask, token_type_ids):
        logits = self.head(self.states(input_ids, attention_mask, token_type_ids)[0])
        return TokenClassifierOutput(logits=torch.cat([-logits, logits], -1) / 2)


class Span(Task):
    def forward(self, input_ids, attention_mask, token_type_ids, spans):
        states, text = self.states(input_ids, attention_mask, token_type_ids)
        whole = mean(states, text)
        mentions = mean(states, spans[0])
        return SequenceClassifierOutput(logits=self.head(torch.cat([mentions, whole.expand_as(mentions)], -1)))


class Cased:
    """A pipeline whose tokens carry the case of their words."""

    def encoded(self, text: str):
        encoded = self.tokenizer(text, truncation=True, max_length=512, return_tensors="pt")
        encoded["token_type_ids"] = torch.tensor([case_types(text, encoded.encodings[0])])
        return encoded


class SentimentPipeline(Cased, TextClassificationPipeline):
    def preprocess(self, text, **_):
        return dict(self.encoded(text))


class SummaryPipeline(Cased, TokenClassificationPipeline):
    def preprocess(self, sentence, **_):
        encoded = self.encoded(sentence)
        special = torch.tensor([encoded.encodings[0].special_tokens_mask])
        offsets = torch.tensor([encoded.encodings[0].offsets])
        yield {
            **encoded,
            "special_tokens_mask": special,
            "offset_mapping": offsets,
            "sentence": sentence,
            "is_last": True,
        }


class StancePipeline(Cased, Pipeline):
    def _sanitize_parameters(self, **_):
        return {}, {}, {}

    def preprocess(self, asked):
        text, spans = asked["text"], asked["spans"]
        encoded = self.encoded(text)
        offsets = encoded.encodings[0].offsets
        rows = [[a < end and b > start for a, b in offsets] for start, end in spans]
        return {**encoded, "spans": torch.tensor([rows])}

    def _forward(self, inputs):
        return self.model(**inputs)

    def postprocess(self, outputs):
        return outputs.logits.softmax(-1).mean(0).tolist()


class Pipelines:
    def __init__(self, model, float_model, threads: int):
        torch.set_num_threads(threads)
        heads = load_file(model / "heads.safetensors")
        temperature = json.loads((model / "config.json").read_text(encoding="utf-8"))["temperature"]
        trunk = bert(load_file(float_model / "average.safetensors"))
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(model / "tokenizer.json"), pad_token="[PAD]")

        def made(task: type[Task], name: str, labels: list[str]) -> Task:
            config = BertConfig(**CONFIG, num_labels=len(labels), id2label=dict(enumerate(labels)))
            made = task(config, name, heads, temperature[name])
            made.bert.load_state_dict(trunk)
            return made.eval()

        self.labels = ["negative", "neutral", "positive"]
        self.of_sentiment = SentimentPipeline(model=made(Sequence, "sentiment", self.labels), tokenizer=tokenizer)
        self.of_summary = SummaryPipeline(model=made(Tokens, "keep", ["dropped", "kept"]), tokenizer=tokenizer)
        self.of_stance = StancePipeline(
            model=made(Span, "stance", ["against", "neutral", "favor"]), tokenizer=tokenizer
        )

    def sentiment(self, texts):
        for answer in self.of_sentiment(texts, batch_size=BATCH, top_k=None):
            by_label = {a["label"]: a["score"] for a in answer}
            yield [by_label[label] for label in self.labels]

    def summary(self, texts):
        yield from self.of_summary(texts, batch_size=BATCH)

    def stance(self, asked):
        if asked:
            yield from self.of_stance([{"text": text, "spans": spans} for text, spans in asked])


def bert(weights: dict) -> dict:
    """The trunk's weights under the names that `BertModel` gives them."""
    w = {n.removeprefix("trunk."): t.float() for n, t in weights.items() if n.startswith("trunk.")}
    named = {
        "embeddings.word_embeddings.weight": w["words.weight"],
        "embeddings.position_embeddings.weight": w["positions.weight"],
        "embeddings.token_type_embeddings.weight": w["case.weight"],
        "embeddings.LayerNorm.weight": w["norm.weight"],
        "embeddings.LayerNorm.bias": w["norm.bias"],
    }
    parts = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for i in range(CONFIG["num_hidden_layers"]):
        for kind in ("weight", "bias"):
            for ours, theirs in parts.items():
                named[f"encoder.layer.{i}.{theirs}.{kind}"] = w[f"layers.{i}.{ours}.{kind}"]
            for part, tensor in zip(("query", "key", "value"), w[f"layers.{i}.qkv.{kind}"].chunk(3), strict=True):
                named[f"encoder.layer.{i}.attention.self.{part}.{kind}"] = tensor
    return named


if __name__ == "__main__":
    main(Pipelines)
