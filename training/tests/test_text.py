"""The case channel and the span rule; the same table stands in the Rust tests."""

import pytest

from training.text import LOWER, MIXED, TITLE, UPPER, case_class, encode

CASES = [
    ("election", LOWER),
    ("Election", TITLE),
    ("NATO", UPPER),
    ("iPhone", MIXED),
    ("McCain", MIXED),
    ("I", TITLE),
    ("A", TITLE),
    ("2026", LOWER),
    ("3D", TITLE),
    ("COVID19", UPPER),
    ("É", TITLE),
    ("ÉTÉ", UPPER),
    ("Ünlü", TITLE),
    ("eU", MIXED),
    ("“", LOWER),
    ("北京", LOWER),
]


@pytest.mark.parametrize(("word", "expected"), CASES)
def test_case_class(word, expected):
    assert case_class(word) == expected


def test_channel_follows_the_words_of_the_original_text():
    encoded = encode("NATO’s Jens Stoltenberg said no.")
    by_word = {encoded.text[a:b]: t for (a, b), t in zip(encoded.spans, encoded.types, strict=True) if b > a}
    assert by_word["NATO"] == UPPER
    assert by_word["Jens"] == TITLE
    assert by_word["said"] == LOWER
    assert encoded.types[0] == encoded.types[-1] == LOWER
    stoltenberg = encoded.covered(12, 24)
    assert len(stoltenberg) > 1
    assert {encoded.types[i] for i in stoltenberg} == {TITLE}


def test_a_span_covers_each_token_it_touches():
    encoded = encode("President Trump spoke")
    assert encoded.covered(10, 15) == [2]
    assert encoded.covered(12, 13) == [2]
    assert encoded.covered(9, 10) == []


def test_first_tokens_are_one_for_each_word():
    encoded = encode("Zelenskyy’s visit")
    assert [encoded.text[a:b] for a, b in (encoded.spans[i] for i in encoded.first_tokens())][1:] == ["’", "s", "visit"]
