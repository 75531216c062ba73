"""Writes tiny checkpoints with random weights, and the answers that `transformers` gives with them.

    pip install -r tests/checkpoints/requirements.txt
    python tests/checkpoints/make.py

The tests of the engine `rust-bert` hold it to these answers. Weights are drawn from a fixed seed; the answers mean
nothing. Everything this writes is committed, so the tests need no Python.
"""

import io
import json
import shutil
from pathlib import Path

import sentencepiece
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BartForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    DebertaConfig,
    DebertaForSequenceClassification,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PegasusConfig,
    PegasusForConditionalGeneration,
    RobertaConfig,
    RobertaForSequenceClassification,
    T5Config,
    T5ForConditionalGeneration,
)

HERE = Path(__file__).parent

TEXTS = [
    "The minister praised the rescue workers for their extraordinary courage.",
    "Critics condemned the senator.",
    "There will be an election in two months, and the committee will meet on Tuesday at the town hall to say how the "
    "votes are counted, who may watch, and what is done where a box is lost on its way.",
    "No!",
    "Prices rose by 3.2% in May; nobody had expected “such a jump”.",
]
HYPOTHESES = ["The author supports the senator.", "The author opposes the senator."]
VOCABULARY = 160
POSITIONS = 160
SIZES = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24)
BART = dict(
    d_model=16,
    encoder_layers=2,
    decoder_layers=2,
    encoder_attention_heads=4,
    decoder_attention_heads=4,
    encoder_ffn_dim=24,
    decoder_ffn_dim=24,
    max_position_embeddings=POSITIONS,
)
BYTES = dict(bos_token_id=0, pad_token_id=1, eos_token_id=2)
NLI = ["contradiction", "neutral", "entailment"]


