"""Pages of the import of figures by sector, with its dry run."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from yizhen.documents.uploads import TableForm
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.models import Account
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import label

from .keeping import import_sectors
from .rules import may_import
from .sectors import SECTORS, STANDARD
from .table import TITLES, check_table
from .views import reader


def keeper(request: HttpRequest) -> Account:
    """Return who asks, if that role enters figures by sector."""
    user = reader(request)
    if not may_import(user):
        raise PermissionDenied(_("分行业数据由乡镇（街道）和市县填。"))
    return user


@never_cache
@login_required
def import_table(request: HttpRequest) -> HttpResponse:
    """Check a table, show what taking it over would do, and take it over once that has been seen."""
    user = keeper(request)
    form = TableForm(_("分行业数据（.xlsx、.xls 或 .csv）"), posted(request), request.FILES or None)
    table = form.checked(lambda rows: check_table(user, rows))
    reason = request.POST.get("reason", "")
    if table is not None and form.is_carried:
        with ErrorsAt(form):
            done = import_sectors(user, table, reason)
            messages.success(request, _("已导入：新增 %(new)s 行，更正 %(changed)s 行，相同 %(same)s 行。") % done)
            return redirect("growth:industries")
    wrong = bool(form.errors) or (table is not None and not table.is_whole)
    context = {
        "form": form, "table": table, "reason": reason, "titles": TITLES, "sectors": SECTORS.values(),
        "standard": STANDARD,
    }  # fmt: skip
    return render(request, "growth/industry_import.html", context, status=400 if wrong else 200)


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """Give the empty table with one row that shows how it is written, and the list of sectors."""
    user = keeper(request)
    sample = [label(user.scope), 2025, "C36", 128000, 1560, 23, "某某统计资料", "2026-01-31"]
    codes = [[_("行业代码"), _("行业")], *([code, label(sector)] for code, sector in SECTORS.items())]
    sheets = [Sheet(_("分行业数据"), [list(TITLES), sample], label(user.scope)), Sheet(_("行业代码"), codes, STANDARD)]
    return attachment(write_workbook(sheets), "sectors-template.xlsx")
