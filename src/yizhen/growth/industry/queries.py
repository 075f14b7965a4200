"""The readers of distinctive industries and of figures by sector."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.growth.models import (
    CommunityCount,
    IndustryCommunity,
    IndustryDeclaration,
    OutsideIndustry,
    SectorFigure,
    StepReport,
    UpgradeStep,
)
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside, townships_visible_to
from yizhen.scoring.regional import Quotient, location_quotient
from yizhen.web.board import BoardLine
from yizhen.web.templatetags.yizhen import label

from .rules import may_read, sees_figures
from .sectors import Sector, named
from .structures import Argument, Cell, Structures, alike, argue, few, withheld

COUNTY = 6  # digits of a county's code


def declarations_visible_to(user: Account) -> QuerySet[IndustryDeclaration]:
    """Return declarations: those confirmed of the whole city (public facts that townships compare), others in the scope."""
    if not may_read(user):
        return IndustryDeclaration.objects.none()
    found = IndustryDeclaration.objects.filter(inside(city_code(user.scope_id))).select_related(
        "division", "declared_by", "decided_by"
    )
    return found.filter(Q(decision="confirmed") | inside(user.scope_id))


def outside_visible_to(user: Account) -> QuerySet[OutsideIndustry]:
    """Return what the user's city has noted of places outside, withdrawn entries with it."""
    if not may_read(user):
        return OutsideIndustry.objects.none()
    return OutsideIndustry.objects.filter(city=city_code(user.scope_id)).select_related("by", "withdrawn_by")


def communities_visible_to(user: Account) -> QuerySet[IndustryCommunity]:
    """Return the industry communities of the user's city, each with its counts, the last one first."""
    if not may_read(user):
        return IndustryCommunity.objects.none()
    counts = Prefetch("counts", CommunityCount.objects.select_related("by"))
    return (
        IndustryCommunity.objects.filter(inside(city_code(user.scope_id)))
        .select_related("division")
        .prefetch_related(counts)
    )


def steps_visible_to(user: Account) -> QuerySet[UpgradeStep]:
    """Return the steps of declarations that the user sees, each with its reports."""
    reports = Prefetch("reports", StepReport.objects.select_related("by", "checked_by"))
    return (
        UpgradeStep.objects.filter(declaration__in=declarations_visible_to(user).values("pk"))
        .select_related("declaration", "by")
        .prefetch_related(reports)
    )


def figures_visible_to(user: Account) -> QuerySet[SectorFigure]:
    """Return figures by sector in the user's scope, every version of them."""
    if not may_read(user):
        return SectorFigure.objects.none()
    return SectorFigure.objects.filter(inside(user.scope_id)).select_related("by")


def latest(figures: QuerySet[SectorFigure]) -> QuerySet[SectorFigure]:
    """Leave the last version of each figure."""
    newer = SectorFigure.objects.filter(
        division=OuterRef("division"),
        year=OuterRef("year"),
        sector=OuterRef("sector"),
        number__gt=OuterRef("number"),
    )
    return figures.filter(~Exists(newer))


def years_of(city: str) -> list[int]:
    """Return the years of which any township of a city has figures, the last one first."""
    return list(SectorFigure.objects.filter(inside(city)).order_by("-year").values_list("year", flat=True).distinct())


def structures(city: str, year: int | None) -> Structures:
    """Return the sectors of a city's townships in a year. One query; for sums and quotients, never shown as such."""
    if year is None:
        return Structures()
    cells: dict[str, dict[str, Cell]] = {}
    rows = latest(SectorFigure.objects.filter(inside(city), year=year)).order_by("division", "sector")
    for place, sector, output, jobs, units in rows.values_list("division", "sector", "output", "jobs", "units"):
        cells.setdefault(place, {})[sector] = Cell(output, jobs, units)
    return Structures(cells)


def source_of(place: str, year: int | None) -> SectorFigure | None:
    """Return the latest of a township's figures of a year: its source and its day are those of the page."""
    if year is None:
        return None
    found = SectorFigure.objects.filter(division=place, year=year).order_by("-as_of", "-pk")
    return found.only("source", "as_of").first()


class Year(NamedTuple):
    """A declared industry in one year, beside the city."""

    year: int
    quotient: Quotient
    is_told: bool = True  # unless it gives another township's unit away

    @property
    def value(self) -> float | None:
        """The location quotient, where it is told."""
        return self.quotient.value if self.is_told else None

    @property
    def percent(self) -> float | None:
        """The declared sectors' share of the township, in percent."""
        share = self.quotient.share
        return None if share is None else 100 * share


