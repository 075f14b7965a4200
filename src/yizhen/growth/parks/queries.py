"""The readers of industrial parks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.growth.models import STAGES, TEN_BILLION, Park, ParkFigure, ParkTarget, Project
from yizhen.growth.projects.queries import projects_visible_to
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside
from yizhen.scoring.growth_path import Expected
from yizhen.web.board import BoardLine
from yizhen.web.templatetags.yizhen import figure, label

from .path import Path, Ratios, path_of, ratios_of
from .rules import may_read

PIPELINE = ("lead", "signed", "started", "producing")


def parks_visible_to(user: Account) -> QuerySet[Park]:
    """Return the parks of the user's city, each with all versions of its figures and targets. Three queries."""
    if not may_read(user):
        return Park.objects.none()
    return (
        Park.objects.filter(inside(city_code(user.scope_id)))
        .select_related("division")
        .prefetch_related(
            Prefetch("figures", ParkFigure.objects.select_related("by")),
            Prefetch("targets", ParkTarget.objects.select_related("by")),
        )
    )


@dataclass
class ParkPage:
    """A park with what its figures say."""

    park: Park
    figures: list[ParkFigure]
    earlier: dict[int, list[ParkFigure]]
    target: Decimal
    target_version: ParkTarget | None
    path: Path | None
    ratios: list[tuple[ParkFigure, Ratios]] = field(default_factory=list)

    @property
    def last(self) -> ParkFigure | None:
        """The last year's figure."""
        return self.figures[-1] if self.figures else None

    @property
    def percent(self) -> float | None:
        """How much of the target is reached, in percent."""
        return 100 * self.path.share if self.path else None

    @property
    def needed(self) -> float | None:
        """The growth a year that leads to the target, in percent."""
        return None if self.path is None or self.path.needed is None else 100 * self.path.needed

    @property
    def achieved(self) -> float | None:
        """The growth a year between the first and the last figure, in percent."""
        return None if self.path is None or self.path.achieved is None else 100 * self.path.achieved

    @property
    def trend_growth(self) -> tuple[float, ...]:
        """The trend's growth a year with its limits, in percent."""
        trend = self.path.trend if self.path else None
        return tuple(100 * one for one in (trend.growth, trend.growth_low, trend.growth_high)) if trend else ()

    @property
    def trend_rows(self) -> list[tuple[int, Decimal | None, Expected]]:
        """The table twin of the chart: year, output, what the trend says."""
        trend = self.path.trend if self.path else None
        own = {one.year: one.output for one in self.figures}
        return [(point.year, own.get(point.year), point) for point in trend.points] if trend else []


def read_park(park: Park) -> ParkPage:
    """Return a park that came with its figures and targets: the last version of each year, those before it, the path."""
    figures: list[ParkFigure] = []
    earlier: dict[int, list[ParkFigure]] = defaultdict(list)
    for one in sorted(park.figures.all(), key=lambda one: (one.year, -one.number)):
        if figures and figures[-1].year == one.year:
            earlier[one.year].append(one)
        else:
            figures.append(one)
    version = next(iter(park.targets.all()), None)
    target = version.output if version else TEN_BILLION
    path = path_of(figures, target, version.year if version else None)
    return ParkPage(park, figures, dict(earlier), target, version, path, [(one, ratios_of(one)) for one in figures])


@dataclass
class Stage:
    """The projects of one stage: how many, and what they promise."""

    name: Any
    count: int = 0
    investment: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    jobs: int = 0
    unknown: int = 0
    projects: list[Project] = field(default_factory=list)


def pipeline(user: Account, division: Division) -> list[Stage]:
    """Return the projects of a park's township that the user sees, by stage, with the sums of what they promise. One query."""
    stages = {code: Stage(STAGES[code]) for code in PIPELINE}
    for project in projects_visible_to(user).filter(division=division, stage__in=PIPELINE).order_by("pk"):
        stage = stages[project.stage]
        stage.projects.append(project)
        stage.count += 1
        stage.investment += project.investment or 0
        stage.tax += project.promised_tax or 0
        stage.jobs += project.jobs or 0
        stage.unknown += project.investment is None or project.promised_tax is None or project.jobs is None
    return list(stages.values())


def read_parks(parks: Iterable[Park]) -> list[ParkPage]:
    """Return parks by place, each with what its figures say."""
    return [read_park(park) for park in parks]


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what the front command post shows of a township's parks. Constant queries."""
    lines = []
    for page in read_parks(parks_visible_to(user).filter(division=division)):
        address = reverse("growth:park", args=[page.park.pk])
        if page.last is None:
            lines.append(BoardLine(label(page.park), _("还没有数据"), address))
            continue
        value = _("%(output)s 亿元") % {"output": figure(page.last.output)}
        detail = _("%(year)s年，目标 %(target)s 亿元") % {"year": page.last.year, "target": figure(page.target)}
        lines.append(BoardLine(label(page.park), value, address, detail))
    return lines
