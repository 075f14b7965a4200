"""A place's livelihood gaps: what the indicators say, which facilities are idle or overrun, which projects answer."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.indicators.models import Indicator, Observation
from yizhen.indicators.overview import HeatTable, heat_table
from yizhen.indicators.queries import GapRow, gap_rows, indicators_visible_to
from yizhen.livelihood.facilities.queries import Line, facilities_visible_to, lines_of, rules_in_force
from yizhen.livelihood.models import Project
from yizhen.livelihood.projects.lights import light, worst
from yizhen.livelihood.projects.queries import projects_visible_to, state_of_project, steps_of
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside
from yizhen.scoring.small_area import FEWEST
from yizhen.web.board import BoardLine

ALLOWANCE = "L07"  # rural by urban recipients of the minimum allowance: a ratio, never a list
ENDED = {"accepted", "dropped"}


@dataclass(frozen=True)
class Allowance:
    """Recipients of the minimum allowance in a place, as counts; None and ``hidden`` where they are few."""

    figure: Observation
    rural: int | None = None
    urban: int | None = None
    ratio: Decimal | None = None
    hidden: bool = False


@dataclass(frozen=True)
class GapPage:
    """One township: rows of indicators, the facilities and projects that belong to each, and the rest of both."""

    rows: list[tuple[GapRow, list[Project], list[Line]]]
    allowance: Allowance | None
    facilities: list[Line]
    projects: list[Project]
    few: list[Indicator] = field(default_factory=list)

    @property
    def unanswered(self) -> list[Indicator]:
        """Indicators that lie behind, not by chance, and that no project answers."""
        return [
            row.indicator
            for row, projects, _lines in self.rows
            if row.behind and not row.may_be_chance and not projects
        ]


def gap_page(user: Account, place: Division) -> GapPage:
    """Return the livelihood gaps of a township. Constant queries."""
    codes = [one.code for one in indicators_visible_to(user).filter(domain="livelihood")]
    found = gap_rows(user, place, codes)
    projects = list(projects_visible_to(user).filter(division=place).exclude(stage="dropped"))
    lines = lines_of(
        facilities_visible_to(user).filter(division=place, closed_on=None), rules_in_force(city_code(place.code))
    )
    answering: dict[str, list[Project]] = defaultdict(list)
    serving: dict[str, list[Line]] = defaultdict(list)
    for project in projects:
        answering[project.indicator_id or ""].append(project)
    for line in lines:
        serving[line.facility.indicator_id or ""].append(line)
    rows = [
        (row, answering[row.indicator.code], serving[row.indicator.code])
        for row in found
        if row.indicator.code != ALLOWANCE and not _few_persons(row)
    ]
    own = next((row.own for row in found if row.indicator.code == ALLOWANCE), None)
    few = [row.indicator for row in found if row.indicator.code != ALLOWANCE and _few_persons(row)]
    return GapPage(rows, allowance(own) if own else None, lines, projects, few)


def _few_persons(row: GapRow) -> bool:
    """Return whether a row would show one to four persons, of this place or, at the ends of its axis, of another."""
    shown = (row.own.value, *(one.value for one in row.trend), *row.peers)
    return row.indicator.unit == "人" and any(0 < value < FEWEST for value in shown)


def allowance(figure: Observation) -> Allowance:
    """Return the ratio with its two counts, or nothing of it where one of them is one to four persons.

    The ratio and one count would give the other away, so all three are hidden together.
    """
    rural, urban = figure.numerator, figure.denominator
    if rural is None or urban is None:
        return Allowance(figure, ratio=figure.value)
    if any(0 < number < FEWEST for number in (rural, urban)):
        return Allowance(figure, hidden=True)
    return Allowance(figure, int(rural), int(urban), figure.value)


@dataclass(frozen=True)
class CityLine:
    """One indicator of a city or county: where it lies behind, and where projects answer it."""

    column: Any
    behind: list[Division]
    answered: dict[str, int]
    applies: int

    @property
    def open(self) -> list[Division]:
        """The places behind in which no project answers."""
        return [place for place in self.behind if not self.answered.get(place.code)]


@dataclass(frozen=True)
class CityPage:
    """A city or county: a line for each indicator, and counts of facilities and projects by township, by code."""

    lines: list[CityLine]
    places: list[tuple[Division, dict[str, int]]]


def city_page(user: Account, place: Division) -> CityPage:
    """Return the livelihood gaps of a city or county. Constant queries; places by code, never ranked."""
    table = heat_table(user, "livelihood", place.code)
    projects = list(projects_visible_to(user).filter(inside(place.code)).exclude(stage="dropped"))
    facilities = facilities_visible_to(user).filter(inside(place.code), closed_on=None)
    flags: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines_of(facilities, rules_in_force(city_code(place.code))):
        flags[line.facility.division_id][line.reading.flag] += 1
    answered: dict[str, Counter[str]] = defaultdict(Counter)
    for project in projects:
        answered[project.indicator_id or ""][project.division_id] += 1
        flags[project.division_id]["projects"] += 1
    return CityPage(_lines(table, answered), [(town, dict(flags[town.code])) for town in _towns(table)])


def _towns(table: HeatTable) -> list[Division]:
    return [town for _county, rows in table.groups for town, _cells in rows]


def _lines(table: HeatTable, answered: dict[str, Counter[str]]) -> list[CityLine]:
    made = []
    for at, column in enumerate(table.columns):
        if column.indicator.code == ALLOWANCE:
            continue
        cells = [(town, cells[at]) for _county, rows in table.groups for town, cells in rows]
        behind = [town for town, cell in cells if cell.mark == "behind"]
        applies = sum(cell.figure is not None for _town, cell in cells)
        made.append(CityLine(column, behind, dict(answered[column.indicator.code]), applies))
    return made


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what the front command post says of livelihood in a place: projects by their worst light, and facilities."""
    lines = []
    projects = list(projects_visible_to(user).filter(inside(division.code)).exclude(stage__in=["candidate", *ENDED]))
    if projects:
        lines.append(_project_line(projects, division))
    facilities = facilities_visible_to(user).filter(inside(division.code), closed_on=None)
    read = lines_of(facilities, rules_in_force(city_code(division.code)))
    if read:
        lines.append(_facility_line(read, division))
    return lines


def _project_line(projects: list[Project], division: Division) -> BoardLine:
    states = [state_of_project(one, steps_of(one)) for one in projects]
    silent, explained = states.count("silent"), states.count("explained")
    said = _("超期没有说明 %(silent)s，已说明 %(explained)s") % {"silent": silent, "explained": explained}
    found = light(worst([state for state in states if state]))
    address = f"{reverse('livelihood:projects')}?place={division.code}"
    number = len(projects)
    return BoardLine(_("民生实事项目"), _("%(n)s 个") % {"n": number}, address, said, found[0] if found else "")


def _facility_line(read: list[Line], division: Division) -> BoardLine:
    low, over = (sum(one.reading.flag == flag for one in read) for flag in ("low", "over"))
    said = _("使用不足 %(low)s，超负荷 %(over)s") % {"low": low, "over": over}
    address = f"{reverse('livelihood:facilities')}?place={division.code}"
    number = len(read)
    value = _("%(n)s 处") % {"n": number}
    return BoardLine(_("公共设施"), value, address, said, "yellow" if low or over else "green")
