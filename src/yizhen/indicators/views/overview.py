"""Pages for seeing many places at once: the overview, and the board for the hall."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators.models import DOMAINS
from yizhen.indicators.overview import MOST_ROWS, HeatTable, heat_table
from yizhen.indicators.queries import gap_rows
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, divisions_visible_to, townships_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.templatetags.yizhen import label, unit

from .reader import signed_in

SPEECH = ("L01", "L02", "L03", "L04")  # what the founding speech compares first
MARKS = {"ahead": "△", "behind": "▽", "near": "○", "context": "·", "": ""}


def _chosen(request: HttpRequest, user: Account) -> tuple[str, Division, list[Division]]:
    """Return the domain, the place looked at, and the places that can be."""
    domain = request.GET.get("domain", "")
    city = city_code(user.scope_id) if not user.is_admin else user.scope_id
    places = list(divisions_visible_to(user).filter(level__in=["prefecture", "county"], retired_on=None))
    wanted = request.GET.get("place", "")
    place = next((one for one in places if one.code == wanted), None) or Division.objects.get(pk=city)
    counties = [one for one in places if one.level == "county"]
    if place.level == "prefecture" and counties and townships_visible_to(user).count() > MOST_ROWS:
        place, places = counties[0], counties
    return (domain if domain in DOMAINS else "livelihood"), place, places


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show townships by indicators as a heat table, and one indicator on equal tiles by county."""
    user = signed_in(request)
    domain, place, places = _chosen(request, user)
    table = heat_table(user, domain, place.code)
    codes = [column.indicator.code for column in table.columns]
    shown = request.GET.get("tile", "")
    at = codes.index(shown) if shown in codes else 0
    # One address a column: looking each up would take longer than everything else on a page of thousands.
    bases = [reverse("indicators:indicator", args=[code]) for code in codes]
    groups = [
        (
            county,
            [
                (town, [(cell, f"{base}{town.code}/") for cell, base in zip(cells, bases, strict=True)])
                for town, cells in rows
            ],
        )
        for county, rows in table.groups
    ]
    tiles = [(county, [(town, *cells[at]) for town, cells in rows]) for county, rows in groups] if codes else []
    return render(
        request,
        "indicators/overview.html",
        {
            "table": table,
            "groups": groups,
            "tiles": tiles,
            "tile": table.columns[at] if codes else None,
            "domain": domain,
            "domains": DOMAINS,
            "place": place,
            "places": places,
            "marks": MARKS,
        },
    )


@login_required
def overview_table(request: HttpRequest) -> HttpResponse:
    """Hand the heat table out as a workbook."""
    user = signed_in(request)
    domain, place, _places = _chosen(request, user)
    table = heat_table(user, domain, place.code)
    footer = f"{label(place)} · {timezone.localdate().isoformat()}"
    return attachment(write_workbook([Sheet(_("总览"), _rows(table), footer)]), f"yizhen-{place.code}-{domain}.xlsx")


def _rows(table: HeatTable) -> list[list[object]]:
    head = [
        _("区划代码"),
        _("地方"),
        *(f"{label(c.indicator)} ({unit(c.indicator.unit)}) {c.period}" for c in table.columns),
    ]
    average = [
        "",
        _("全市各乡镇合计"),
        *(column.average if column.average is not None else "" for column in table.columns),
    ]
    rows: list[list[object]] = [list(head), list(average)]
    for _county, places in table.groups:
        for place, cells in places:
            rows.append([place.code, label(place), *(cell.figure.value if cell.figure else "" for cell in cells)])
    return rows


@login_required
def board(request: HttpRequest, code: str) -> HttpResponse:
    """Show a township's gaps in the hall: large, the speech's indicators first, a few at a time."""
    user = signed_in(request)
    place = get_object_or_404(townships_visible_to(user), code=code)
    rows = gap_rows(user, place)
    rows.sort(key=lambda row: (row.indicator.code not in SPEECH, not row.behind))
    size = 6
    pages = max((len(rows) + size - 1) // size, 1)
    asked = request.GET.get("page", "1")
    page = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 4 else 1
    return render(
        request,
        "indicators/board.html",
        {"division": place, "rows": rows[(page - 1) * size : page * size], "page": page, "pages": pages},
    )
