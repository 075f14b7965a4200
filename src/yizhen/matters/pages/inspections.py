"""Pages of inspections: a year by township and month, one township's calendar, one plan."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.matters import actions
from yizhen.matters.duties.queries import inspections_visible_to
from yizhen.matters.duties.rules import may_change_plan, may_plan_inspection
from yizhen.matters.duties.warnings import PlanWarnings, warnings_of
from yizhen.matters.duties.year import year_of
from yizhen.matters.forms_duties import ConclusionForm, InspectionForm
from yizhen.places.queries import townships_visible_to
from yizhen.web.errors import add_errors

from .reader import signed_in

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else timezone.localdate().year


@login_required
def inspections(request: HttpRequest) -> HttpResponse:
    """Show the year: townships × months, counts by who comes, and the plans."""
    user = signed_in(request)
    year = _year(request)
    context = {
        "year": year_of(user, year),
        "months": range(1, 13),
        "this_month": timezone.localdate().month if year == timezone.localdate().year else 0,
        "may_plan": may_plan_inspection(user),
    }
    return render(request, "matters/inspections/list.html", context)


@login_required
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Show one township's year: who comes when, month by month."""
    user = signed_in(request)
    places = townships_visible_to(user).filter(code__startswith=user.scope_id[:9])
    found = get_object_or_404(places, code=code)
    year = year_of(user, _year(request))
    row = next((row for row in year.rows if row.township == found), None)
    if row is None or user.is_admin or user.is_for_ballots:
        raise PermissionDenied(_("这一页供市、县、部门和本乡镇（街道）使用。"))
    return render(request, "matters/inspections/calendar.html", {"year": year, "row": row, "place": found})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Plan an inspection; overlaps and a second assessment are shown before it is registered."""
    user = signed_in(request)
    if not may_plan_inspection(user):
        raise PermissionDenied(_("只有县级以上，以及经指定的部门，可以向自己范围内的乡镇（街道）开展督查。"))
    form = InspectionForm(user, request.POST or None)
    found: PlanWarnings | None = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["townships"] = list(values["townships"])
        try:
            made = actions.plan_inspection(user, **values)
        except ValidationError as error:
            add_errors(form, error)
            found = warnings_of(user, values["kind"], values["townships"], values["starts_on"], values["ends_on"])
        else:
            messages.success(request, _("已登记：%(plan)s。") % {"plan": made})
            return redirect("matters:inspection", number=made.number)
    return render(
        request,
        "matters/inspections/new.html",
        {"form": form, "warnings": found},
        status=400 if form.errors else 200,
    )


@login_required
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    """Show a plan; whoever organises it concludes it in writing or calls it off."""
    user, today = signed_in(request), timezone.localdate()
    plan = get_object_or_404(inspections_visible_to(user), number=number)
    form = ConclusionForm(request.POST if request.POST.get("do") == "conclude" else None)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "cancel":
                actions.cancel_inspection(user, plan)
                messages.success(request, _("已取消，不再计入。"))
                return redirect("matters:inspection", number=number)
            if form.is_valid():
                actions.conclude_inspection(user, plan, form.cleaned_data["conclusion"])
                messages.success(request, _("结论已送达各乡镇（街道）。"))
                return redirect("matters:inspection", number=number)
            if not may_change_plan(user, plan):
                raise PermissionDenied(_("由开展督查的单位办理。"))
        except ValidationError as error:
            if form.is_bound:
                add_errors(form, error)
            else:
                messages.error(request, " ".join(error.messages))
    own = may_change_plan(user, plan)
    townships = plan.townships.filter(code__startswith=user.scope_id[:9]).select_related("parent")
    context = {
        "plan": plan,
        "form": form,
        "townships": townships,
        "may_cancel": own and plan.is_cancellable(today),
        "may_conclude": own and plan.cancelled_on is None and plan.concluded_on is None and plan.starts_on <= today,
    }
    return render(request, "matters/inspections/inspection.html", context, status=400 if form.errors else 200)
