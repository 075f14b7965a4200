"""A project judged by the indicator that it should move: before and after in its place. What moved it is never said."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.counting import interval_of
from yizhen.indicators.models import Indicator, Observation
from yizhen.indicators.periods import bounds
from yizhen.indicators.queries import observations_visible_to
from yizhen.livelihood.models import Project
from yizhen.people.models import Account
from yizhen.places.queries import city_code
from yizhen.scoring.small_area import FEWEST

LEAST = Decimal("0.01")  # of the figure before: less than that is no change worth the word
FINDINGS = {
    "none": _("没有对应指标"),
    "no_before": _("没有实施前的数据，无从比较"),
    "too_early": _("还太早：验收以后还没有数据"),
    "moved": _("指标向好"),
    "chance": _("有变化，可能只是偶然"),
    "not_moved": _("指标没有变化"),
    "worse": _("指标变差"),
    "context": _("只作背景，不评价"),
}


@dataclass(frozen=True)
class Judgement:
    """What can be said, with the figures that say it: of the place, and of the whole city in the same periods."""

    finding: str
    before: Observation | None = None
    after: Observation | None = None
    city_before: Observation | None = None
    city_after: Observation | None = None

    @property
    def words(self) -> Any:
        """The finding in the page's language."""
        return FINDINGS[self.finding]


def judge(
    indicator: Indicator | None, own: Sequence[Observation], started: date | None, accepted: date | None
) -> Judgement:
    """Return what an indicator says of a place before works began and after they were accepted.

    Args:
        indicator: the gap that the project named.
        own: the place's figures of it, in any order.
        started: when the works began; the last period that ended before is what was.
        accepted: when they were accepted; the last period that ended since is what is.
    """
    if indicator is None:
        return Judgement("none")
    if started is None:
        return Judgement("too_early", before=_last(own))
    before = _last([one for one in own if bounds(one.period)[1] < started])
    after = _last([one for one in own if accepted is not None and bounds(one.period)[1] >= accepted])
    if after is None:
        return Judgement("too_early", before=before)
    if before is None:
        return Judgement("no_before", after=after)
    return Judgement(_finding(indicator, before, after), before, after)


def _last(figures: Sequence[Observation]) -> Observation | None:
    return max(figures, key=lambda one: bounds(one.period)[1], default=None)


def _finding(indicator: Indicator, before: Observation, after: Observation) -> str:
    if indicator.direction not in {"up", "down"}:
        return "context"
    change = after.value - before.value
    if abs(change) <= abs(before.value) * LEAST:
        return "not_moved"
    if _overlap(indicator, before, after):
        return "chance"
    return "moved" if (change > 0) == (indicator.direction == "up") else "worse"


def _overlap(indicator: Indicator, before: Observation, after: Observation) -> bool:
    """Return whether the 95 % intervals of two counted figures meet: then chance alone may have moved them."""
    first, second = interval_of(before, indicator), interval_of(after, indicator)
    return bool(first and second and first[0] <= second[1] and second[0] <= first[1])


def judgements(user: Account, projects: Iterable[Project]) -> dict[int, Judgement]:
    """Return project → judgement by the figures that the user may see. Two queries, however many projects."""
    return _judged(list(projects), observations_visible_to(user), city_code(user.scope_id))


def open_judgements(projects: Iterable[Project]) -> dict[int, str]:
    """Return project → finding, without a figure: for residents, to whom not every figure is open. One query."""
    return {pk: one.finding for pk, one in _judged(list(projects), Observation.objects.all(), "").items()}


def _judged(listed: list[Project], visible: QuerySet[Observation], city: str) -> dict[int, Judgement]:
    places = {city, *(one.division_id for one in listed)}
    wanted = {one.indicator_id for one in listed if one.indicator_id}
    figures: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    if wanted:
        for one in visible.filter(indicator__in=wanted, division__in=places).select_related("source").order_by():
            figures[one.indicator_id, one.division_id].append(one)
    made = {}
    for project in listed:
        code = project.indicator_id or ""
        found = judge(project.indicator, figures[code, project.division_id], project.started_on, project.accepted_on)
        if city:
            beside = {one.period: one for one in figures[code, city]}
            found = replace(
                found,
                city_before=beside.get(found.before.period) if found.before else None,
                city_after=beside.get(found.after.period) if found.after else None,
            )
        made[project.pk] = found
    return made


def few(figure: Observation | None, indicator: Indicator | None) -> bool:
    """Return whether a figure counts one to four persons."""
    return figure is not None and indicator is not None and indicator.unit == "人" and 0 < figure.value < FEWEST
