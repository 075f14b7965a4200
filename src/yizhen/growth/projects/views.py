"""Pages of projects."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.growth.models import STAGES, Project
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.forms import posted

from . import actions
from .forms import NAMES, ProjectForm, RealisedForm, RegisterForm, RuleForm
from .queries import projects_visible_to, rule_in_force, rules_visible_to, with_last_screening
from .rules import MOVES, NEXT, may_change, may_read, may_register, may_screen, may_set_rule
from .three_content import Score, firmness, score, turning_points


def reader(request: HttpRequest) -> Account:
    """Return who asks, if projects are shown to that role at all."""
    return who_asks(request, may_read, _("招商项目由乡镇（街道）、主管部门和市县查看。"))


@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """List the projects that the user may see, by place, each with its last screening; nothing is ranked."""
    user = reader(request)
    visible = with_last_screening(projects_visible_to(user))
    stage = request.GET.get("stage", "")
    if stage in STAGES:
        visible = visible.filter(stage=stage)
    place = request.GET.get("place", "")
    if place:
        visible = visible.filter(division=place)
    rows = [(one, next(iter(one.screenings.all()), None)) for one in visible]
    context = {
        "rows": rows, "stages": STAGES.items(), "stage": stage, "place": place, "may_register": may_register(user),
        "may_set_rule": may_set_rule(user),
    }  # fmt: skip
    return render(request, "growth/projects.html", context)


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Enter a project."""
    user = reader(request)
    if not may_register(user):
        raise PermissionDenied(_("您不能在这个地方登记项目。"))
    form = RegisterForm(user, posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.register_project(user, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("growth:project", made.pk)
    return render(
        request, "growth/form.html", {"form": form, "title": _("登记项目")}, status=400 if form.errors else 200
    )


@login_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project: its promises, its score with the derivation, how firm the answer is, and what it brought."""
    return _page(request, _found(request, pk))


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a project promises."""
    found = _found(request, pk)
    user = reader(request)
    if not may_change(user, found):
        raise PermissionDenied(_("您不能修改这个项目。"))
    form = ProjectForm(posted(request), instance=Project.objects.get(pk=found.pk))
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_project(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:project", found.pk)
    return render(
        request,
        "growth/form.html",
        {"form": form, "title": _("修改项目"), "project": found},
        status=400 if form.errors else 200,
    )


@require_POST
@login_required
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Screen a project."""
    found = _found(request, pk)
    text = request.POST.get("text", "")[:400]
    return _done(request, found, lambda user: actions.screen(user, found, text), _("已筛选。"), text=text)


@require_POST
@login_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a project to another stage."""
    found = _found(request, pk)
    stage, reason = request.POST.get("stage", ""), request.POST.get("reason", "")[:400]
    return _done(request, found, lambda user: actions.move(user, found, stage, reason), _("已更新。"), reason=reason)


@require_POST
@login_required
def realised(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what a project brought in a year."""
    found, form = _found(request, pk), RealisedForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.enter_realised(reader(request), found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:project", found.pk)
    return _page(request, found, form=form, status=400)


@login_required
def rule(request: HttpRequest) -> HttpResponse:
    """Show the screening rule with its versions, and take a new one."""
    user = reader(request)
    city = get_object_or_404(Division, pk=city_code(user.scope_id))
    now, version = rule_in_force(city)
    form = RuleForm(now, posted(request))
    if request.method == "POST":
        if not may_set_rule(user):
            raise PermissionDenied(_("三含量规则由市级确定。"))
        if form.is_valid():
            with ErrorsAt(form):
                actions.put_rule_in_force(user, form.rule, form.cleaned_data["basis"])
                messages.success(request, _("已生效。以前的筛选仍按当时的规则。"))
                return redirect("growth:rule")
    lines = [(name, getattr(now, code)) for code, name in NAMES.items()]
    context = {
        "form": form, "lines": lines, "version": version, "versions": rules_visible_to(user).order_by("-number"),
        "may_set": may_set_rule(user), "shipped": actions.SHIPPED,
    }  # fmt: skip
    return render(request, "growth/rule.html", context, status=400 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(with_last_screening(projects_visible_to(reader(request))), pk=pk)


def _done(request: HttpRequest, found: Project, job: Callable[[Account], Any], said: str, **typed: str) -> HttpResponse:
    try:
        job(reader(request))
    except ValidationError as error:
        errors = by_field(error, "text", "reason", other="form")
        return _page(request, found, errors=errors, typed=typed, status=400)
    messages.success(request, said)
    return redirect("growth:project", found.pk)


def _page(request: HttpRequest, found: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    user = reader(request)
    now, version = rule_in_force(found.division)
    made = score(found.facts, now)
    last = next(iter(found.screenings.all()), None)
    stale = last is not None and last.facts != actions.facts_as_texts(found.facts)
    unsigned = actions.unsigned_because(found) if found.stage == "lead" else ""
    following = [code for code in NEXT.get(found.stage, ()) if not (code == "signed" and unsigned)]
    next_stages = [(code, MOVES[code]) for code in following] if may_change(user, found) else []
    context = {
        "project": found, "rule": now, "version": version, "made": made, "parts": made.rounded(), "last": last, "stale": stale,
        "missing": actions.names_of(made.missing), "shut": made.shut, "turning": _turning(found, made, now),
        "firm": firmness(found.facts, now), "may_change": may_change(user, found) and found.stage == "lead",
        "may_screen": may_screen(user, found), "next_stages": next_stages, "unsigned": unsigned, "years": _years(found),
        "may_enter": may_change(user, found) and found.stage == "producing", "realised_form": more.pop("form", None) or RealisedForm(),
        **more,
    }  # fmt: skip
    return render(request, "growth/project.html", context, status=status)


def _turning(found: Project, made: Score, now: Any) -> list[tuple[Any, Any, Any]]:
    """Return (name, now, where the decision would turn) of each threshold."""
    if made.shut or made.missing:
        return []
    return [(NAMES[code], getattr(now, code), value) for code, value in turning_points(found.facts, now).items()]


def _years(found: Project) -> list[tuple[Any, Any, Any]]:
    """Return (realised, share of the promised tax in percent, share of the promised jobs) of each year."""
    tax, jobs = found.promised_tax, found.jobs
    return [
        (one, 100 * one.tax / tax if tax else None, 100 * one.jobs / jobs if jobs else None)
        for one in found.realised.all()
    ]
