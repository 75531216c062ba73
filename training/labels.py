"""Labels of our own on texts of the data: `labels/README.md` says how they were made.

A line of `labels/SOURCE.tsv` names a text and gives the stance of each span in it: `ID<TAB>START-END:LABEL ...`, offsets in code
points as in the data, `a` against, `n` neutral, `f` favor, `?` behind what another reader may see otherwise. A line of
`labels/valence.tsv` gives a text's valence, 1 to 5, as EmoBank's readers do: `SOURCE<TAB>ID<TAB>VALENCE`. A line of
`labels/salience.tsv` says how well each sentence stands for its passage, 0 to 3, and how much the passage matters to its article, 0 to 3:
`SOURCE<TAB>ID<TAB>WEIGHT<TAB>START:RATING ...`; a sentence ends where the next one starts. The texts stay where they are. `cargo xtask
quality` scores `columnist` on the newswire's (`xtask/src/newswire.rs`).
"""

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from .model import STANCE
from .records import DATA, read

LABELS = Path(__file__).with_name("labels")
#: Train texts, of which one in ten is held out to choose by; the newswire is for tests alone.
TAUGHT = ("dse", "google", "html")
NEWSWIRE = "newswire"
#: What Google's texts were compressed to, which reads like a headline.
SUMMARY = "summary"
HELD_OUT = 10
#: How much a sentence of each rating is to carry, by itself and in an article.
CARRIES = (0.02, 0.1, 0.4, 1.0)
#: Score below and above which a text is polar, as in EmoBank.
POLAR = 0.125


@cache
def texts(source: str) -> dict[str, str]:
    """The texts of a source by the names that its labels use."""
    if source == "html":
        return {f"{page}.{number}": text for page, body in bodies().items() for number, text in enumerate(body)}
    if source == "gum":
        documents = read("kinds/gum.train.jsonl")
        return {f"{d['id']}.{number}": block["text"] for d in documents for number, block in enumerate(d["blocks"])}
    if source == NEWSWIRE:
        return {
            f"{path.name}.{number}": text
            for path in sorted((DATA / "articles" / "newswire").glob("*.txt"))
            for number, text in enumerate(newswire(path))
        }
    if source == "dse":
        return {row["id"]: row["text"] for row in read("stance/dse.train.jsonl.gz")}
    return {row["id"]: row["summary" if source == SUMMARY else "text"] for row in read("compression/google.train.jsonl")}


def bodies() -> dict[str, list[str]]:
    """The paragraphs of the articles of `articles/html` by the names of their pages."""
    truth = json.loads((DATA / "articles" / "html" / "ground-truth.json").read_text(encoding="utf-8"))
    return {name: [p.strip() for p in page["articleBody"].split("\n") if p.strip()] for name, page in truth.items()}


def passage(source: str, name: str) -> str:
    """A text, or several in a row, a line each: `PAGE.3-5`."""
    page, _, numbers = name.rpartition(".")
    first, _, last = numbers.partition("-")
    return "\n".join(texts(source)[f"{page}.{number}"] for number in range(int(first), int(last or first) + 1))


def newswire(path: Path) -> list[str]:
    """The paragraphs below the address in the first line, each with single spaces."""
    body = path.read_bytes().decode("utf-8").replace("\r\n", "\n").split("\n", 1)[1]
    return [re.sub(r"\s+", " ", p.strip()) for p in re.split(r"\n\s*\n", body) if p.strip()]


def rows(source: str) -> list[dict]:
    """Stance rows as the data's own: `id`, `text`, `target`, `start`, `end`, `label`; and `sure`."""
    known = texts(source)
    found = []
    for line in (LABELS / f"{source}.tsv").read_text(encoding="utf-8").splitlines():
        name, spans = line.split("\t")
        for span in spans.split():
            start, end, letter = re.fullmatch(r"(\d+)-(\d+):([anf])\??", span).groups()
            text, start, end = known[name], int(start), int(end)
            label = next(label for label in STANCE if label[0] == letter)
            row = {"id": f"{name}.{start}", "source": source, "text": text, "target": text[start:end]}
            found.append(row | {"start": start, "end": end, "label": label, "sure": not span.endswith("?")})
    return found


def taught(held_out: bool) -> list[dict]:
    """Rows of the train texts: those that are held out, or the others."""
    return [row for source in TAUGHT for row in rows(source) if is_held_out(row) == held_out]


def ratings(sources: tuple[str, ...]) -> list[dict]:
    """Sentiment rows as EmoBank's: `text`, `score` and `label`."""
    known = {source: texts(source) for source in sources}
    found = []
    for line in (LABELS / "valence.tsv").read_text(encoding="utf-8").splitlines():
        source, name, valence = line.split("\t")
        if source in sources:
            score = (float(valence) - 3) / 2
            label = "negative" if score < -POLAR else "positive" if score > POLAR else "neutral"
            found.append({"id": name, "text": known[source][name], "score": round(score, 3), "label": label})
    return found


def rated(held_out: bool) -> list[dict]:
    """Ratings of the train texts: those that are held out, or the others."""
    return [row for row in ratings((*TAUGHT, SUMMARY)) if is_held_out(row) == held_out]


def passages(sources: tuple[str, ...]) -> list[dict]:
    """Passages whose sentences are rated: `id`, `text`, `weight` and `sentences`, each `(start, end, rating)`."""
    found = []
    for line in (LABELS / "salience.tsv").read_text(encoding="utf-8").splitlines():
        source, name, weight, marks = line.split("\t")
        if source not in sources:
            continue
        text = passage(source, name)
        starts, ratings = zip(*(mark.split(":") for mark in marks.split()), strict=True)
        bounds = [*map(int, starts), len(text)]
        spans = [(a, a + len(text[a:b].rstrip())) for a, b in pairwise(bounds)]
        sentences = [(*span, float(rating)) for span, rating in zip(spans, ratings, strict=True)]
        found.append({"id": name, "text": text, "weight": float(weight), "sentences": sentences})
    return found


def salient(held_out: bool) -> list[dict]:
    """Passages of the train texts: those that are held out, or the others."""
    return [row for row in passages(("html", "gum")) if is_held_out(row) == held_out]


def carried(row: dict) -> list[float]:
    """What each sentence of a passage is to carry, in 0..1: its share of the passage and the passage's of the article."""
    return [CARRIES[round(rating)] * (0.4 + 0.2 * row["weight"]) for *_, rating in row["sentences"]]


def is_held_out(row: dict) -> bool:
    return crc32(row["text"].encode()) % HELD_OUT == 0
