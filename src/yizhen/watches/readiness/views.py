"""Pages of readiness, emergencies and the certificates of their purges."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.watches.models import Emergency
from yizhen.watches.models.readiness import PURGE_DAYS, RESOURCES
from yizhen.watches.series.views import reader
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import label

from . import actions
from .forms import EmergencyForm, ReadinessForm, SituationForm
from .queries import (
    certificates_visible_to,
    emergencies_visible_to,
    latest,
    lines_for,
    overdue_purges,
    readiness_visible_to,
    regular,
    situations_visible_to,
    sums_of,
)
from .rules import may_lead, may_open

NOTES = 50


@login_required
def readiness(request: HttpRequest) -> HttpResponse:
    """Show what institutions have ready, by place, with sums; nothing is ranked."""
    user = reader(request)
    kind, place = request.GET.get("kind", ""), request.GET.get("place", "")
    found = regular(user)
    if kind in RESOURCES:
        found = found.filter(kind=kind)
    if place.isascii() and place.isdigit():
        found = found.filter(division__code__startswith=place)
    if request.GET.get("format") == "xlsx":
        return _workbook(user, found)
    lines = lines_for(user, found)
    context = {
        "lines": lines, "sums": sums_of(lines), "kinds": [(code, name) for code, (name, _u) in RESOURCES.items()],
        "kind": kind, "place": place, "open": emergencies_visible_to(user).filter(ended_at__isnull=True),
        "overdue": overdue_purges(user),
    }  # fmt: skip
    return render(request, "watches/readiness.html", context)


def _workbook(user: Any, found: Any) -> HttpResponse:
    head = [_("地方"), _("机构"), _("资源"), _("总量"), _("可用"), _("截至"), _("数据来源")]
    rows = [
        [
            label(line.one.division), line.one.facility, str(line.one.kind_name), line.capacity, line.available,
            timezone.localtime(line.one.as_of).strftime("%Y-%m-%d %H:%M"), line.one.source,
        ]
        for line in lines_for(user, found)
    ]  # fmt: skip
    return attachment(write_workbook([Sheet(_("应急资源"), [head, *rows], label(user.scope))]), "readiness.xlsx")


@login_required
def enter(request: HttpRequest) -> HttpResponse:
    """Record a count, of every day or for an emergency that goes on."""
    user = reader(request)
    open_ones = emergencies_visible_to(user).filter(ended_at__isnull=True)
    chosen = request.GET.get("emergency", "")
    initial = {"emergency": chosen} if chosen.isascii() and chosen.isdigit() else {}
    form = ReadinessForm(user, open_ones, posted(request), initial=initial)
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.record_readiness(user, **{"emergency": None, **form.cleaned_data})
            messages.success(request, _("已收。"))
            if made.emergency_id:
                return redirect("watches:emergency", made.emergency_id)
            return redirect("watches:readiness")
    return render(request, "watches/readiness_form.html", {"form": form}, status=400 if form.errors else 200)


# --- emergencies ------------------------------------------------------------------------------------------------------


@login_required
def emergencies(request: HttpRequest) -> HttpResponse:
    """List the emergencies of the city, those that go on first; an overdue purge is red."""
    user = reader(request)
    found = sorted(emergencies_visible_to(user), key=lambda one: one.ended_at is not None)
    context = {"emergencies": found, "may_open": may_open(user), "days": PURGE_DAYS}
    return render(request, "watches/emergencies.html", context)


@login_required
def open_emergency(request: HttpRequest) -> HttpResponse:
    """Open an emergency."""
    user = reader(request)
    if not may_open(user):
        raise PermissionDenied(_("突发事件由市级或者主管部门启动、结束。"))
    form = EmergencyForm(posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.open_emergency(user, **form.cleaned_data)
            messages.success(request, _("已启动。"))
            return redirect("watches:emergency", made.pk)
    context = {"form": form, "days": PURGE_DAYS}
    return render(request, "watches/emergency_form.html", context, status=400 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Emergency:
    return get_object_or_404(emergencies_visible_to(reader(request)), pk=pk)


@login_required
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an emergency: what is ready, what places report, and what is left to do."""
    return _page(request, _found(request, pk))


def _page(request: HttpRequest, found: Emergency, form: SituationForm | None = None) -> HttpResponse:
    user = reader(request)
    lines = lines_for(user, latest(readiness_visible_to(user).filter(emergency=found)))
    if form is None and found.ended_at is None:
        form = SituationForm(user)
    context = {
        "emergency": found, "lines": lines, "sums": sums_of(lines), "form": form,
        "situations": situations_visible_to(user, found)[:NOTES], "may_lead": may_lead(user, found), "days": PURGE_DAYS,
    }  # fmt: skip
    return render(request, "watches/emergency.html", context, status=400 if form is not None and form.errors else 200)


@require_POST
@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what a place reports during an emergency."""
    user, found = reader(request), _found(request, pk)
    form = SituationForm(user, request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.report_situation(user, found, **form.cleaned_data)
            messages.success(request, _("已收。"))
            return redirect("watches:emergency", found.pk)
    return _page(request, found, form)


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an emergency."""
    found = _found(request, pk)
    try:
        actions.end_emergency(reader(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已结束。详细记录要在 %(n)s 天内清除。") % {"n": PURGE_DAYS})
    return redirect("watches:emergency", found.pk)


@require_POST
@login_required
def purge(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the detailed records of an emergency and show the certificate."""
    found = _found(request, pk)
    try:
        actions.purge(reader(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("watches:emergency", found.pk)
    messages.success(request, _("已清除，这是清除证明。"))
    return redirect("watches:certificate", found.pk)


@login_required
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the certificate of a purge, to be printed and kept."""
    found = get_object_or_404(certificates_visible_to(reader(request)), emergency=pk)
    lines = [(_sort_name(sort), number) for sort, number in found.counts.items()]
    context = {"certificate": found, "emergency": found.emergency, "lines": lines, "total": sum(found.counts.values())}
    return render(request, "watches/certificate.html", context)


def _sort_name(sort: str) -> Any:
    kind = sort.removeprefix("readiness:")
    return RESOURCES[kind][0] if kind in RESOURCES else _("情况报告")
