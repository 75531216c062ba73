"""Peak memory of whole runs with the model: `python benches/memory.py --newswire FOLDER`, after `cargo build --release`.

Needs Python alone. Paragraphs are those of the newswire with a number behind each, so that none comes twice; an article
has a hundred. `--only` picks corpora, for the last two take a quarter of an hour.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from run import run

MEGABYTE = 1_000_000


def paragraphs(newswire: Path) -> Iterator[str]:
    """Paragraphs of at least eight words, again and again, each with its number."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(newswire.glob("*.txt"))]
    found = [line.strip() for text in texts for line in text.split("\n") if len(line.split()) >= 8]
    return (f"{text} ({number})" for number, text in enumerate(itertools.cycle(found)))


def articles(folder: Path, newswire: Path, count: int) -> None:
    source = paragraphs(newswire)
    for number in range(count // 100):
        text = "\n\n".join(itertools.islice(source, 100))
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")


def one_paragraph(folder: Path, newswire: Path, size: int) -> None:
    with (folder / "one.txt").open("w", encoding="utf-8") as file:
        for text in paragraphs(newswire):
            file.write(text + " ")
            if file.tell() >= size:
                break


def words(folder: Path, count: int) -> None:
    text = "\n\n".join(f"Word{number}." for number in range(count))
    (folder / "words.txt").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--newswire", type=Path, required=True, help="folder with articles")
    parser.add_argument("--columnist", default="target/release/columnist")
    parser.add_argument("--jobs", type=int, default=2)
    corpora = {
        "1,000 paragraphs": lambda folder, newswire: articles(folder, newswire, 1_000),
        "100,000 paragraphs": lambda folder, newswire: articles(folder, newswire, 100_000),
        "200,000 paragraphs of one word": lambda folder, _: words(folder, 200_000),
        "one paragraph of 50 MB": lambda folder, newswire: one_paragraph(folder, newswire, 50 * MEGABYTE),
    }
    parser.add_argument("--only", nargs="+", choices=corpora, default=list(corpora))
    args = parser.parse_args()
    for name in args.only:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work, "articles")
            folder.mkdir()
            corpora[name](folder, args.newswire)
            seconds, megabytes = run(args.columnist, str(folder), args.jobs, "mini")
            print(f"{name}: {megabytes:.0f} MB, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
