"""Pages of emergency plans and duty rosters."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.cells import date_of
from yizhen.documents.uploads import TableForm
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.models import Account
from yizhen.watches.models import Plan, Roster
from yizhen.watches.models.emergency import KINDS, PARTS, week_of
from yizhen.watches.series.views import reader
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import label

from . import actions
from .forms import HandoverForm, PlanForm, WeekForm
from .queries import plans_visible_to, rosters_visible_to, slots_of, versions_visible_to, weeks_visible_to
from .rules import may_keep_plan, may_keep_roster, own_office
from .table import TITLES, check_shifts

NOTES = 30


@login_required
def plans(request: HttpRequest) -> HttpResponse:
    """List the emergency plans that are valid for the user's place or made in its scope."""
    user = reader(request)
    found = plans_visible_to(user)
    kind = request.GET.get("kind", "")
    rows = [one for one in found if not kind or kind in one.kinds]
    return render(request, "watches/plans.html", {"plans": rows, "kinds": KINDS.items(), "kind": kind})


@login_required
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan with its contacts and versions."""
    user = reader(request)
    found = get_object_or_404(versions_visible_to(user), pk=pk)
    chain = _chain(found, list(versions_visible_to(user).filter(division=found.division_id, office=found.office_id)))
    context = {
        "plan": found, "chain": chain, "latest": chain[0], "contacts": found.contacts.all(),
        "may_keep": may_keep_plan(user, found),
    }  # fmt: skip
    return render(request, "watches/plan.html", context)


def _chain(found: Plan, plans: list[Plan]) -> list[Plan]:
    """Return the versions of a plan among those of its office, the last one first."""
    by_id, later = {one.pk: one for one in plans}, {one.follows_id: one for one in plans if one.follows_id}
    one = found
    while one.pk in later:
        one = later[one.pk]
    chain = [one]
    while chain[-1].follows_id:
        chain.append(by_id[chain[-1].follows_id])
    return chain


@login_required
def issue(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Issue a plan, or the next version of one of the user's own."""
    user = reader(request)
    # What was typed is not lost when somebody else issues the next version meanwhile: the action says so.
    found = versions_visible_to(user) if request.method == "POST" else plans_visible_to(user)
    follows = None if pk is None else get_object_or_404(found, pk=pk)
    if follows is not None and not may_keep_plan(user, follows):
        raise PermissionDenied(_("预案由编制它的单位管理。"))
    initial: dict[str, Any] = {}
    if follows is not None:
        initial = {name: getattr(follows, name) for name in ("title", "kinds", "text", "document")}
        initial["contacts"] = "\n".join(f"{one.post} {one.telephone}" for one in follows.contacts.all())
    form = PlanForm(posted(request), initial=initial)
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.issue_plan(user, follows=follows, **form.cleaned_data)
            messages.success(request, _("已印发。"))
            return redirect("watches:plan", made.pk)
    context = {"form": form, "follows": follows}
    return render(request, "watches/plan_form.html", context, status=400 if form.errors else 200)


# --- rosters ----------------------------------------------------------------------------------------------------------


def _week(request: HttpRequest) -> date:
    found = date_of(request.GET.get("week", ""))
    return found if found and 2000 <= found.year <= 9000 else timezone.localdate()


def _weeks(day: date) -> dict[str, Any]:
    days = week_of(day)
    return {
        "days": days, "parts": PARTS.items(), "before": days[0] - timedelta(days=7), "after": days[0] + timedelta(days=7),
        "today": timezone.localdate(),
    }  # fmt: skip


@login_required
def duty(request: HttpRequest) -> HttpResponse:
    """Show a week of every office in sight, with the shifts in which nobody is on duty."""
    user = reader(request)
    day = _week(request)
    return render(request, "watches/duty.html", {"weeks": weeks_visible_to(user, day), **_weeks(day)})


def _own(user: Account) -> Roster | None:
    division, office = own_office(user)
    return Roster.objects.filter(division=division, office=office).first()


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Show the user's own week and take what is typed into it."""
    user = reader(request)
    day = _week(request)
    days = week_of(day)
    roster = _own(user)
    slots = slots_of(roster.shifts.filter(day__gte=days[0], day__lte=days[-1]) if roster else (), days)
    form = WeekForm(slots, posted(request))
    if form.is_valid():
        changed = actions.set_shifts(user, form.duties)
        messages.success(request, _("已保存，改了 %(n)s 班。") % {"n": changed})
        return redirect(f"{reverse('watches:duty_mine')}?week={days[0].isoformat()}")
    context = {"form": form, "roster": roster, **_weeks(day)}
    return render(request, "watches/duty_mine.html", context, status=400 if form.errors else 200)


@login_required
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a week of one office's roster, with its handover notes."""
    return _roster_page(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Roster:
    return get_object_or_404(rosters_visible_to(reader(request)), pk=pk)


def _roster_page(request: HttpRequest, found: Roster, form: HandoverForm | None = None) -> HttpResponse:
    day = _week(request)
    days = week_of(day)
    own = may_keep_roster(reader(request), found)
    if own and form is None:
        form = HandoverForm(initial={"day": timezone.localdate()})
    context = {
        "roster": found, "own": own, "slots": slots_of(found.shifts.filter(day__gte=days[0], day__lte=days[-1]), days),
        "form": form, **_weeks(day),
        # What was handed over is for the office itself; others see whom to call.
        "notes": found.handovers.select_related("by")[:NOTES] if own else [],
    }  # fmt: skip
    return render(request, "watches/roster.html", context, status=400 if form is not None and form.errors else 200)


@require_POST
@login_required
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note to the next shift."""
    user, found = reader(request), _found(request, pk)
    if not may_keep_roster(user, found):
        raise PermissionDenied(_("交接由值守的单位自己写。"))
    form = HandoverForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.hand_over(user, found, **form.cleaned_data)
            messages.success(request, _("已交接。"))
            return redirect("watches:roster", found.pk)
    return _roster_page(request, found, form)


@login_required
def import_shifts(request: HttpRequest) -> HttpResponse:
    """Check a table of shifts, show what it would change, and take it over once that has been seen."""
    user = reader(request)
    form = TableForm(_("表格（.xlsx、.xls、.csv）"), posted(request), request.FILES or None)
    own = _own(user)
    kept = {(one.day, one.part): one for one in own.shifts.all()} if own and form.is_bound else {}
    table = form.checked(lambda rows: check_shifts(rows, kept))
    if table is not None and form.is_carried and table.is_whole:
        changed = actions.set_shifts(user, table.duties)
        messages.success(request, _("已导入，改了 %(n)s 班。") % {"n": changed})
        return redirect("watches:duty")
    wrong = bool(form.errors) or (table is not None and not table.is_whole)
    context = {"form": form, "table": table, "titles": TITLES}
    return render(request, "watches/duty_import.html", context, status=400 if wrong else 200)


@login_required
def shift_template(request: HttpRequest) -> HttpResponse:
    """Give a week as a table: the user's own shifts of it, with empty rows for the gaps."""
    user = reader(request)
    days = week_of(_week(request))
    own = _own(user)
    slots = slots_of(own.shifts.filter(day__gte=days[0], day__lte=days[-1]) if own else (), days)
    rows = [
        [one.day.isoformat(), "白班" if one.part == "day" else "夜班", *((one.shift.post, one.shift.telephone) if one.shift else ("", ""))]
        for one in slots
    ]  # fmt: skip
    content = write_workbook([Sheet(_("值守排班"), [list(TITLES), *rows], label(user.scope))])
    return attachment(content, f"duty-{days[0].isoformat()}.xlsx")
