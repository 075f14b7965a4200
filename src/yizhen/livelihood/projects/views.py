"""Pages of livelihood projects."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.livelihood.models import KINDS, STAGES, Project
from yizhen.livelihood.reader import reader
from yizhen.places.queries import divisions_visible_to
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .forms import ChangeForm, ProposeForm
from .judging import few, judgements
from .lights import light
from .pictures import picture
from .queries import photos_visible_to, projects_visible_to, state_of_project, steps_of
from .rules import may_change, may_propose
from .steps import DOINGS
from .verdicts import verdicts_on


@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """List the projects that the user may see, by place and year; nothing is ranked."""
    user = reader(request)
    asked = {name: request.GET.get(name, "") for name in ("stage", "kind", "place", "year")}
    visible = projects_visible_to(user)
    if asked["stage"] in STAGES:
        visible = visible.filter(stage=asked["stage"])
    if asked["kind"] in KINDS:
        visible = visible.filter(kind=asked["kind"])
    if asked["place"]:
        visible = visible.filter(division__code__startswith=asked["place"])
    if asked["year"].isdecimal() and len(asked["year"]) == 4:
        visible = visible.filter(year=int(asked["year"]))
    listed = list(visible)
    judged = judgements(user, listed)
    rows = [(one, light(state_of_project(one, steps_of(one))), judged[one.pk]) for one in listed]
    places = divisions_visible_to(user).filter(
        code__startswith=user.scope_id, level__in=["prefecture", "county", "township"], retired_on=None
    )
    context = {
        "rows": rows, "stages": STAGES.items(), "kinds": KINDS.items(), "asked": asked, "places": places,
        "may_propose": may_propose(user), "filtered": any(asked.values()),
    }  # fmt: skip
    return render(request, "livelihood/projects.html", context)


@login_required
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a candidate."""
    user = reader(request)
    if not may_propose(user):
        raise PermissionDenied(_("候选项目由乡镇（街道）和部门提出。"))
    form = ProposeForm(user, posted(request), initial={"year": timezone.localdate().year})
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.propose(user, **form.cleaned_data)
            messages.success(request, _("已提出，等人大代表票决。"))
            return redirect("livelihood:project", made.pk)
    context = {"form": form, "title": _("提出候选项目")}
    return render(request, "livelihood/project_form.html", context, status=400 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a candidate."""
    user, found = reader(request), _found(request, pk)
    if not may_change(user, found):
        raise PermissionDenied(_("您不能修改这个项目；票决以后内容不再改。"))
    form = ChangeForm(
        user, posted(request), instance=Project.objects.get(pk=found.pk), initial={"version": found.version}
    )
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_project(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("livelihood:project", found.pk)
    context = {"form": form, "title": _("修改候选项目"), "project": found}
    return render(request, "livelihood/project_form.html", context, status=400 if form.errors else 200)


@login_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project: milestones with every date, money, photographs, its indicator, acceptance and verdicts."""
    return _page(request, _found(request, pk))


@require_POST
@login_required
def act(request: HttpRequest, pk: int, doing: str) -> HttpResponse:
    """Do one of the things that a project's page offers."""
    user, found = reader(request), _found(request, pk)
    what = DOINGS.get(doing)
    if what is None:
        raise Http404
    form = what.form(found, request.POST, request.FILES or None, auto_id=f"{doing}_%s")
    if form.is_valid():
        with ErrorsAt(form):
            what.act(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("livelihood:project", found.pk)
    elif not what.open_to(user, found):
        raise PermissionDenied(_("您不能对这个项目做这件事，或者它现在是“%(stage)s”。") % {"stage": found.stage_name})
    return _page(request, found, {doing: form}, status=400)


@login_required
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a photograph to whoever may see its project."""
    return picture(get_object_or_404(photos_visible_to(reader(request)), pk=pk).file)


@login_required
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the small picture of a photograph to whoever may see its project."""
    return picture(get_object_or_404(photos_visible_to(reader(request)), pk=pk).thumbnail)


def _found(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(projects_visible_to(reader(request)), pk=pk)


def _page(
    request: HttpRequest, found: Project, filled: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    user = reader(request)
    steps = steps_of(found)
    filled = filled or {}
    doings = [
        (code, one, filled.get(code) or one.form(found, auto_id=f"{code}_%s"), code in filled)
        for code, one in DOINGS.items()
        if code in filled or one.open_to(user, found)
    ]
    judged = judgements(user, [found])[found.pk]
    context = {
        "project": found, "steps": steps, "light": light(state_of_project(found, steps)), "doings": doings,
        "judged": judged, "hidden": any(few(one, found.indicator) for one in (judged.before, judged.after)),
        "verdicts": verdicts_on([found])[found.pk], "photos": found.photos.filter(withdrawn=""),
        "payments": found.payments.all(), "over": max(found.paid - found.budget, 0),  # type: ignore[attr-defined]
        "acceptances": found.acceptances.select_related("by"),
        "tallies": found.tallies.select_related("vote", "vote__division"), "may_change": may_change(user, found),
    }  # fmt: skip
    return render(request, "livelihood/project.html", context, status=status)
