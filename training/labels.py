"""Labels of our own on texts of the data: `labels/README.md` says how they were made.

A line of `labels/SOURCE.tsv` names a text and gives the stance of each span in it: `ID<TAB>START-END:LABEL ...`, offsets in code
points as in the data, `a` against, `n` neutral, `f` favor, `?` behind what another reader may see otherwise. A line of
`labels/valence.tsv` gives a text's valence, 1 to 5, as EmoBank's readers do: `SOURCE<TAB>ID<TAB>VALENCE`. The texts stay where
they are. `cargo xtask quality` scores `columnist` on the newswire's (`xtask/src/newswire.rs`).
"""

import json
import re
from functools import cache
from pathlib import Path
from zlib import crc32

from .data import DATA, read
from .model import STANCE

LABELS = Path(__file__).with_name("labels")
#: Train texts, of which one in ten is held out to choose by; the newswire is for tests alone.
TAUGHT = ("dse", "google", "html")
NEWSWIRE = "newswire"
#: What Google's texts were compressed to, which reads like a headline.
SUMMARY = "summary"
HELD_OUT = 10
#: Score below and above which a text is polar, as in EmoBank.
POLAR = 0.125


@cache
def texts(source: str) -> dict[str, str]:
    """The texts of a source by the names that its labels use."""
    if source == "html":
        truth = json.loads((DATA / "articles" / "html" / "ground-truth.json").read_text(encoding="utf-8"))
        return {
            f"{page}.{number}": text
            for page, article in truth.items()
            for number, text in enumerate(p.strip() for p in article["articleBody"].split("\n") if p.strip())
        }
    if source == NEWSWIRE:
        return {
            f"{path.name}.{number}": text
            for path in sorted((DATA / "articles" / "newswire").glob("*.txt"))
            for number, text in enumerate(newswire(path))
        }
    if source == "dse":
        return {row["id"]: row["text"] for row in read("stance/dse.train.jsonl.gz")}
    return {row["id"]: row["summary" if source == SUMMARY else "text"] for row in read("compression/google.train.jsonl")}


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


def is_held_out(row: dict) -> bool:
    return crc32(row["text"].encode()) % HELD_OUT == 0
