"""Peer (c): rust-bert's stock pipelines on random weights, for speed alone; the pipelines are in `rust_bert_pipelines.rs`.

DistilBERT reads every paragraph. The two of BART-large's size take seconds a paragraph: they have a sample from all over,
and its time is multiplied.
"""

import json
import resource
import subprocess
from pathlib import Path

from tokenizers import ByteLevelBPETokenizer, Tokenizer

from .job import TARGETS, arguments, paragraphs

CHECKPOINTS = Path("target/rust-bert/checkpoints")
PROGRAM = Path("target/rust-bert/release/examples/rust_bert_pipelines")
#: Paragraphs, or pairs of paragraph and target, that a model of BART-large's size reads.
SAMPLE = 12


def vocabularies(model: Path, texts: list[str]) -> None:
    """DistilBERT's is that of the shipped model. BART's has as many entries as can be had from the paragraphs
    themselves, which cuts them into fewer tokens than the true one would."""
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    words = Tokenizer.from_file(str(model / "tokenizer.json")).get_vocab()
    (CHECKPOINTS / "vocab.txt").write_text("\n".join(sorted(words, key=words.get)) + "\n", encoding="utf-8")
    bart = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    bart.train_from_iterator(texts, vocab_size=50_265, special_tokens=special, show_progress=False)
    bart.save_model(str(CHECKPOINTS))


def sampled(everything: list) -> list:
    return everything[:: max(1, -(-len(everything) // SAMPLE))]


def main() -> None:
    args = arguments().parse_args()
    given = paragraphs(args.paragraphs)
    texts = [p.text for p in given]
    vocabularies(args.model, texts)
    whole = {
        "sentiment": texts,
        "summary": texts,
        "named": [(p.text, n) for p in given for n in TARGETS if p.mentions[n]],
        "elsewhere": [(p.text, n) for p in given for n in TARGETS if not p.mentions[n]],
    }
    job = {task: texts if task == "sentiment" else sampled(todo) for task, todo in whole.items()}
    path = CHECKPOINTS / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    ran = subprocess.run([PROGRAM, CHECKPOINTS, path, str(args.threads)], check=True, stdout=subprocess.PIPE)
    seconds = json.loads(ran.stdout)
    names = {"sentiment": "sentiment", "summary": "summary", "named": "stance where named", "elsewhere": "stance elsewhere"}
    for task, name in names.items():
        seconds[name] *= len(whole[task]) / max(1, len(job[task]))
    ordered = {name: seconds[name] for name in ("load", *names.values())}
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    # Random weights have no answers to compare.
    answers = {"seconds": ordered, "memory": memory, "sentiment": [], "stance": []}
    args.out.write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
