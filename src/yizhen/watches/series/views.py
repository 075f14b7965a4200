"""Pages of watches."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yizhen.documents.uploads import TableForm
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.watches.models import SORTS, Crossing, Reading, Series, Threshold, Token, Watch
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import bilingual, label

from . import actions
from .api import A_MINUTE, BYTES, READINGS
from .chart import MOST_POINTS, chart_of
from .checking import MESSAGES, Sent
from .forms import ChangeForm, DefineForm, ReadingForm, ThresholdForm, TokenForm
from .queries import (
    now_of,
    nows_visible_to,
    readings_in_force,
    series_visible_to,
    thresholds_in_force,
    watches_visible_to,
    with_latest,
)
from .rules import may_define, may_enter, may_manage, may_read
from .table import TITLES, check_table

STATES = ("raised", "no_data", "normal")
LISTED = 200


def reader(request: HttpRequest) -> Account:
    """Return who asks, if watches are shown to that role at all."""
    return who_asks(request, may_read, _("监测值守由乡镇（街道）、负责部门和市县查看。"))


@login_required
def watches(request: HttpRequest) -> HttpResponse:
    """List the series that the user may see, by place, with what is known of each now."""
    user = reader(request)
    sort, state, place = (request.GET.get(name, "") for name in ("sort", "state", "place"))
    only: dict[str, Any] = {}
    if sort in SORTS:
        only["watch__sort"] = sort
    if place.isascii() and place.isdigit():
        only["division__code__startswith"] = place
    rows = nows_visible_to(user, **only)
    counts = {name: sum(_is(one, name) for one in rows) for name in STATES}
    if state in STATES:
        rows = [one for one in rows if _is(one, state)]
    context = {
        "rows": rows, "counts": counts, "sorts": SORTS.items(), "sort": sort, "state": state, "place": place,
        "may_define": may_define(user), "empty": watches_visible_to(user).filter(series__isnull=True),
    }  # fmt: skip
    return render(request, "watches/watches.html", context)


def _is(one: Any, state: str) -> bool:
    return bool(one.crossings) if state == "raised" else one.state == state


@login_required
def define(request: HttpRequest) -> HttpResponse:
    """Define a watch."""
    user = reader(request)
    if not may_define(user):
        raise PermissionDenied(_("您不能在这个地方设监测。"))
    form = DefineForm(user, posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.define_watch(user, **{"office": user.unit, **form.cleaned_data})
            messages.success(request, _("已设好。下一步：定警戒线，填第一次读数。"))
            return redirect("watches:watch", made.pk)
    return _form_page(request, form, _("设一项监测"))


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a watch, or add places to it."""
    user, found = _managed(request, pk)
    form = ChangeForm(user, posted(request), instance=Watch.objects.get(pk=found.pk))
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_watch(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("watches:watch", found.pk)
    return _form_page(request, form, _("修改监测"), found)


def _form_page(request: HttpRequest, form: BaseForm, title: str, watch: Watch | None = None) -> HttpResponse:
    context = {"form": form, "title": title, "watch": watch}
    return render(request, "watches/form.html", context, status=400 if form.errors else 200)


@login_required
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a watch: what it is, its thresholds, each place now, and where a reading is typed in."""
    user = reader(request)
    return _watch_page(request, user, get_object_or_404(watches_visible_to(user), pk=pk))


def _watch_page(request: HttpRequest, user: Account, found: Watch, form: ReadingForm | None = None) -> HttpResponse:
    rows = [now_of(one) for one in with_latest(series_visible_to(user).filter(watch=found)).order_by("division")]
    enterable = [one.series.division_id for one in rows if may_enter(user, one.series)] if not found.ended_at else []
    places = Division.objects.filter(code__in=enterable).order_by("code")
    if form is None and enterable:
        form = ReadingForm(places, initial={"place": enterable[0], "at": timezone.localtime()})
    context = {
        "watch": found, "rows": rows, "form": form if enterable else None,
        "thresholds": thresholds_in_force([found]).get(found.pk, []), "may_manage": may_manage(user, found),
        "may_enter": bool(enterable),
    }  # fmt: skip
    return render(request, "watches/watch.html", context, status=400 if form is not None and form.errors else 200)


@require_POST
@login_required
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one reading that was typed in."""
    user = reader(request)
    found = get_object_or_404(watches_visible_to(user), pk=pk)
    places = [one.division_id for one in series_visible_to(user).filter(watch=found) if may_enter(user, one)]
    form = ReadingForm(Division.objects.filter(code__in=places).order_by("code"), request.POST)
    if not form.is_valid():
        return _watch_page(request, user, found, form)
    data = form.cleaned_data
    sent = Sent(data["place"].code, data["at"], data["value"], data["note"], data["reason"])
    try:
        rows = actions.take_readings(user, found, [sent], way="form")
    except actions.Refused as refused:
        for name, code in refused.rows[0].errors.items():
            form.add_error(name, bilingual(MESSAGES[code]))
        return _watch_page(request, user, found, form)
    said = {"new": _("已收。"), "changed": _("已更正，原来的数留着。"), "same": _("这条读数已经有了，没有重复收。")}
    messages.success(request, said[rows[0].status])
    return redirect("watches:series", found.pk, data["place"].code)


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a watch."""
    user, found = _managed(request, pk)
    try:
        actions.end_watch(user, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已停止，读数留着。"))
    return redirect("watches:watch", found.pk)


@login_required
def series(request: HttpRequest, pk: int, place: str) -> HttpResponse:
    """Show a watch in one place: chart, readings with their corrections, crossings with their matters."""
    user = reader(request)
    found = get_object_or_404(with_latest(series_visible_to(user)), watch=pk, division=place)
    points = list(readings_in_force(found).order_by("-at")[:MOST_POINTS])[::-1]
    thresholds = thresholds_in_force([found.watch]).get(found.watch_id, [])
    every = found.readings.select_related("by", "token", "corrects", "correction").order_by("-at", "-pk")
    crossings = Crossing.objects.filter(series=found).select_related("matter", "threshold", "reading", "cleared_by")
    context = {
        "now": now_of(found), "series": found, "watch": found.watch, "readings": every[:LISTED], "thresholds": thresholds,
        "crossings": crossings, "may_enter": may_enter(user, found) and not found.watch.ended_at,
        "chart": chart_of(found, points, thresholds) if points else None, "more": found.readings.count() > LISTED,
    }  # fmt: skip
    return render(request, "watches/series.html", context)


@login_required
def series_table(request: HttpRequest, pk: int, place: str) -> HttpResponse:
    """Hand out the readings of a series as a workbook, with those that were corrected."""
    user = reader(request)
    found = get_object_or_404(series_visible_to(user), watch=pk, division=place)
    rows: list[list[Any]] = [[*TITLES, _("怎样来的"), _("到达时间"), _("状态")]]
    for one in found.readings.select_related("correction").order_by("at", "pk").iterator(chunk_size=2000):
        at, arrived = (timezone.localtime(when).strftime("%Y-%m-%d %H:%M") for when in (one.at, one.arrived_at))
        way = str(dict(Reading._meta.get_field("way").choices or ())[one.way])
        state = _("已更正") if hasattr(one, "correction") else _("已撤回") if one.value is None else _("有效")
        rows.append([found.division.name_zh, at, one.value, one.note, one.reason, way, arrived, state])
    footer = f"{label(found.watch)} · {found.watch.measure} · {found.watch.source}"
    return attachment(write_workbook([Sheet(_("读数"), rows, footer)]), f"readings-{pk}-{place}.xlsx")


@login_required
def import_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a table of readings, show what taking it over would do, and take it over once that has been seen."""
    user = reader(request)
    found = get_object_or_404(watches_visible_to(user), pk=pk, ended_at=None)
    mine: list[Series] = [one for one in series_visible_to(user).filter(watch=found) if may_enter(user, one)]
    if not mine:
        raise PermissionDenied(_("您不能填这项监测的读数。"))
    form = TableForm(_("表格（.xlsx、.xls、.csv）"), posted(request), request.FILES or None)
    table = form.checked(lambda rows: check_table(rows, mine, timezone.now()))
    if table is not None and form.is_carried and table.is_whole:
        try:
            actions.take_readings(user, found, table.sent, way="table")
        except actions.Refused:
            form.add_error(None, _("核对以后又有了别的读数，请重新上传。"))
        else:
            said = _("已导入：新增 %(new)s 条，更正 %(changed)s 条，相同 %(same)s 条。")
            messages.success(request, said % table.counts)
            return redirect("watches:watch", found.pk)
    wrong = bool(form.errors) or (table is not None and not table.is_whole)
    context = {"form": form, "table": table, "watch": found, "titles": TITLES, "places": [one.division for one in mine]}
    return render(request, "watches/import.html", context, status=400 if wrong else 200)


@login_required
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the empty table, with a row for each place that the user enters."""
    user = reader(request)
    found = get_object_or_404(watches_visible_to(user), pk=pk)
    mine = [one.division.name_zh for one in series_visible_to(user).filter(watch=found) if may_enter(user, one)]
    now = timezone.localtime().strftime("%Y-%m-%d %H:00")
    rows = [list(TITLES), *([name, now, "", "", ""] for name in mine)]
    return attachment(write_workbook([Sheet(_("读数"), rows, label(found))]), f"readings-{pk}.xlsx")


# --- thresholds and tokens --------------------------------------------------------------------------------------------


@login_required
def thresholds(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the thresholds of a watch in all versions; whoever manages it sets a new one."""
    user = reader(request)
    found = get_object_or_404(watches_visible_to(user), pk=pk)
    versions = list(found.thresholds.select_related("by").order_by("-ended_at", "side", "-number"))
    versions.sort(key=lambda one: one.ended_at is not None)
    in_force = {one.side: one.number for one in versions if one.ended_at is None}
    form = ThresholdForm(posted(request))
    if request.method == "POST":
        if not may_manage(user, found):
            raise PermissionDenied(_("这项监测由负责部门和市、县管理。"))
        if form.is_valid() and _set(request, user, found, form):
            return redirect("watches:thresholds", found.pk)
    context = {
        "watch": found, "versions": versions, "form": form, "in_force": in_force,
        "may_manage": may_manage(user, found) and not found.ended_at,
    }  # fmt: skip
    return render(request, "watches/thresholds.html", context, status=400 if form.errors else 200)


def _set(request: HttpRequest, user: Account, found: Watch, form: ThresholdForm) -> bool:
    shown = request.POST.get(f"expected_{form.cleaned_data['side']}", "")
    expected = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 6 else None
    with ErrorsAt(form):
        actions.set_threshold(user, found, expected=expected, **form.cleaned_data)
        messages.success(request, _("已生效。以前的越线仍按当时的版本。"))
        return True
    return False


@require_POST
@login_required
def end_threshold(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """End a threshold."""
    user, found = _managed(request, pk)
    one = get_object_or_404(Threshold, watch=found, pk=version)
    try:
        actions.end_threshold(user, one)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已停用。"))
    return redirect("watches:thresholds", found.pk)


@never_cache
@login_required
def interface(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how readings are sent by a program, and issue tokens; a token's secret is shown once."""
    user, found = _managed(request, pk)
    form, secret = TokenForm(posted(request)), ""
    if form.is_valid():
        with ErrorsAt(form):
            _made, secret = actions.issue_token(user, found, form.cleaned_data["label"])
            form = TokenForm()
    context = {
        "watch": found, "form": form, "secret": secret, "tokens": found.tokens.select_related("made_by"),
        "places": [one.division for one in found.series.select_related("division")][:3],
        "address": request.build_absolute_uri(f"/watches/api/{found.pk}/readings/"),
        "limits": {"kilobytes": BYTES // 1024, "readings": READINGS, "minute": A_MINUTE},
        "now": timezone.localtime().replace(minute=0, second=0, microsecond=0).isoformat(),
    }  # fmt: skip
    return render(request, "watches/interface.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int, token: int) -> HttpResponse:
    """Revoke a token."""
    user, found = _managed(request, pk)
    actions.revoke_token(user, get_object_or_404(Token, watch=found, pk=token))
    messages.success(request, _("已作废，马上不能再用。"))
    return redirect("watches:interface", found.pk)


def _managed(request: HttpRequest, pk: int) -> tuple[Account, Watch]:
    user = reader(request)
    found = get_object_or_404(watches_visible_to(user), pk=pk)
    if not may_manage(user, found):
        raise PermissionDenied(_("这项监测由负责部门和市、县管理。"))
    return user, found
