"""The catalogue that the project ships: thirty indicators, the departments they come from, and what they are made of."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .actions import define_field, define_indicator
from .models import DataField, Indicator

DATA = Path(__file__).parent / "data" / "catalogue.json"
FIELDS = Path(__file__).parent / "data" / "fields.json"


@transaction.atomic
def load_catalogue(actor: Any, city: Division) -> int:
    """Add the departments, indicators and fields that are missing; returns how many indicators were added."""
    content = json.loads(DATA.read_text(encoding="utf-8"))
    for row in content["departments"]:
        Unit.objects.get_or_create(
            code=row["code"], defaults={"name_zh": row["name_zh"], "name_en": row["name_en"], "division": city}
        )
    known = set(Indicator.objects.values_list("code", flat=True))
    units = Unit.objects.in_bulk()
    missing = [row for row in content["indicators"] if row["code"] not in known]
    for row in missing:
        define_indicator(actor, **{**row, "source": units[row["source"]]})
    _load_fields(actor, units)
    return len(missing)


def _load_fields(actor: Any, units: dict[str, Unit]) -> None:
    indicators = Indicator.objects.in_bulk()
    known = set(DataField.objects.values_list("code", flat=True))
    for row in json.loads(FIELDS.read_text(encoding="utf-8")):
        if row["code"] not in known:
            define_field(actor, **{**row, "owner": units[row["owner"]], "indicator": indicators.get(row["indicator"])})
