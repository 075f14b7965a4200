"""The register as a table: import with a dry run, the empty table, and the table of what is still missing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from yizhen.documents.uploads import TableForm
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.growth.models.enterprise import CHOICE_NAMES
from yizhen.growth.policies.conditions import FACTS
from yizhen.growth.policies.matching import FirmTable, match, wanted
from yizhen.growth.policies.queries import in_force, policies_visible_to
from yizhen.growth.policies.words import fact_name
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import label

from .actions import import_enterprises
from .queries import facts_rows
from .rules import may_register
from .table import TITLES, check_enterprises, row_of
from .views import filtered, reader


@never_cache
@login_required
def import_table(request: HttpRequest) -> HttpResponse:
    """Check a table of firms, show what taking it over would do, and take it over once that has been seen."""
    user = reader(request)
    if not may_register(user):
        raise PermissionDenied(_("您不能导入企业。"))
    form = TableForm(_("企业表（.xlsx、.xls 或 .csv）"), posted(request), request.FILES or None)
    table = form.checked(lambda rows: check_enterprises(user, rows))
    if table is not None and form.is_carried:
        with ErrorsAt(form):
            done = import_enterprises(user, table)
            messages.success(request, _("已导入：新增 %(new)s 家，更新 %(changed)s 家，相同 %(same)s 家。") % done)
            return redirect("growth:firms")
    wrong = bool(form.errors) or (table is not None and not table.is_whole)
    words = [
        (fact_name(name), list(CHOICE_NAMES[name].values())) for name in ("scale", "industry", "tax_credit", "tenant_of", "energy")
    ]  # fmt: skip
    context = {"form": form, "table": table, "titles": TITLES, "words": words}
    return render(request, "growth/enterprises/import.html", context, status=400 if wrong else 200)


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """Give the empty table, with one row that shows how it is written."""
    user = reader(request)
    sample = [
        "91990181MA00000016", "示例制造厂（虚构）", "某镇", "小型", "制造业", 35, "B", "是", "2026-09-30", "承租其他房屋", 2.5, 24, 320,
        "不超过行业限额", "否", "否", "企业填报", "2026-03-31",
    ]  # fmt: skip
    content = write_workbook([Sheet(_("企业"), [list(TITLES), sample], label(user.scope))])
    return attachment(content, "enterprises-template.xlsx")


@login_required
def workbook(request: HttpRequest) -> HttpResponse:
    """Give the firms of a list as the same table that comes in, and a sheet of what would decide policies, asked once."""
    user = reader(request)
    visible, _asked = filtered(request, user)
    firms = list(visible)
    today = timezone.localdate()
    rows = facts_rows(visible)
    rules = [one.rule for one in in_force(policies_visible_to(user), today)]
    table = FirmTable.of([row[1:] for row in rows], today)
    counts = wanted(table, rules, match(table, rules))
    lacking: list[list[Any]] = [
        [_("企业名称"), _("统一社会信用代码"), _("乡镇（街道）"), _("问什么（按能定下几项政策排列）")]
    ]
    for number, one in enumerate(firms):
        asked = sorted(
            ((int(counts[fact][number]), fact) for fact in FACTS if counts[fact][number]), key=lambda pair: -pair[0]
        )
        if asked:
            text = _("；").join(_("%(fact)s（%(n)s 项）") % {"fact": fact_name(fact), "n": n} for n, fact in asked)
            lacking.append([one.name_zh, one.credit_code, one.division.name_zh, text])
    footer = f"{label(user.scope)} · {today.isoformat()}"
    content = write_workbook(
        [
            Sheet(_("企业"), [list(TITLES), *(row_of(one) for one in firms)], footer),
            Sheet(_("还要问企业的"), lacking, footer),
        ]
    )
    return attachment(content, f"enterprises-{today.isoformat()}.xlsx")
