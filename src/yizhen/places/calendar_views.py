"""Pages of the calendars: a year with its kinds of day, the tables it comes from, and where offices were closed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.clocks import DayKind
from yizhen.documents.carried import UnreadableTable, rows_of_file, rows_of_text
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt

from .calendar_forms import CalendarFileForm, CalendarTextForm, ClosureForm
from .calendar_keeping import declare_closure, import_calendar, withdraw_closure
from .calendar_table import (
    TITLES,
    WRITTEN,
    CheckedTable,
    check_table,
)
from .calendars import (
    KIND_MARKS,
    KIND_NAMES,
    calendar_for,
    city_calendar,
    closures_visible_to,
    exceptions_of,
    months_of,
    versions_visible_to,
)
from .models import Division
from .models.calendar import YEARS
from .queries import city_code, divisions_visible_to
from .rules import CLOSERS, may_close, may_keep_calendar


@login_required
def calendars(request: HttpRequest) -> HttpResponse:
    """Show a year of the calendar in force in a place; a closure is declared here by those who may."""
    form = ClosureForm(request.POST or None, places=_closable(request.user)) if _closable(request.user) else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("当地停工由本级市、县登记。"))
        if form.is_valid() and _declared(request, form):
            messages.success(request, _("已登记。已经算好的期限不变，以后算的期限按停工处理。"))
            return redirect("places:calendars")
    year, place = _chosen(request, request.user)
    in_force = calendar_for(place)
    context = {
        "year": year,
        "place": place,
        "places": _places(request.user),
        "months": months_of(in_force, year),
        "exceptions": list(exceptions_of(in_force, year)),
        "published": in_force.is_published(year),
        "version": in_force.version,
        "legend": [(kind.value, KIND_NAMES[kind], KIND_MARKS[kind]) for kind in DayKind],
        "versions": versions_visible_to(request.user),
        "closures": [(one, may_close(request.user, one.division)) for one in closures_visible_to(request.user)[:100]],
        "form": form,
        "may_import": may_keep_calendar(request.user),
    }
    return render(request, "places/calendars.html", context, status=400 if form is not None and form.errors else 200)


def _chosen(request: HttpRequest, user: Any) -> tuple[int, Division]:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else timezone.localdate().year
    city = get_object_or_404(Division, code=city_code(user.scope_id))
    wanted = request.GET.get("place", "")
    place = get_object_or_404(_places(user), code=wanted) if wanted else city
    return min(max(year, YEARS[0]), YEARS[1]), place


def _places(user: Any) -> QuerySet[Division]:
    return divisions_visible_to(user).filter(level__in=["prefecture", "county", "township"], retired_on=None)


def _closable(user: Any) -> QuerySet[Division]:
    if user.role not in CLOSERS:
        return Division.objects.none()
    return _places(user).filter(code__startswith=user.scope_id)


def _declared(request: HttpRequest, form: ClosureForm) -> bool:
    data = dict(form.cleaned_data)
    with ErrorsAt(form):
        declare_closure(request.user, data.pop("division"), **data)
        return True
    return False


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a closure that was entered by mistake."""
    withdraw_closure(request.user, get_object_or_404(closures_visible_to(request.user), pk=pk))
    messages.success(request, _("已撤回。已经算好的期限不变。"))
    return redirect("places:calendars")


@login_required
def import_table(request: HttpRequest) -> HttpResponse:
    """Check a table of a year, show what it would change, and take it over once that has been seen."""
    user: Any = request.user
    if not may_keep_calendar(user):
        raise PermissionDenied(_("放假安排由市级评议办导入。"))
    city = get_object_or_404(Division, code=user.scope_id)
    form: Form = CalendarFileForm(request.POST or None, request.FILES or None)
    table = None
    if request.method == "POST" and "table" in request.POST:
        form = CalendarTextForm(request.POST)
        if form.is_valid() and (table := _checked(form, city)) and (done := _imported(request, form, city, table)):
            return done
    elif request.method == "POST" and form.is_valid():
        table = _checked(form, city)
    wrong = bool(form.errors) or (table is not None and not table.is_whole)
    context = {
        "form": form if table is None else None,
        "refused": form if isinstance(form, CalendarTextForm) and form.errors else None,
        "table": table,
        "data": getattr(form, "cleaned_data", {}),
        "titles": "、".join(TITLES),
    }
    return render(request, "places/calendar_import.html", context, status=400 if wrong else 200)


def _checked(form: Form, city: Division) -> CheckedTable | None:
    data = form.cleaned_data
    try:
        file = data.get("file")
        rows = rows_of_file(file.read(), file.name) if file else rows_of_text(data["table"])
        return check_table(rows, data["year"], city_calendar(city.code))
    except UnreadableTable as error:
        form.add_error("file" if "file" in form.fields else None, str(error))
        return None


def _imported(request: HttpRequest, form: Form, city: Division, table: CheckedTable) -> HttpResponse | None:
    data = form.cleaned_data
    with ErrorsAt(form):
        made = import_calendar(request.user, city, table, source=data["source"], published_on=data["published_on"])
        messages.success(request, _("%(year)s 年放假安排第 %(n)s 版已生效。") % {"year": made.year, "n": made.version})
        return redirect(f"{reverse('places:calendars')}?year={made.year}")
    return None


@login_required
def table_file(request: HttpRequest) -> HttpResponse:
    """Hand out a year's exceptions as a table that can be imported again."""
    year, place = _chosen(request, request.user)
    days = city_calendar(city_code(place.code))
    rows = [(cell.day.isoformat(), WRITTEN[cell.kind], cell.name) for cell in exceptions_of(days, year)]
    return attachment(write_workbook([Sheet(str(year), [TITLES, *rows], days.version)]), f"calendar-{year}.xlsx")
