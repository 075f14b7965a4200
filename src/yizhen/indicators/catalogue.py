"""The catalogue that the project ships: thirty indicators and the departments they come from."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .actions import define_indicator
from .models import Indicator

DATA = Path(__file__).parent / "data" / "catalogue.json"


@transaction.atomic
def load_catalogue(actor: Any, city: Division) -> int:
    """Add the departments and indicators that are missing; returns how many indicators were added."""
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
    return len(missing)
