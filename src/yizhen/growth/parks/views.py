"""Pages of industrial parks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from yizhen.growth.models import Park
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import day, label

from . import actions
from .forms import FigureForm, ParkForm, RegisterForm, TargetForm
from .queries import ParkPage, parks_visible_to, pipeline, read_park, read_parks
from .rules import KEEPING, may_keep, may_read, may_set_target


def reader(request: HttpRequest) -> Account:
    """Return who asks, if parks are shown to that role at all."""
    return who_asks(request, may_read, _("工业集中区由乡镇（街道）、部门和市县查看。"))


@login_required
def parks(request: HttpRequest) -> HttpResponse:
    """List the city's parks by place, each with its last year and how far it is from its target; nothing is ranked."""
    user = reader(request)
    context = {"pages": read_parks(parks_visible_to(user)), "may_register": user.role in KEEPING}
    return render(request, "growth/parks.html", context)


@login_required
def park(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a park: its years, what a unit brings, the path to its target, and what is being negotiated."""
    user = reader(request)
    page = read_park(_found(user, pk))
    context = {
        "page": page, "park": page.park, "path": page.path, "stages": pipeline(user, page.park.division),
        "chart": _chart(page), "may_keep": may_keep(user, page.park), "may_set_target": may_set_target(user, page.park),
        "targets": list(page.park.targets.all()),
        "corrections": [(new, old) for new in page.figures for old in page.earlier.get(new.year, ())],
    }  # fmt: skip
    return render(request, "growth/park.html", context)


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Enter a park."""
    user = reader(request)
    if user.role not in KEEPING:
        raise PermissionDenied(_("您不能在这个地方登记集中区。"))
    form = RegisterForm(user, posted(request))
    return _entry(
        request, None, _("登记工业集中区"), form, lambda data: actions.register_park(user, **data)
    )  # fmt: skip


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a park's names or leading industry."""
    user = reader(request)
    found = _found(user, pk)
    if not may_keep(user, found):
        raise PermissionDenied(_("您不能修改这个集中区。"))
    form = ParkForm(posted(request), instance=Park.objects.get(pk=pk))
    return _entry(request, found, _("修改集中区"), form, lambda data: actions.change_park(user, found, **data))


@login_required
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a new version of a park's target."""
    user = reader(request)
    found = _found(user, pk)
    if not may_set_target(user, found):
        raise PermissionDenied(_("目标由县（市、区）或者市级确定。"))
    page = read_park(found)
    before = {"output": page.target, "year": page.target_version and page.target_version.year}
    form = TargetForm(posted(request), initial=before)
    return _entry(request, found, _("确定目标"), form, lambda data: actions.set_target(user, found, **data))


@login_required
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a park's figures of a year; ``?year=`` corrects those of a year that has them."""
    user = reader(request)
    found = _found(user, pk)
    if not may_keep(user, found):
        raise PermissionDenied(_("您不能填这个集中区的数。"))
    wanted = request.GET.get("year", "")
    last = next((one for one in read_park(found).figures if str(one.year) == wanted), None)
    before = {name: getattr(last, name) for name in ("year", *actions.VALUES)} | {"seen": last.number} if last else {}
    title = _("更正 %(year)s 年的数") % {"year": last.year} if last else _("填一年的数")
    form = FigureForm(posted(request), initial=before)
    return _entry(request, found, title, form, lambda data: actions.enter_figure(user, found, **data))


def _found(user: Account, pk: int) -> Park:
    return get_object_or_404(parks_visible_to(user), pk=pk)


def _entry(request: HttpRequest, park: Park | None, title: str, form: Any, job: Any) -> HttpResponse:
    if form.is_valid():
        with ErrorsAt(form):
            made = job(form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:park", park.pk if park else made.pk)
    context = {"form": form, "title": title, "park": park}
    return render(request, "growth/park_form.html", context, status=400 if form.errors else 200)


def _chart(page: ParkPage) -> dict[str, Any] | None:
    """Return what the chart draws; the table beside it says the same."""
    path, last = page.path, page.last
    if path is None or last is None:
        return None
    points = path.trend.points if path.trend else ()
    years = sorted({one.year for one in page.figures} | {point.year for point in points})
    values = {one.year: float(one.output) for one in page.figures}
    trend = {point.year: point for point in points}

    def line(name: str, first: int) -> list[float | None]:
        return [round(getattr(trend[year], name), 2) if year in trend and year >= first else None for year in years]

    return {
        "title": _("%(park)s：产值和目标") % {"park": label(page.park)},
        "unit": _("亿元"), "source": last.source, "date": day(last.as_of), "years": years,
        "values": [values.get(year) for year in years], "line": line("line", years[0]),
        "low": line("low", last.year + 1), "high": line("high", last.year + 1), "target": float(page.target),
        "words": {
            "unit": _("单位"), "source": _("来源"), "date": _("数据日期"), "own": _("实际"), "line": _("趋势"), "low": _("区间下限"),
            "high": _("区间上限"), "target": _("目标"),
        },
    }  # fmt: skip
