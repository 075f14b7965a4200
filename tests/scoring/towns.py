"""A small tree of four indicators, and data for it."""

from typing import Any

from yizhen.scoring.composite import (
    CompositeIndex,
    Framework,
    Group,
    Indicator,
)

CODES = ("beds", "doctors", "debt", "waste")
TREE = Framework(
    [
        Indicator("beds", "care", worst=0, best=100),
        Indicator("doctors", "care", weight=2, worst=0, best=100),
        Indicator("debt", "money", direction=-1, worst=100, best=0),
        Indicator("waste", "money", weight=3, worst=0, best=100),
    ],
    [Group("index"), Group("care", "index", weight=2, name="医疗"), Group("money", "index")],
)


def data(rows: Any, **more: Any) -> dict[str, Any]:
    return {
        "town": [f"t{at}" for at in range(len(rows))],
        **dict(zip(CODES, zip(*rows, strict=True), strict=True)),
        **more,
    }


def made(rows: Any, index: CompositeIndex | None = None, **more: Any) -> Any:
    return (index or CompositeIndex(TREE)).fit(data(rows, **more), unit="town")
