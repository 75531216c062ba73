"""Stance labels of our own on texts of the data: `labels/README.md` says how they were made.

A line of `labels/SOURCE.tsv` names a text and gives the label of each span in it: `ID<TAB>START-END:LABEL ...`, offsets in code
points as in the data, `a` against, `n` neutral, `f` favor, `?` behind what another reader may see otherwise. The texts stay where
they are. `cargo xtask quality` scores `columnist` on the newswire's (`xtask/src/newswire.rs`).
"""

import json
import re
from pathlib import Path
from zlib import crc32

from .data import DATA, read
from .model import STANCE

LABELS = Path(__file__).with_name("labels")
#: Train texts, of which one in ten is held out to choose by; the newswire is for tests alone.
TAUGHT = ("dse", "google", "html")
NEWSWIRE = "newswire"
HELD_OUT = 10


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
    rows = read({"dse": "stance/dse.train.jsonl.gz", "google": "compression/google.train.jsonl"}[source])
    return {row["id"]: row["text"] for row in rows}


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
    found = [row for source in TAUGHT for row in rows(source)]
    return [row for row in found if (crc32(row["text"].encode()) % HELD_OUT == 0) == held_out]
