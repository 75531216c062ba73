"""Writes `MODEL_CARD.md` from measured figures: `python -m training.card DIR FIGURES...`.

The figures come from `evaluate --trunk both --test --json`. The names of people and places are swapped here
(`bias.py`); all else in the card is text.
"""

import argparse
import json
from pathlib import Path

from .bias import table
from .calibrate import SHIPPED
from .export import write_sums
from .predict import Reader

#: File, figure, its interval, heading, floor, must.
ROWS = [
    ("newsmtsc-rw.dev", "macro_f1", "ci95", "stance, macro-F1", "0.189 (majority), 0.512 (lexicon)", ""),
    ("newsmtsc-rw.test", "macro_f1", "ci95", "stance, macro-F1", "0.189 (majority), 0.512 (lexicon)", "0.795"),
    ("newsmtsc-mt.dev", "macro_f1", "ci95", "stance, macro-F1", "0.224 (majority), 0.496 (lexicon)", ""),
    ("newsmtsc-mt.test", "macro_f1", "ci95", "stance, macro-F1", "0.224 (majority), 0.496 (lexicon)", "0.770"),
    ("persent.dev", "macro_f1", "ci95", "stance, macro-F1, rows with a mention", "", "0.410"),
    ("dse.dev", "macro_f1", "ci95", "stance, macro-F1", "0.311 (majority)", ""),
    ("dse.dev", "neutral_called_polar", "", "stance, neutral rows called polar", "", "at most 0.350"),
    ("dse.dev (directed)", "macro_f1", "ci95", "attitude of a named holder, macro-F1", "0.311 (majority)", ""),
    ("news (held out)", "macro_f1", "ci95", "stance, labels of our own, macro-F1", "", ""),
    ("newswire.test", "macro_f1", "ci95", "stance, labels of our own, macro-F1", "0.305 (majority)", ""),
    ("newswire.test", "neutral_called_polar", "", "stance, neutral rows called polar", "", ""),
    ("deeds.test", "macro_f1", "ci95", "stance in sentences of our own, macro-F1", "0.239 (majority)", ""),
    ("sst.dev", "polar_accuracy", "polar_ci95", "sentiment, positive or negative, accuracy", "", ""),
    ("sst.test", "polar_accuracy", "polar_ci95", "sentiment, positive or negative, accuracy", "", "0.890"),
    ("sst.dev", "macro_f1", "ci95", "sentiment, three classes, macro-F1", "", ""),
    ("sst.test", "macro_f1", "ci95", "sentiment, three classes, macro-F1", "", ""),
    ("emobank-news.dev", "pearson", "pearson_ci95", "score, Pearson r", "0.451 to 0.558 (lexicon)", "0.680"),
    ("emobank-news.dev", "macro_f1", "ci95", "sentiment, macro-F1", "0.438 to 0.548 (lexicon)", "0.640"),
    ("valence (held out)", "pearson", "pearson_ci95", "score, ratings of our own on news, Pearson r", "", ""),
    ("newswire valence.test", "pearson", "pearson_ci95", "score, ratings of our own on news, Pearson r", "", ""),
    ("newswire valence.test", "macro_f1", "ci95", "sentiment, ratings of our own on news, macro-F1", "0.230 (majority)", ""),
    ("newswire salience.test", "best", "best_ci95", "salience: the sentence that stands for its passage, accuracy", "", ""),
    ("google.dev", "kept_f1", "ci95", "kept-token F1", "", ""),
    ("google.test", "kept_f1", "ci95", "kept-token F1", "0.522 (copy), 0.583 (first 11 words)", "0.815"),
    ("google.test", "kept_rate", "", "rate of kept tokens", "", "reference ± 0.030"),
    ("wnut17.dev", "entity_f1", "entity_ci95", "entities, F1 (PER, ORG, LOC)", "", "0.500"),
    ("worldwide.dev", "entity_f1", "entity_ci95", "entities, F1 (PER, ORG, LOC)", "", "0.720"),
    ("worldwide.dev", "all_f1", "all_ci95", "entities, F1 (all five classes)", "", ""),
    ("plain", "not_neutral", "", "plain facts not called neutral, of 39", "", "0"),
]

CARD = Path(__file__).with_name("card.md")


def figure_table(found: dict) -> str:
    lines = ["| file | figure | int8 | 95 % interval | float32 | floor | required |", "|---|---|---|---|---|---|---|"]
    for file, figure, interval, heading, floor, must in ROWS:
        mini, full = found["int8"].get(file), found.get("f32", {}).get(file, {})
        if mini is None:
            continue
        low, high = mini.get(interval, (None, None))
        between = "" if low is None else f"{low:.3f} to {high:.3f}"
        a, b = (v if isinstance(v, (int, str)) else f"{v:.3f}" for v in (mini[figure], full.get(figure, "")))
        lines.append(f"| {file} | {heading} | {a} | {between} | {b} | {floor} | {must} |")
    return "\n".join(lines)


def salience_line(found: dict) -> str:
    s = found["int8"]["newswire salience.test"]
    return (
        f"Of {s['n']} newswire passages the first sentence is the best in {s['first_best']:.3f}, the longest in {s['longest_best']:.3f}; "
        f"on the scale of 0 to 3 the picked sentence has {s['rating']:.2f}, the first {s['first_rating']:.2f}, "
        f"the longest {s['longest_rating']:.2f}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("figures", type=Path, nargs="+", help="one file with both trunks, or one for each")
    args = parser.parse_args()
    found: dict = {}
    for file in args.figures:
        found |= json.loads(file.read_text(encoding="utf-8"))
    card = CARD.read_text(encoding="utf-8")
    card = card.replace("{{figures}}", figure_table(found)).replace("{{salience}}", salience_line(found))
    card = card.replace("{{bias}}", "\n".join(table(Reader.exported(args.folder))))
    (args.folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    write_sums(args.folder, SHIPPED)


if __name__ == "__main__":
    main()
