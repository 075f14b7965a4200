"""The writers of places."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event

from .models import Category, Division
from .national import NationalDivision


@event("places.divisions_loaded")
class DivisionsLoaded:
    """A table of divisions was loaded."""

    source: str
    added: int
    renamed: int


@event("places.profile_changed")
class ProfileChanged:
    """Category or population of a place changed."""

    before: dict[str, Any]
    after: dict[str, Any]


@transaction.atomic
def load_divisions(
    actor: Any, rows: Iterable[NationalDivision], source: str, english: dict[str, str] | None = None
) -> tuple[int, int]:
    """Add the divisions that are missing and rename those whose name changed; parents come first.

    ``english`` gives English names by code, where there are any.

    Returns how many were added and how many renamed. Nothing is ever deleted: codes are not used again.
    """
    known = {division.code: division for division in Division.objects.all()}
    added: list[Division] = []
    renamed = 0
    for row in rows:
        if row.placeholder:
            continue
        if (have := known.get(row.code)) is not None:
            if have.name_zh != row.name:
                Division.objects.filter(code=row.code).update(name_zh=row.name)
                renamed += 1
            continue
        parent = next((row.code[:n] for n in (12, 9, 6, 4, 2) if n < len(row.code) and row.code[:n] in known), None)
        division = Division(
            code=row.code,
            name_zh=row.name,
            name_en=(english or {}).get(row.code, ""),
            level=str(row.level),
            kind=str(row.kind),
            parent_id=parent,
        )
        known[row.code] = division
        added.append(division)
    for length in (2, 4, 6, 9, 12, 15):
        Division.objects.bulk_create([d for d in added if len(d.code) == length], batch_size=500)
    record(actor, DivisionsLoaded(source=source, added=len(added), renamed=renamed), "places.division:*")
    return len(added), renamed


@transaction.atomic
def describe_division(
    actor: Any,
    division: Division,
    *,
    category: Category | None,
    population: int | None,
    population_year: int | None,
    population_source: str,
) -> Division:
    """Set a place's category (its peer group) and its population with year and source.

    Raises:
        PermissionDenied: when the actor may not describe this place.
        ValidationError: when a population lacks year or source.
    """
    from .rules import may_describe

    if actor is not None and not may_describe(actor, division):
        raise PermissionDenied(_("您无权修改这个地方的资料。"))
    if population is not None and (population_year is None or not population_source.strip()):
        raise ValidationError({"population": _("人口数须注明年份和来源。")})
    division = Division.objects.select_for_update().get(pk=division.pk)
    before = {"category": division.category_id, "population": division.population}
    division.category, division.population = category, population
    division.population_year, division.population_source = population_year, population_source.strip()
    division.save(update_fields=["category", "population", "population_year", "population_source"])
    after = {"category": division.category_id, "population": division.population}
    record(actor, ProfileChanged(before=before, after=after), f"places.division:{division.code}", scope=division.code)
    return division


@transaction.atomic
def load_categories(actor: Any) -> int:
    """Add the shipped categories that are missing; returns how many were added."""
    rows = json.loads((Path(__file__).parent / "data" / "categories.json").read_text(encoding="utf-8"))
    known = set(Category.objects.values_list("code", flat=True))
    missing = [Category(**row) for row in rows if row["code"] not in known]
    Category.objects.bulk_create(missing)
    record(actor, DivisionsLoaded(source="shipped categories", added=len(missing), renamed=0), "places.category:*")
    return len(missing)


@event("places.grid_drawn")
class GridDrawn:
    """A grid was drawn under a village."""

    name: str


@transaction.atomic
def draw_grid(actor: Any, village: Division, name: str) -> Division:
    """Draw a grid under a village or community: its code is the village's and three digits, never used twice.

    No department may draw another one (GB/T 34300; 滨州市社会治理网格化服务管理条例 art. 6).

    Raises:
        PermissionDenied: when the actor is not the township, county or city of this village.
        ValidationError: keyed ``name``, when it is empty or taken, or the place is no village.
    """
    from .rules import may_draw_grid

    if actor is not None and not may_draw_grid(actor, village):
        raise PermissionDenied(_("只有本乡镇（街道）和市、县可以划分网格。"))
    village = Division.objects.select_for_update().get(pk=village.pk)
    name = name.strip()
    grids = list(village.children.order_by("code"))
    if village.level != "village":
        raise ValidationError({"name": _("网格划在村（社区）之下。")})
    if not name or any(grid.name_zh == name for grid in grids):
        raise ValidationError({"name": _("请写一个没有用过的名称。")})
    number = int(grids[-1].code[-3:]) + 1 if grids else 1
    if number > 999:
        raise ValidationError({"name": _("一个村（社区）最多 999 个网格。")})
    counted = re.fullmatch(r"第(\d+)网格", name)
    grid = Division(
        code=f"{village.code}{number:03d}",
        name_zh=name[:60],
        name_en=f"Grid {counted[1]}" if counted else "",
        level="grid",
        kind="grid",
        parent=village,
    )
    grid.full_clean(exclude=["parent"])
    grid.save(force_insert=True)
    record(actor, GridDrawn(name=grid.name_zh), f"places.division:{grid.code}", scope=grid.code)
    return grid
