"""Pages of distinctive industries: the list of a city's townships, and one page for each of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.growth.models import DIRECTIONS, IndustryDeclaration, StepReport
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.errors import by_field

from . import actions
from .queries import (
    COUNTY,
    CityOfIndustries,
    city_of_industries,
    communities_visible_to,
    declarations_visible_to,
    figures_visible_to,
    history,
    source_of,
    steps_visible_to,
    townships_of,
)
from .rules import may_check, may_confirm, may_declare, may_import, may_note_outside, may_read, sees_figures
from .sectors import STANDARD, named
from .structures import MEASURES, how_alike, lines_of, specialisation_of


def reader(request: HttpRequest) -> Account:
    """Return who asks, if declared industries are shown to that role at all."""
    return who_asks(request, may_read, _("特色产业由乡镇（街道）、部门和市县查看。"))


def found_township(request: HttpRequest, code: str) -> Division:
    """Return a township of the reader's city, or answer that there is none."""
    return get_object_or_404(townships_of(reader(request)), pk=code)


def asked(request: HttpRequest, user: Account) -> CityOfIndustries:
    """Return the city's industries in the year and by the measure that were asked for."""
    year, measure = request.GET.get("year", ""), request.GET.get("measure", "")
    return city_of_industries(
        user,
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        measure=measure if measure in MEASURES else "output",
    )


@login_required
def industries(request: HttpRequest) -> HttpResponse:
    """List the townships by code with what they declared, what the figures say, and who else is after the same."""
    user = reader(request)
    read = asked(request, user)
    rows = [read.row(place) for place in townships_of(user)]
    direction = request.GET.get("direction", "")
    if direction in DIRECTIONS:
        rows = [row for row in rows if row.declaration and row.declaration.direction == direction]
    context = {
        "read": read, "rows": rows, "measures": MEASURES.items(), "directions": DIRECTIONS.items(), "direction": direction,
        "reported": len(read.made.reported(read.city, read.measure)), "may_import": may_import(user),
        "may_note_outside": may_note_outside(user), "own": user.scope_id if may_declare(user, user.scope_id) else "",
    }  # fmt: skip
    return render(request, "growth/industries.html", context)


@login_required
def township(request: HttpRequest, code: str) -> HttpResponse:
    """Show a township's industry: what it declared, the argument in figures, neighbours, steps and communities."""
    return page_of(request, found_township(request, code))


@require_POST
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a declared industry, or send it back."""
    user = reader(request)
    found = get_object_or_404(declarations_visible_to(user), pk=pk)
    opinion = request.POST.get("opinion", "")[:400]
    decision = "confirmed" if request.POST.get("decision") == "confirmed" else "returned"
    try:
        actions.decide_industry(user, found, decision, opinion)
    except ValidationError as error:
        return page_of(
            request,
            found.division,
            errors=by_field(error, "opinion", other="form"),
            typed={"opinion": opinion},
            status=400,
        )
    messages.success(request, _("已确认。") if decision == "confirmed" else _("已退回。"))
    return redirect("growth:industry_of", found.division_id)


@require_POST
@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether a step was really done."""
    user = reader(request)
    visible = StepReport.objects.filter(step__in=steps_visible_to(user).values("pk"))
    found = get_object_or_404(visible.select_related("step__declaration__division"), pk=pk)
    opinion, passed = request.POST.get("opinion", "")[:200], request.POST.get("passed") == "yes"
    place = found.step.declaration.division
    try:
        actions.check_step(user, found, passed=passed, opinion=opinion)
    except ValidationError as error:
        errors = by_field(error, "opinion", other="form")
        errors["check"] = errors.pop("opinion", [])
        return page_of(request, place, errors=errors, typed={"check": opinion, "report": pk}, status=400)
    messages.success(request, _("已核实。"))
    return redirect("growth:industry_of", place.pk)


def page_of(request: HttpRequest, division: Division, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return a township's page."""
    user = reader(request)
    read = asked(request, user)
    row = read.row(division)
    full, city, county = sees_figures(user, division.code), city_code(division.code), division.code[:COUNTY]
    versions = list(declarations_visible_to(user).filter(division=division))
    context = {
        "division": division, "read": read, "row": row, "full": full, "versions": versions, "standard": STANDARD,
        "measures": MEASURES.items(), "jobs": read.measure == "jobs", "may_declare": may_declare(user, division.code), "may_import": may_import(user) and full,
        "may_confirm": bool(row.waiting and may_confirm(user, row.waiting)), "steps": _steps(user, division, row.declaration),
        "communities": communities_visible_to(user).filter(division=division), "overlaps": _overlaps(row),
        **_argument(user, read, row, county, city), **more,
    }  # fmt: skip
    return render(request, "growth/industry.html", context, status=status)


def _argument(user: Account, read: CityOfIndustries, row: Any, county: str, city: str) -> dict[str, Any]:
    """Return what the figures say of a township: its own in full only inside the scope."""
    code, measure = row.division.code, read.measure
    full, declared = sees_figures(user, code), row.declaration
    said: dict[str, Any] = {"beside_county": None, "past": [], "lines": [], "special": None}
    said["source"] = source_of(code, read.year)
    if declared is not None:
        said["beside_county"] = read.argue(code, county, set(declared.sectors), full=full)
    if read.made.of(code, measure):
        said["special"] = specialisation_of(read.made, code, county, city, measure)
        said["base_count"] = len(read.made.reported(city, measure))
    if not full:
        return said
    lines = lines_of(read.made, code, county, city, measure, user.scope_id)
    own = set(declared.sectors) if declared else set()
    said["lines"] = [(line, sector, line.code in own) for line, sector in zip(lines, named([one.code for one in lines]), strict=True)]  # fmt: skip
    if declared is not None:
        said["past"] = history(code, city, declared.sectors, measure, user.scope_id)
    kept = list(figures_visible_to(user).filter(division=row.division).order_by("-year", "sector", "number"))
    said["corrections"] = _corrections(kept)
    return said


def _corrections(kept: list[Any]) -> list[tuple[Any, Any, Any]]:
    """Return (old, new, sector) of each correction, the last year first."""
    pairs = zip(kept, kept[1:], strict=False)
    return [
        (old, new, named([new.sector])[0])
        for old, new in pairs
        if (old.year, old.sector) == (new.year, new.sector) and new.number > 1
    ]


def _overlaps(row: Any) -> list[tuple[Any, str]]:
    return [(one, how_alike(one.similarity)) for one in row.neighbours]


def _steps(user: Account, division: Division, in_force: IndustryDeclaration | None) -> list[dict[str, Any]]:
    """Return the steps of a township by day, each with its state and what may be done with its report."""
    today, found = timezone.localdate(), []
    for step in steps_visible_to(user).filter(declaration__division=division):
        reports = list(step.reports.all())
        for one in reports:
            one.step = step
        waiting = next((one for one in reports if one.passed is None), None)
        done = next((one for one in reports if one.passed), None)
        replaced = in_force is not None and step.declaration.number < in_force.number
        state = "done" if done else "waiting" if waiting else "replaced" if replaced else "late" if step.due_on < today else "open"  # fmt: skip
        found.append(
            {
                "step": step, "reports": reports, "state": state, "waiting": waiting,
                "may_check": bool(waiting and may_check(user, waiting)),
                "may_report": may_declare(user, division.code) and done is None and waiting is None,
            }
        )  # fmt: skip
    return found
