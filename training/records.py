"""The records of the data folder, as they lie there."""

import gzip
import json
import os
from pathlib import Path

DATA = Path(os.environ.get("COLUMNIST_DATA", Path(__file__).parents[1] / ".." / "shared" / "data"))


def read(name: str) -> list[dict]:
    """Records of a JSON-lines file under the data folder, plain or gzipped."""
    path = DATA / name
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        return [json.loads(line) for line in lines]
