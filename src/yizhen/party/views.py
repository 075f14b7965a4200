"""Pages of the fourth board."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .board import board_of, rows_of
from .forms import CheckForm, ItemForm, PlanForm, RecordForm, ReportForm
from .models import Meeting, ResponsibilityItem
from .queries import items_visible_to, meetings_visible_to, townships_read_by
from .rules import may_check, may_drop, may_enter, may_read, may_record


def reader(request: HttpRequest) -> Account:
    """Return who asks, if the fourth board is shown to that post at all."""
    return who_asks(request, may_read, _("党建作风由乡镇（街道）看本地的，县和市看辖区的。"))


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if re.fullmatch(r"20\d\d", asked) else timezone.localdate().year


@login_required
def city(request: HttpRequest) -> HttpResponse:
    """List the townships by code with what is counted of each; nothing is ranked."""
    user, year, today = reader(request), _year(request), timezone.localdate()
    rows, whole = rows_of(user, year, today)
    return render(request, "party/city.html", {"rows": rows, "whole": whole, "year": year, "today": today})


@login_required
def township(request: HttpRequest, code: str) -> HttpResponse:
    """Show the six parts of a township's fourth board, each with its source and date."""
    user, year, today = reader(request), _year(request), timezone.localdate()
    division = get_object_or_404(townships_read_by(user), pk=code)
    context = {
        "division": division, "year": year, "today": today, "board": board_of(user, division, year, today),
        "may_enter": may_enter(user, division),
    }  # fmt: skip
    return render(request, "party/township.html", context)


@login_required
def new_item(request: HttpRequest, code: str) -> HttpResponse:
    """Put an item on the list."""
    user, division = _entering(request, code)
    initial = {"year": timezone.localdate().year}
    form = ItemForm(posted(request), initial=initial)
    return _filled(
        request, division, form, _("增加责任事项"), lambda data: actions.list_item(user, division=division, **data)
    )


@login_required
def new_meeting(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a study or a meeting."""
    user, division = _entering(request, code)
    form = PlanForm(posted(request))
    return _filled(
        request, division, form, _("计划学习或会议"), lambda data: actions.plan_meeting(user, division=division, **data)
    )


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report an item done."""
    user, item = _item(request, pk)
    if not may_enter(user, item.division_id):
        raise PermissionDenied(_("责任清单由本乡镇（街道）填写。"))
    form = ReportForm(posted(request), initial={"evidence": item.evidence})
    return _filled(
        request, item.division, form, _("报告完成"), lambda data: actions.report_item(user, item, **data), item=item
    )


@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check an item that was reported: it holds, or goes back."""
    user, item = _item(request, pk)
    if not may_check(user, item):
        raise PermissionDenied(_("由组织部门核对，报告完成的人不能核对。"))
    form = CheckForm(posted(request))
    holds = request.POST.get("holds") == "yes"
    buttons = [("holds", "yes", _("核对通过")), ("holds", "no", _("退回"))]
    return _filled(
        request, item.division, form, _("核对"), lambda data: actions.check_item(user, item, holds=holds, **data),
        item=item, buttons=buttons,
    )  # fmt: skip


@login_required
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wrong item off the list."""
    user, item = _item(request, pk)
    if not may_drop(user, item):
        raise PermissionDenied(_("责任事项由组织部门取消。"))
    form = CheckForm(posted(request))
    form.fields["said"].label = _("取消的原因")
    return _filled(
        request, item.division, form, _("取消责任事项"), lambda data: actions.drop_item(user, item, **data), item=item
    )


@login_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what became of a meeting."""
    user = reader(request)
    meeting: Meeting = get_object_or_404(meetings_visible_to(user), pk=pk)
    if not may_record(user, meeting):
        raise PermissionDenied(_("由本乡镇（街道）记一次，记过不能再改。"))
    initial = {"held_on": meeting.planned_on}
    form = RecordForm(posted(request), initial=initial)
    return _filled(
        request, meeting.division, form, _("记录召开情况"),
        lambda data: actions.record_meeting(user, meeting, **data), meeting=meeting,
    )  # fmt: skip


def _entering(request: HttpRequest, code: str) -> tuple[Account, Division]:
    user = reader(request)
    division = get_object_or_404(townships_read_by(user), pk=code)
    if not may_enter(user, division):
        raise PermissionDenied(_("由本乡镇（街道）填写。"))
    return user, division


def _item(request: HttpRequest, pk: int) -> tuple[Account, ResponsibilityItem]:
    user = reader(request)
    return user, get_object_or_404(items_visible_to(user), pk=pk)


def _filled(
    request: HttpRequest, division: Division, form: forms.BaseForm, title: str, job: Callable[[dict[str, Any]], Any],
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show a form, or do its job and go back to the board."""
    if form.is_valid():
        with ErrorsAt(form):
            job(form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect(reverse("party:township", args=[division.pk]))
    context = {"form": form, "division": division, "title": title, **more}
    return render(request, "party/form.html", context, status=400 if form.errors else 200)