def history(place: str, city: str, sectors: list[str], measure: str, known: str = "") -> list[Year]:
    """Return the location quotient of a township's sectors in each year that it reported, as a reader of the scope ``known``
    may see it. One query.
    """
    own, declared = Q(division=place), Q(sector__in=sectors)
    others = declared & ~own & ~inside(known) if known else Q(pk=None)
    rows = (
        latest(SectorFigure.objects.filter(inside(city), **{f"{measure}__isnull": False}))
        .order_by("year")
        .values("year")
        .annotate(
            own_total=Sum(measure, filter=own), own=Sum(measure, filter=own & declared),
            base_total=Sum(measure), base=Sum(measure, filter=declared), others=Sum("units", filter=others),
        )
    )  # fmt: skip
    return [
        Year(
            row["year"],
            location_quotient(
                float(row["own"] or 0), float(row["own_total"]), float(row["base"] or 0), float(row["base_total"]), counts=measure == "jobs"
            ),
            not few(row["others"] or 0),
        )
        for row in rows
        if row["own_total"]
    ]  # fmt: skip


@dataclass
class Neighbour:
    """A township of the city that declared some of the same sectors."""

    declaration: IndustryDeclaration
    shared: list[str]
    similarity: float | None
    relation: str

    @property
    def sectors(self) -> list[Sector]:
        """The sectors that both declared."""
        return named(self.shared)

    @property
    def percent(self) -> float | None:
        """How much of the structures is the same, in percent."""
        return None if self.similarity is None else 100 * self.similarity

    @property
    def division(self) -> Division:
        """Where."""
        return self.declaration.division


def relation(one: IndustryDeclaration, other: IndustryDeclaration) -> str:
    """Return where two that declared the same sectors stand on the chain: ``same``, ``same_aim`` or ``apart``."""
    if one.aimed != other.aimed:
        return "apart"
    return "same" if one.position == other.position else "same_aim"


@dataclass
class TownshipRow:
    """A township in the list: what it declared, what the figures say, who else is after the same."""

    division: Division
    declaration: IndustryDeclaration | None = None
    waiting: IndustryDeclaration | None = None
    argument: Argument | None = None
    neighbours: list[Neighbour] = field(default_factory=list)
    outside: list[OutsideIndustry] = field(default_factory=list)


@dataclass
class CityOfIndustries:
    """All that the pages need of a city in one year: declarations in force, figures, entries from outside. Four queries."""

    user: Account
    city: str
    years: list[int]
    year: int | None
    measure: str
    made: Structures
    in_force: dict[str, IndustryDeclaration]
    waiting: dict[str, IndustryDeclaration]
    outside: list[OutsideIndustry]

    def argue(self, place: str, scope: str, sectors: set[str], *, full: bool) -> Argument | None:
        """Return what the figures say of a township's sectors beside a scope, as the reader may see it."""
        hidden = withheld(self.made, place, scope, place[:COUNTY], self.measure, self.user.scope_id)
        return argue(self.made, place, scope, sectors, self.measure, full=full, hidden=hidden)

    def row(self, division: Division) -> TownshipRow:
        """Return what is known of a township."""
        row = TownshipRow(division, self.in_force.get(division.code), self.waiting.get(division.code))
        if row.declaration is None:
            return row
        sectors = set(row.declaration.sectors)
        full = sees_figures(self.user, division.code)
        row.argument = self.argue(division.code, self.city, sectors, full=full)
        row.neighbours = [
            Neighbour(
                other, sorted(sectors & set(other.sectors)), alike(self.made, division.code, code, self.measure), relation(row.declaration, other)
            )
            for code, other in sorted(self.in_force.items())
            if code != division.code and sectors & set(other.sectors)
        ]  # fmt: skip
        row.outside = [entry for entry in self.outside if sectors & set(entry.sectors)]
        return row


def city_of_industries(user: Account, *, year: int | None = None, measure: str = "output") -> CityOfIndustries:
    """Read a city's declarations and figures; of the year asked for, or the last one with figures."""
    city = city_code(user.scope_id)
    years = years_of(city)
    chosen = year if year in years else next(iter(years), None)
    in_force: dict[str, IndustryDeclaration] = {}
    waiting: dict[str, IndustryDeclaration] = {}
    for one in declarations_visible_to(user).order_by("division", "number"):
        if one.decision == "confirmed":
            in_force[one.division_id] = one
        elif one.decision == "":
            waiting[one.division_id] = one
    outside = list(outside_visible_to(user).filter(withdrawn_at=None))
    return CityOfIndustries(user, city, years, chosen, measure, structures(city, chosen), in_force, waiting, outside)


def townships_of(user: Account) -> QuerySet[Division]:
    """Return the townships of the user's city, by code."""
    if not may_read(user):
        return Division.objects.none()
    return townships_visible_to(user).filter(retired_on=None).order_by("code")


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what the front command post shows of a township's industry. Constant queries."""
    if not may_read(user):
        return []
    address = reverse("growth:industry_of", args=[division.code])
    read = city_of_industries(user)
    row = read.row(division)
    if row.declaration is None:
        return [BoardLine(_("特色产业"), _("还没有确认"), address)]
    detail: Any = ""
    if row.argument is not None and row.argument.value is not None:
        detail = _("%(year)s年区位商 %(value).2f（比全市）") % {"year": read.year, "value": row.argument.value}
    return [BoardLine(_("特色产业"), label(row.declaration), address, detail)]
