"""The burden meter: what forms cost those who fill them, by department and by township, and what the gate has saved.

Minutes are the department's own estimate for one filling of the form as it was applied for; they shrink with the lines
that the gate took away, and a form in which nothing is asked costs nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import city_code

from .models import Collection, RegisteredForm

MONTHS = 12


@dataclass
class Load:
    """What somebody asks, or has to answer, in a year: forms, fillings, cells, minutes; and what is not asked any more."""

    forms: int = 0
    fillings: int = 0
    cells: int = 0
    minutes: int = 0
    spared: int = 0

    @property
    def hours(self) -> float:
        """The time in hours."""
        return self.minutes / 60

    @property
    def spared_hours(self) -> float:
        """The time that the gate has spared, in hours."""
        return self.spared / 60

    def add(self, form: RegisteredForm, asked: int, places: int, today: date) -> None:
        """Count a form at some places: what it asks if it is live, what it would have asked where the gate held it back."""
        fillings = form.times_a_year * places
        left = asked if form.state == "approved" else 0
        if form.is_live(today) and left:
            self.forms += 1
            self.fillings += fillings
            self.cells += fillings * left
            self.minutes += round(fillings * minutes_left(form, left))
        if form.state in {"approved", "refused"}:
            self.spared += round(fillings * (form.minutes - minutes_left(form, left)))


def minutes_left(form: RegisteredForm, asked: int) -> float:
    """Return the minutes of one filling that are left when so many lines are asked of those applied for."""
    return form.minutes * min(asked / form.asked_fields, 1) if form.asked_fields else 0.0


@dataclass
class Meter:
    """The burden of a year in a scope, and what was asked month by month."""

    total: Load = field(default_factory=Load)
    by_department: dict[Unit, Load] = field(default_factory=dict)
    by_township: dict[Division, Load] = field(default_factory=dict)
    months: list[tuple[str, int, int]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def burden(user: Account, today: date) -> Meter:
    """Return the meter of the user's scope; a township sees its own line. The number of queries is constant."""
    scope = user.scope_id
    city = city_code(scope)
    forms = list(
        RegisteredForm.objects.filter(department__division__code__startswith=city[:4])
        .exclude(state="applied")
        .select_related("department__division")
        .annotate(asked=Count("items", filter=Q(items__asks=True)))
    )
    places = _places(scope)
    townships = {
        one.code: one for one in Division.objects.filter(code__startswith=scope, level="township", retired_on=None)
    }
    meter = Meter()
    for form in forms:
        codes = [code for code in places[form.level] if code.startswith(form.department.division_id)]
        asked = int(getattr(form, "asked"))  # noqa: B009  # annotated above
        meter.total.add(form, asked, len(codes), today)
        meter.by_department.setdefault(form.department, Load()).add(form, asked, len(codes), today)
        for code, number in Counter(code[:9] for code in codes if len(code) >= 9).items():
            if code in townships:
                meter.by_township.setdefault(townships[code], Load()).add(form, asked, number, today)
    meter.months = _months(scope, today)
    return meter


def _places(scope: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    rows = Division.objects.filter(
        code__startswith=scope, level__in=["village", "township", "county"], retired_on=None
    ).values_list("code", "level")
    for code, level in rows:
        found[level].append(code)
    return found


def _months(scope: str, today: date) -> list[tuple[str, int, int]]:
    """Return month, fillings and minutes asked in it, by the day on which each window closed; the last twelve months."""
    names = [
        f"{today.year + (today.month - 1 - back) // 12}-{(today.month - 1 - back) % 12 + 1:02d}"
        for back in range(MONTHS)
    ]
    fillings: Counter[str] = Counter()
    minutes: dict[str, float] = defaultdict(float)
    opened: Iterable[Collection] = (
        Collection.objects.select_related("form")
        .annotate(
            number=Count("submissions", filter=Q(submissions__division__code__startswith=scope), distinct=True),
        )
        .filter(closes_on__gte=date(int(names[-1][:4]), int(names[-1][5:]), 1))
    )
    for collection in opened:
        month = f"{collection.closes_on:%Y-%m}"
        number = int(getattr(collection, "number"))  # noqa: B009  # annotated above
        fillings[month] += number
        minutes[month] += number * minutes_left(collection.form, len(collection.asked))
    return [(name, fillings[name], round(minutes[name])) for name in reversed(names)]
