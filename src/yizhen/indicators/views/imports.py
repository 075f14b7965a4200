"""Pages of the import: checked, committed, undone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.indicators import actions, workbook
from yizhen.indicators.dry_run import dry_run
from yizhen.indicators.forms import WorkbookForm
from yizhen.indicators.models import UploadedTable
from yizhen.indicators.queries import batches_visible_to, indicators_visible_to, tables_visible_to
from yizhen.indicators.rules import may_import
from yizhen.matters.periods import offered, period_of
from yizhen.places.queries import divisions_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt

from .reader import signed_in


@require_POST
@login_required
def from_matters(request: HttpRequest) -> HttpResponse:
    """Check the rates of a month's matters as a workbook; whoever asked commits it after the dry run."""
    user = signed_in(request)
    try:
        made = actions.rates_as_batch(user, period_of(request.POST.get("period", "")))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except ValueError:
        messages.error(request, _("请选择已经结束的一个月。"))
    else:
        return redirect("indicators:batch", pk=made.pk)
    return redirect("indicators:import")


@login_required
def import_workbook(request: HttpRequest) -> HttpResponse:
    """Take a workbook and check it; nothing is written before the dry run has been seen."""
    user = signed_in(request)
    if not may_import(user):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with ErrorsAt(form):
            received = actions.receive_file(user, file.name, file.read())
            page = "indicators:table" if isinstance(received, UploadedTable) else "indicators:batch"
            return redirect(page, pk=received.pk)
    return render(
        request,
        "indicators/import.html",
        {
            "form": form,
            "batches": batches_visible_to(user)[:20],
            "tables": tables_visible_to(user).defer("content")[:5],
            "months": [month for month in offered() if "-" in month.code and month.seen_to == month.last]
            if user.role == "city_office"
            else [],
        },
        status=400 if form.errors else 200,
    )


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the workbook template for the user's scope."""
    user = signed_in(request)
    if not may_import(user):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    indicators = list(indicators_visible_to(user))
    if user.role == "department":
        indicators = [found for found in indicators if found.source_id == user.unit_id]
    divisions = list(divisions_visible_to(user).filter(code__startswith=user.scope_id))
    return attachment(workbook.template(indicators, divisions), "yizhen-observations.xlsx")


@login_required
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the dry run: new, changed (which fields), same, errors by cell."""
    found = get_object_or_404(batches_visible_to(signed_in(request)), pk=pk)
    page = request.GET.get("page", "")
    run = dry_run(found, int(page) if page.isdecimal() and len(page) < 6 else 1) if found.state == "checked" else None
    return render(
        request,
        "indicators/batch.html",
        {"batch": found, "run": run, "changes": found.changes.select_related("indicator", "division")[:500]},
    )


@require_POST
@login_required
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Commit a checked batch."""
    found = get_object_or_404(batches_visible_to(signed_in(request)), pk=pk)
    try:
        actions.commit_batch(signed_in(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已导入。需要时可以整批撤销。"))
    return redirect("indicators:batch", pk=pk)


@require_POST
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a committed batch."""
    found = get_object_or_404(batches_visible_to(signed_in(request)), pk=pk)
    try:
        actions.undo_batch(signed_in(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤销，数据恢复到导入之前。"))
    return redirect("indicators:batch", pk=pk)
