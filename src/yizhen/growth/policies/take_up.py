"""Who was reached of those who qualify, by township and by size: counts below five and what would give them away suppressed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yizhen.growth.models import Enterprise, Policy, Redemption
from yizhen.growth.models.enterprise import CHOICE_NAMES
from yizhen.places.models import Division
from yizhen.places.queries import inside
from yizhen.scoring.small_area import FEW, HIDDEN, SMALL, suppress_counts

from .conditions import FACTS, Answer
from .queries import matched


@dataclass(frozen=True)
class TakeUpRow:
    """One township or size: how many qualify or were granted it, to how many of them it was paid, and the share in percent.

    A count that must not be shown is "<5" or "※", and the share is None with it.
    """

    name: Any
    qualify: int | str
    paid: int | str
    share: float | None


@dataclass(frozen=True)
class TakeUp:
    """The take-up of a policy: by township, by size, and altogether; ``lacking`` firms lack data, which is told as a count."""

    places: list[TakeUpRow]
    scales: list[TakeUpRow]
    total: TakeUpRow
    lacking: int | str


def published(
    groups: Mapping[str, Sequence[tuple[Any, int, int]]], total_name: Any
) -> tuple[list[TakeUpRow], TakeUpRow]:
    """Return rows of (name, qualify, paid) fit to be shown with their sum.

    Both what was paid and what was not are suppressed where they are small, as one follows from the other.
    """
    rows = [row for group in groups.values() for row in group]
    paid = suppress_counts([[one[2] for one in group] for group in groups.values()])
    rest = suppress_counts([[max(one[1] - one[2], 0) for one in group] for group in groups.values()])
    marks = [
        _mark(mark, other)
        for marks, others in zip(paid.cells, rest.cells, strict=True)
        for mark, other in zip(marks, others, strict=True)
    ]
    shown = [_row(name, qualify, done, mark) for (name, qualify, done), mark in zip(rows, marks, strict=True)]
    whole = _row(total_name, sum(one[1] for one in rows), sum(one[2] for one in rows), _mark(paid.total, rest.total))
    return shown, whole


def _mark(paid: str, rest: str) -> str:
    return paid or (HIDDEN if rest else "")


def _row(name: Any, qualify: int, paid: int, mark: str) -> TakeUpRow:
    if mark:  # of how many it is would bound what is hidden
        return TakeUpRow(name, FEW if qualify in SMALL else HIDDEN, mark, None)
    return TakeUpRow(name, qualify, paid, 100 * paid / qualify if qualify else None)


def take_up(policy: Policy, total_name: Any, unknown_name: Any) -> TakeUp:
    """Count a policy's take-up: of firms that qualify now or were granted it, those that were paid. Four queries."""
    found = matched(policy, Enterprise.objects.filter(inside(policy.division_id)))
    granted = dict(Redemption.objects.filter(policy=policy, refused_on=None).values_list("enterprise", "paid_on"))
    keys = set(found.keys(Answer.MET)) | granted.keys()
    firms = Enterprise.objects.filter(pk__in=keys).values_list("pk", "division_id", "scale")
    qualify_at: Counter[str] = Counter()
    paid_at: Counter[str] = Counter()
    for key, place, scale in firms:
        for name in (place, scale):
            qualify_at[name] += 1
            paid_at[name] += granted.get(key) is not None
    towns = Division.objects.filter(code__startswith=policy.division_id, level="township", retired_on=None)
    groups: dict[str, list[tuple[Any, int, int]]] = {}
    for town in towns.order_by("code"):
        groups.setdefault(town.parent_id or "", []).append((town, qualify_at[town.code], paid_at[town.code]))
    places, total = published(groups, total_name)
    sizes = [(CHOICE_NAMES["scale"][code], qualify_at[code], paid_at[code]) for code in FACTS["scale"].choices]
    if qualify_at[""]:
        sizes.append((unknown_name, qualify_at[""], paid_at[""]))
    scales, _whole = published({"": sizes}, total_name)
    lacking = found.count(Answer.UNKNOWN)
    return TakeUp(places, scales, total, FEW if lacking in SMALL else lacking)
