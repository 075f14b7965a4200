"""Reading the oracles."""

import csv
import json
from pathlib import Path
from typing import Any

ORACLES = Path(__file__).parent / "oracles"


def oracle(name: str) -> Any:
    return json.loads((ORACLES / name).read_text(encoding="utf-8"))


def table(name: str) -> dict[str, list[str]]:
    with (ORACLES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def long(columns: dict[str, list[str]], keys: list[str], items: list[str]) -> dict[str, list[Any]]:
    """Melt a wide table: one row a rating, empty and NaN cells left out."""
    made: dict[str, list[Any]] = {key: [] for key in [*keys, "item", "score"]}
    for row in range(len(columns[keys[0]])):
        for item in items:
            if columns[item][row] not in ("", "NA", "NaN"):
                for key in keys:
                    made[key].append(columns[key][row])
                made["item"].append(item)
                made["score"].append(float(columns[item][row]))
    return made
