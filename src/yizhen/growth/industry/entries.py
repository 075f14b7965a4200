"""Forms of distinctive industries, each on its own page: what was typed stays after an error."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.growth.models import IndustryDeclaration
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .forms import CommunityForm, CountForm, DeclareForm, OutsideForm, ReportForm, StepForm
from .queries import communities_visible_to, declarations_visible_to, outside_visible_to, steps_visible_to
from .rules import may_declare, may_note_outside
from .views import found_township, reader

DECLARED = ("name_zh", "name_en", "direction", "sectors", "position", "aimed", "reason")


def _declarer(request: HttpRequest, division: Division) -> Account:
    user = reader(request)
    if not may_declare(user, division.code):
        raise PermissionDenied(_("特色产业由乡镇（街道）自己申报。"))
    return user


def _entry(
    request: HttpRequest, division: Division, title: str, form: BaseForm, job: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    if form.is_valid():
        with ErrorsAt(form):
            job(form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:industry_of", division.pk)
    context = {"form": form, "title": title, "division": division}
    return render(request, "growth/industry_form.html", context, status=400 if form.errors else 200)


@login_required
def declare(request: HttpRequest, code: str) -> HttpResponse:
    """Declare a township's industry; the last version is what one starts from."""
    division = found_township(request, code)
    user = _declarer(request, division)
    last = declarations_visible_to(user).filter(division=division).first()
    before = {name: getattr(last, name) for name in DECLARED} if last else {}
    form = DeclareForm(posted(request), initial=before)
    return _entry(
        request, division, _("申报特色产业"), form, lambda data: actions.declare_industry(user, division=division, **data)
    )  # fmt: skip


@login_required
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a step up the chain."""
    declaration: IndustryDeclaration = get_object_or_404(declarations_visible_to(reader(request)), pk=pk)
    user = _declarer(request, declaration.division)
    form = StepForm(declaration, posted(request))
    return _entry(
        request, declaration.division, _("安排升级步骤"), form, lambda data: actions.plan_step(user, declaration, **data)
    )  # fmt: skip


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report what came of a step."""
    found = get_object_or_404(steps_visible_to(reader(request)).select_related("declaration__division"), pk=pk)
    division = found.declaration.division
    user = _declarer(request, division)
    title = _("报告做成了什么：%(step)s") % {"step": found.title}
    form = ReportForm(posted(request))
    return _entry(request, division, title, form, lambda data: actions.report_step(user, found, **data))


@login_required
def community(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an industry community."""
    division = found_township(request, code)
    user = _declarer(request, division)
    form = CommunityForm(posted(request))
    return _entry(
        request, division, _("登记产业社区"), form, lambda data: actions.enter_community(user, division=division, **data)
    )  # fmt: skip


@login_required
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what an industry community holds now."""
    found = get_object_or_404(communities_visible_to(reader(request)), pk=pk)
    user = _declarer(request, found.division)
    last = next(iter(found.counts.all()), None)
    before = {name: getattr(last, name) for name in actions.COUNTS} if last else {}
    form = CountForm(posted(request), initial=before)
    title = _("更新产业社区的数：%(name)s") % {"name": found.name_zh}
    return _entry(request, found.division, title, form, lambda data: actions.count_community(user, found, **data))


@login_required
def outside(request: HttpRequest) -> HttpResponse:
    """List the places outside the city that are after some industry, and take a new entry."""
    user = reader(request)
    keeps = may_note_outside(user)
    form = OutsideForm(posted(request))
    if request.method == "POST":
        if not keeps:
            raise PermissionDenied(_("市外的产业名单由市级管理。"))
        if form.is_valid():
            with ErrorsAt(form):
                actions.note_outside(user, **form.cleaned_data)
                messages.success(request, _("已保存。"))
                return redirect("growth:industry_outside")
    entries = list(outside_visible_to(user))
    context = {
        "form": form, "keeps": keeps, "entries": [one for one in entries if one.withdrawn_at is None],
        "withdrawn": [one for one in entries if one.withdrawn_at],
    }  # fmt: skip
    return render(request, "growth/industry_outside.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an entry of the list of places outside."""
    user = reader(request)
    actions.withdraw_outside(user, get_object_or_404(outside_visible_to(user), pk=pk))
    messages.success(request, _("已撤下，原来的记录仍可查。"))
    return redirect("growth:industry_outside")