def learned(kind: str) -> Tokenizer:
    """A tokenizer of the kind, trained on the texts."""
    corpus = [*TEXTS, *HYPOTHESES, "summarize:"]
    if kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False)
    elif kind == "bytes":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        trainer = trainers.BpeTrainer(
            vocab_size=VOCABULARY + 160,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
    else:
        special = ["<pad>", "</s>", "<unk>"]
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(
            vocab_size=VOCABULARY, special_tokens=special, unk_token=special[-1], show_progress=False
        )
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def drawn(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """The model with weights that are large enough for its answers to differ."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if model.config.model_type == "pegasus" and "embed_positions" in name:
                continue  # sines, which its readers compute
            draw = torch.randn(weight.shape, generator=generator)
            norm = weight.dim() == 1 and name.endswith("weight")
            weight.copy_(1 + 0.1 * draw if norm else 0.35 * draw)
    return model.eval()


def save(name: str, model: torch.nn.Module, tokenizer: Tokenizer, old: bool = False) -> Path:
    """Writes a checkpoint, `old` with the files of former times."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if old:
        (folder / "model.safetensors").unlink()
        state = model.state_dict()
        for weight_name, weight in state.items():
            if weight.dim() == 2:  # as weights lie that came from another framework
                state[weight_name] = weight.t().contiguous().t()
        torch.save(state, folder / "pytorch_model.bin")
    if not old:
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    elif tokenizer.token_to_id("[CLS]") is not None:
        words = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        (folder / "vocab.txt").write_text("".join(f"{word}\n" for word, _ in words))
    else:
        tokenizer.model.save(str(folder))
    return folder


def framed(kind: str, tokenizer: Tokenizer, first: str, second: str | None = None) -> tuple[list[int], list[int]]:
    """Ids and token types of one text or two, with the special tokens of the kind."""
    open_, close, between = ("<s>", "</s>", 2) if kind == "bytes" else ("[CLS]", "[SEP]", 1)
    id_of = tokenizer.token_to_id
    ids = [id_of(open_), *tokenizer.encode(first, add_special_tokens=False).ids]
    types = [0] * (len(ids) + between)
    if second is None:
        return [*ids, id_of(close)], [0] * (len(ids) + 1)
    ids += [id_of(close)] * between
    ids += [*tokenizer.encode(second, add_special_tokens=False).ids, id_of(close)]
    return ids, types + [1] * (len(ids) - len(types))


def logits(model: torch.nn.Module, ids: list[int], types: list[int]) -> list[float]:
    typed = model.config.model_type in ("bert", "deberta", "deberta-v2")
    more = {"token_type_ids": torch.tensor([types])} if typed else {}
    with torch.no_grad():
        answer = model(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), **more)
    return answer.logits[0].tolist()


def classes(labels: list[str]) -> dict:
    return {"id2label": dict(enumerate(labels)), "label2id": {label: index for index, label in enumerate(labels)}}


def classifiers() -> dict:
    words, some_bytes = learned("wordpiece"), learned("bytes")
    sizes = dict(SIZES, max_position_embeddings=POSITIONS)
    two, three = ["NEGATIVE", "POSITIVE"], ["negative", "neutral", "positive"]
    five = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]
    plan = {
        "distilbert": (
            "wordpiece",
            words,
            DistilBertForSequenceClassification(
                DistilBertConfig(
                    vocab_size=words.get_vocab_size(),
                    dim=16,
                    hidden_dim=24,
                    n_layers=2,
                    n_heads=4,
                    max_position_embeddings=POSITIONS,
                    **classes(two),
                )
            ),
            True,
        ),
        "bert": (
            "wordpiece",
            words,
            BertForSequenceClassification(BertConfig(vocab_size=words.get_vocab_size(), **sizes, **classes(five))),
            False,
        ),
        "roberta": (
            "bytes",
            some_bytes,
            RobertaForSequenceClassification(
                RobertaConfig(
                    vocab_size=some_bytes.get_vocab_size(),
                    **{**sizes, "max_position_embeddings": POSITIONS + 2},
                    type_vocab_size=1,
                    **BYTES,
                    **classes(three),
                )
            ),
            True,
        ),
        "bert-nli": (
            "wordpiece",
            words,
            BertForSequenceClassification(
                BertConfig(vocab_size=words.get_vocab_size(), **sizes, **classes(["entailment", "not_entailment"]))
            ),
            False,
        ),
        "bart-nli": (
            "bytes",
            some_bytes,
            BartForSequenceClassification(
                BartConfig(vocab_size=some_bytes.get_vocab_size(), **BART, **BYTES, decoder_start_token_id=2, **classes(NLI))
            ),
            False,
        ),
    }
    apart = dict(relative_attention=True, pos_att_type=["p2c", "c2p"], vocab_size=words.get_vocab_size(), **sizes)
    plan |= {
        # As the first version is published; it has no types.
        "deberta": (
            "wordpiece",
            words,
            DebertaForSequenceClassification(DebertaConfig(**apart, position_biased_input=False, **classes(three))),
            False,
        ),
        # As the third is, distances counted by their logarithm from the fourth on.
        "deberta-v3": (
            "wordpiece",
            words,
            DebertaV2ForSequenceClassification(
                DebertaV2Config(
                    **apart,
                    position_biased_input=False,
                    position_buckets=8,
                    share_att_key=True,
                    norm_rel_ebd="layer_norm",
                    **classes(["entailment", "neutral", "contradiction"]),
                )
            ),
            False,
        ),
        # All that the second may have and the third has not.
        "deberta-v2": (
            "wordpiece",
            words,
            DebertaV2ForSequenceClassification(
                DebertaV2Config(
                    **apart,
                    max_relative_positions=24,
                    type_vocab_size=2,
                    embedding_size=12,
                    conv_kernel_size=3,
                    conv_act="gelu",
                    **classes(two),
                )
            ),
            False,
        ),
    }
    answers = {}
    for seed, (name, (kind, tokenizer, model, old)) in enumerate(plan.items()):
        model = drawn(model, seed)
        save(name, model, tokenizer, old)
        answers[name] = {
            "single": [logits(model, *framed(kind, tokenizer, text)) for text in TEXTS],
            "pair": [[logits(model, *framed(kind, tokenizer, text, h)) for h in HYPOTHESES] for text in TEXTS],
        }
    return answers


#: How tokens are chosen; lengths are of new tokens.
SEARCHES = [
    dict(num_beams=1, min_new_tokens=0, max_new_tokens=24, no_repeat_ngram_size=0),
    dict(num_beams=1, min_new_tokens=8, max_new_tokens=20, no_repeat_ngram_size=3),
    dict(num_beams=4, min_new_tokens=0, max_new_tokens=24, no_repeat_ngram_size=3, length_penalty=2.0, early_stopping=True),
    dict(num_beams=3, min_new_tokens=6, max_new_tokens=16, no_repeat_ngram_size=2, length_penalty=0.8, early_stopping=False),
]


