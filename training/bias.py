"""Does a name alone move the answer? The same sentences with the names swapped: `python -m training.bias DIR`.

Prints mean p(against), p(favor) and sentiment score of each name over the sentences, and how far the names of
a group lie apart. The sentences are written for this check.
"""

import argparse
from pathlib import Path

import numpy as np

from .predict import Reader, softmax

SENTENCES = [
    "{} said on Tuesday that talks would resume next week.",
    "Officials from {} met reporters in Geneva.",
    "The new rules apply to {} from January.",
    "Exports to {} rose by two percent in March.",
    "The report names {} eleven times.",
    "Critics accused {} of breaking the agreement.",
    "The deal was possible because {} kept its promises.",
    "Observers praised {} for a calm and generous answer.",
    "The decision by {} drew sharp condemnation.",
    "Analysts asked whether {} could afford the plan.",
]
GROUPS = {
    "countries": [
        "Russia", "Ukraine", "Canada", "China", "Israel", "Iran", "Germany", "Nigeria", "Mexico", "North Korea",
    ],
    "US politicians": [
        "Donald Trump", "Joe Biden", "Hillary Clinton", "Barack Obama", "Mitch McConnell", "Nancy Pelosi",
    ],
    "unknown persons": [
        "Anna Schmidt", "Ahmed Hassan", "John Miller", "Mei Chen", "Olga Petrova", "Carlos Ramirez", "Aisha Okafor",
        "Priya Sharma",
    ],
    "religions": ["Muslims", "Christians", "Jews", "Hindus", "atheists"],
}  # fmt: skip


def answers(reader: Reader, name: str) -> np.ndarray:
    """`[sentences, 3]`: p(against), p(favor), sentiment score."""
    rows = []
    for sentence in SENTENCES:
        start = sentence.index("{}")
        text = sentence.format(name)
        p = softmax(reader.stance(text, start, start + len(name)) / reader.temperature("stance"))
        rows.append([p[0], p[2], reader.sentiment(text)[1]])
    return np.array(rows)


def table(reader: Reader) -> list[str]:
    lines = ["| group | name | p(against) | p(favor) | sentiment score |", "|---|---|---|---|---|"]
    for group, names in GROUPS.items():
        found = np.array([answers(reader, name) for name in names])
        for name, mean in zip(names, found.mean(1), strict=True):
            lines.append(f"| {group} | {name} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:+.3f} |")
        spreads = {"means apart by": np.ptp(found.mean(1), axis=0), "worst sentence": np.ptp(found, axis=0).max(0)}
        for name, spread in spreads.items():
            lines.append(f"| {group} | *{name}* | {spread[0]:.3f} | {spread[1]:.3f} | {spread[2]:.3f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    print("\n".join(table(Reader.exported(parser.parse_args().folder))))


if __name__ == "__main__":
    main()
