"""Which sentence carries a paragraph: labels made from the pages of `articles/html`.

Nobody marked salient sentences there, but every page has a title and most a description, both written
by the newsroom to say what the article says. A sentence is salient as far as its content words are theirs.
Position plays no part: a first sentence counts only through its words.
"""

import gzip
import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from lxml import html

#: One page in five is held out to see whether the labels can be learned.
HELD_OUT = 5
SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])")
WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")


@dataclass(slots=True)
class Page:
    title: str
    description: str
    paragraphs: list[str]


def held_out_name(name: str) -> bool:
    return crc32(name.encode()) % HELD_OUT == 0


def bodies(folder: Path, held_out: bool) -> dict[str, list[str]]:
    """Paragraphs of the articles by page name, either the training share or the held-out one."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    chosen = [name for name in sorted(truth) if held_out_name(name) == held_out]
    return {n: [p.strip() for p in truth[n]["articleBody"].split("\n") if p.strip()] for n in chosen}


def pages(folder: Path, held_out: bool) -> list[Page]:
    """Pages with a title and a text, either the training share or the held-out one."""
    found = []
    for name, paragraphs in bodies(folder, held_out).items():
        source = folder / "html" / f"{name}.html.gz"
        if not source.exists():
            continue
        tree = html.fromstring(gzip.decompress(source.read_bytes()))
        title = _first(tree, "//meta[@property='og:title']/@content", "//title/text()", "//h1//text()")
        description = _first(
            tree, "//meta[@property='og:description']/@content", "//meta[@name='description']/@content"
        )
        if title and paragraphs:
            found.append(Page(title, description, paragraphs))
    return found


def _first(tree, *paths: str) -> str:
    for path in paths:
        for text in tree.xpath(path):
            if text.strip():
                return " ".join(text.split())
    return ""


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences. Rough: the tool's own splitter is in Rust; labels need no more than this."""
    starts = [0] + [m.end() for m in SENTENCE_END.finditer(text)]
    return [(a, a + len(text[a:b].rstrip())) for a, b in zip(starts, starts[1:] + [len(text)], strict=True)]


def content_words(text: str) -> set[str]:
    """Words of three letters or more, in lower case, with the commonest endings off."""
    words = (w.lower().replace("’", "'").removesuffix("'s") for w in WORD.findall(text))
    return {re.sub(r"(?<=\w{4})(s|es|ed|ing)$", "", w) for w in words if len(w) > 2 or w.isdigit()}


def overlap(sentence: str, query: set[str], rarity: dict[str, float]) -> float:
    """Weight of the query's words that the sentence has, over the weight of them all."""
    whole = sum(rarity.get(w, 1.0) for w in query)
    return sum(rarity.get(w, 1.0) for w in query & content_words(sentence)) / whole if whole else 0.0


@lru_cache(maxsize=1)
def _word_rarity(folder: Path) -> dict[str, float]:
    counts: Counter[str] = Counter()
    everything = pages(folder, held_out=False)
    for page in everything:
        counts.update(content_words(" ".join(page.paragraphs)))
    total = len(everything) + 1
    return {word: math.log(total / count) / math.log(total) for word, count in counts.items()}


def paragraph_targets(page: Page) -> list[tuple[str, list[tuple[tuple[int, int], float]]]]:
    """Paragraphs of two sentences or more; short neighbours are joined. Each sentence with its target."""
    from .data import DATA

    rarity = _word_rarity(DATA / "articles" / "html")
    query = content_words(page.title) | content_words(page.description)
    passages, current = [], ""
    for paragraph in page.paragraphs:
        current = f"{current} {paragraph}".strip()
        if len(sentences(current)) >= 3:
            passages.append(current[:1800])
            current = ""
    if len(sentences(current)) >= 2:
        passages.append(current[:1800])
    scored = [(p, [((a, b), overlap(p[a:b], query, rarity)) for a, b in sentences(p)]) for p in passages]
    best = max((score for _, marks in scored for _, score in marks), default=0.0)
    if best == 0.0:
        return []
    return [(p, [(span, score / best) for span, score in marks]) for p, marks in scored]
