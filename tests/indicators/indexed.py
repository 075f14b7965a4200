"""A small index of the fictional city for tests: three pillars of two indicators, fixed goalposts, five townships."""

import json
from typing import Any

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, row
from yizhen.indicators.actions.indices import design_index, edit_index
from yizhen.indicators.indices.spec import EMPTY, Spec, canonical
from yizhen.indicators.models import IndexVersion

PLACES = (LIUAN, XITANG, SHIMEN, GUDU, JIANGFENG)
# Per indicator the figures of the places above; D02 does not apply to the grain towns Gudu and Jiangfeng.
FIGURES = {
    "D01": (8, 6, 4, 5, 2), "D02": (60, 40, 30, 99, 99), "L05": (50, 60, 40, 30, 70), "L06": (60, 70, 50, 55, 80),
    "S06": (90, 95, 85, 92, 88), "S07": (80, 70, 90, 85, 75),
}  # fmt: skip
PERIODS = {"D01": "2025-12", "D02": "2025-12", "L05": "2025Q4", "L06": "2025-12", "S06": "2025-12", "S07": "2025-12"}
POSTS = {"D01": (0, 10), "D02": (20, 70), "L05": (20, 80), "L06": (40, 90), "S06": (80, 100), "S07": (60, 100)}
PILLARS = {"development": ("D01", "D02"), "livelihood": ("L05", "L06"), "safety": ("S06", "S07")}


def figures(office: Any, values: dict[str, tuple[float, ...]] | None = None) -> None:
    """Import the figures above through the ordinary door."""
    rows = []
    for code, listed in (values or FIGURES).items():
        for place, value in zip(PLACES, listed, strict=True):
            parts: dict[str, Any] = (
                {"value": value} if code in {"D01", "D02"} else {"numerator": value * 10, "denominator": 1000}
            )
            rows.append(row(code, place, PERIODS[code], **parts))
    factories.import_figures(office, rows)


def spec(**changes: Any) -> Spec:
    """Return the index above, with changes."""
    made: Spec = {
        **EMPTY, "period": "2025",
        "groups": [
            {"code": code, "parent": "", "weight": weight, "name_zh": code, "name_en": code}
            for code, weight in zip(PILLARS, (50.0, 30.0, 20.0), strict=True)
        ],
        "indicators": [
            {"code": code, "parent": pillar, "weight": 1.0, "worst": float(POSTS[code][0]), "best": float(POSTS[code][1])}
            for pillar, codes in PILLARS.items() for code in codes
        ],
    }  # fmt: skip
    return json.loads(canonical({**made, **changes}))


def draft(office: Any, **changes: Any) -> IndexVersion:
    """Design the index and return its first draft."""
    made = design_index(
        office, code="jiben", name_zh="基本指数", name_en="Basic index", division=office.scope, period="2025"
    )
    return edit_index(office, made, spec(**changes))
