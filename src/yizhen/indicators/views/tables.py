"""The page on which the columns of somebody's table are given their meaning."""

from decimal import ROUND_05UP, Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yizhen.documents.cells import text_of
from yizhen.indicators import actions
from yizhen.indicators.checking import PLACES
from yizhen.indicators.forms import choices_of
from yizhen.indicators.queries import tables_visible_to
from yizhen.indicators.tables.desk import Desk, mappings_of
from yizhen.indicators.tables.mapping import SKIP
from yizhen.indicators.tables.tidy import SURE
from yizhen.indicators.tables.units import KNOWN
from yizhen.indicators.workbook import UnreadableWorkbook
from yizhen.people.models import Unit
from yizhen.web.templatetags.yizhen import figure

from .reader import signed_in

ROLE_NAMES = {
    "": gettext_lazy("不导入"),
    "place": gettext_lazy("地名"),
    "county": gettext_lazy("所在的县（市、区）"),
    "indicator": gettext_lazy("指标名称或代码"),
    "period": gettext_lazy("期间"),
    "value": gettext_lazy("指标的数值"),
    "numerator": gettext_lazy("指标的分子"),
    "denominator": gettext_lazy("指标的分母"),
    "note": gettext_lazy("备注"),
}
MOST_COLUMNS = 120
MOST_NAMES = 200
FEW_NAMES = 40  # so many known ones can each be corrected
FEW_PLACES = 60  # so many can all be offered for each name


@login_required
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was understood of a table, take what is corrected, and lead to the dry run."""
    user = signed_in(request)
    found = get_object_or_404(tables_visible_to(user), pk=pk)
    refused: dict[str, Any] = {}
    if request.method == "POST":
        actions.choose(user, found, choices_of(request.POST))
        if request.POST.get("do") == "check":
            try:
                return redirect("indicators:batch", pk=actions.check_table(user, found).pk)
            except ValidationError as error:
                refused = {key: texts[0] for key, texts in error.message_dict.items()}
            except UnreadableWorkbook as error:
                refused = {"table": str(error)}
    try:
        desk = Desk(user, found)
    except UnreadableWorkbook as error:
        raise Http404 from error
    problems = desk.problems | refused
    asked = refused if request.method == "POST" else {}
    return render(
        request,
        "indicators/table.html",
        {
            "desk": desk,
            "file": found,
            "problems": problems,
            "columns": _columns(desk, problems),
            "names": _names(desk),
            "roles": ROLE_NAMES.items(),
            "units": KNOWN,
            "departments": Unit.objects.all(),
            "preview": _preview(desk),
            "refused": bool(asked),
        },
        status=400 if asked else 200,
    )


@require_POST
@login_required
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget what was chosen for tables of one shape."""
    user = signed_in(request)
    actions.forget_mapping(user, get_object_or_404(mappings_of(user), pk=pk))
    messages.success(request, _("已忘记这种表的对应关系，下次重新辨认。"))
    back = request.POST.get("table", "")
    found = tables_visible_to(user).filter(pk=int(back)).first() if back.isdecimal() and len(back) < 12 else None
    if found is None:
        return redirect("indicators:import")
    actions.choose(user, found, {})
    return redirect("indicators:table", pk=found.pk)


def _columns(desk: Desk, problems: dict[str, Any]) -> list[dict[str, Any]]:
    if desk.table is None:
        return []
    return [
        {
            "at": column.at,
            "letters": desk.letters(column.at),
            "heading": " / ".join(column.heading),
            "samples": [text_of(cell)[:24] for cell in column.samples[:3]],
            "hidden": column.hidden,
            "percent": column.percent,
            "use": desk.reading.uses[column.at],
            "problem": problems.get(f"c{column.at}"),
        }
        for column in desk.table.columns[:MOST_COLUMNS]
    ]


def _preview(desk: Desk) -> list[dict[str, Any]]:
    """Return the first figures as they will be kept; what is no number stands as it was written."""
    rows = []
    for found in desk.preview:
        code, division, period, top, bottom, value = found.cells[:6]
        indicator = desk.indicators.get(code)
        if value is None and isinstance(top, Decimal) and isinstance(bottom, Decimal) and bottom and indicator:
            value = (top / bottom * indicator.per).quantize(PLACES, ROUND_05UP)
        numbers = [
            figure(cell.quantize(PLACES)) if isinstance(cell, Decimal) else cell or "—" for cell in (top, bottom, value)
        ]
        place = desk.gazetteer.places.get(division)
        rows.append(
            {
                "at": found.at,
                "indicator": indicator or code,
                "division": division,
                "place": place,
                "period": period,
                "numbers": numbers,
            }
        )
    return rows


def _names(desk: Desk) -> dict[str, Any]:
    """Return the names that are asked for, each with the places it may mean, and those that were understood."""
    places = desk.gazetteer.places
    own = {code: name for code, name in places.items() if code.startswith(desk.user.scope_id) and len(code) <= 9}
    asked: list[dict[str, Any]] = []
    known: list[dict[str, Any]] = []
    for name, (cell, match) in desk.names.items():
        chosen = desk.reading.places.get(name, "")
        sure = match.why in SURE and not chosen
        offered = dict.fromkeys([*match.offered, *(own if len(own) <= FEW_PLACES else ())])
        if chosen and chosen != SKIP:
            offered = {chosen: None} | offered
        options = [(code, _with_county(places, code)) for code in offered if not sure or code != match.code]
        found = {"name": name, "cell": cell, "why": match.why, "chosen": chosen, "options": options, "code": match.code}
        (known if sure else asked).append(found | {"place": places.get(match.code, "")})
    asked.sort(key=lambda each: (bool(each["chosen"]), each["why"] == "total"))
    few = len(known) <= FEW_NAMES
    return {"asked": asked[:MOST_NAMES], "known": known, "few": few, "free": len(own) > FEW_PLACES, "skip": SKIP}


def _with_county(places: dict[str, str], code: str) -> str:
    above = places.get(code[:6], "") if len(code) > 6 else ""
    return f"{above}{places.get(code, code)} {code}"