def generators() -> dict:
    some_bytes, pieces = learned("bytes"), learned("pieces")
    piece_ids = dict(pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)
    t5 = dict(vocab_size=pieces.get_vocab_size(), d_model=16, d_kv=4, num_heads=4, num_layers=2, num_decoder_layers=2, d_ff=24)
    plan = {
        "bart": (
            some_bytes,
            BartForConditionalGeneration(
                BartConfig(
                    vocab_size=some_bytes.get_vocab_size(), **BART, **BYTES, decoder_start_token_id=2, forced_eos_token_id=2
                )
            ),
        ),
        "t5": (pieces, T5ForConditionalGeneration(T5Config(**t5, **piece_ids))),
        "t5-gated": (
            pieces,
            T5ForConditionalGeneration(
                T5Config(**t5, **piece_ids, feed_forward_proj="gated-gelu", tie_word_embeddings=False)
            ),
        ),
        "pegasus": (
            pieces,
            PegasusForConditionalGeneration(
                PegasusConfig(vocab_size=pieces.get_vocab_size(), **BART, **piece_ids, scale_embedding=True, forced_eos_token_id=1)
            ),
        ),
    }
    answers = {}
    for seed, (name, (tokenizer, model)) in enumerate(plan.items()):
        model = drawn(model, 100 + seed)
        with torch.no_grad():  # so that some sequences end before they must
            model.get_output_embeddings().weight[model.config.eos_token_id] *= 2.5
        folder = save(name, model, tokenizer)
        config = json.loads((folder / "config.json").read_text())
        answers[name] = [generated(model, config, tokenizer, text) for text in TEXTS]
    return answers


def source(config: dict, tokenizer: Tokenizer, text: str) -> list[int]:
    if config["model_type"] == "bart":
        return [0, *tokenizer.encode(text, add_special_tokens=False).ids, 2]
    prefix = "summarize: " if config["model_type"] == "t5" else ""
    return [*tokenizer.encode(prefix + text, add_special_tokens=False).ids, 1]


def generated(model: torch.nn.Module, config: dict, tokenizer: Tokenizer, text: str) -> list[list[int]]:
    ids = torch.tensor([source(config, tokenizer, text)])
    forced = {name: config[name] for name in ("forced_eos_token_id", "forced_bos_token_id") if config.get(name) is not None}
    answers = []
    for search in SEARCHES:
        with torch.no_grad():
            out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, **forced, **search)
        answers.append(out[0].tolist())
    return answers


#: Texts that are hard to cut: two spaces, a line break, characters with other forms, and some never seen.
HARD = ["  Two  spaces\nand a line. ", "Ｆｕｌｌ ﬁne ™ ½ naïve", "日本 🙂🙂 x", " "]


def pieces() -> dict:
    """SentencePiece's own ids of the texts, and how each network numbers them."""
    folder = HERE / "pieces"
    folder.mkdir(exist_ok=True)
    texts = [*TEXTS, *HARD]

    def trained(file: str, **layout: object) -> list[list[int]]:
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([*TEXTS, *HYPOTHESES]),
            model_writer=model,
            vocab_size=VOCABULARY - 40,
            hard_vocab_limit=False,
            minloglevel=2,
            **layout,
        )
        (folder / file).write_bytes(model.getvalue())
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        # All published models take a line break for a space; a model that changes no character does not.
        return [processor.encode(text.replace("\n", " ")) for text in texts]

    t5 = trained("spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    roberta = trained("sentencepiece.bpe.model", normalization_rule_name="identity")
    names = dict(pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]")
    deberta = trained("spm.model", normalization_rule_name="identity", pad_id=0, bos_id=1, eos_id=2, unk_id=3, **names)
    ids = {
        "t5": t5,
        "pegasus": [[at + 103 for at in text] for text in t5],
        "xlm-roberta": [[3 if at == 0 else at + 1 for at in text] for text in roberta],
        "deberta-v2": deberta,
    }
    return {"texts": texts, "ids": ids}


def main() -> None:
    torch.set_num_threads(1)
    answers = {
        "texts": TEXTS,
        "hypotheses": HYPOTHESES,
        "classifiers": classifiers(),
        "searches": SEARCHES,
        "generators": generators(),
        "pieces": pieces(),
    }
    (HERE / "answers.json").write_text(json.dumps(answers, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
