"""Rectification: the board, its table for print and Excel, common problems."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.rectification import send_common_problem
from yizhen.appraisals.board import rectification_board, table_head, table_row
from yizhen.appraisals.common_problems import CommonGroup, common_groups, departments_for
from yizhen.appraisals.models import Campaign, CampaignState
from yizhen.appraisals.rules import may_manage
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.colours import COLOUR_NAMES, SHAPES
from yizhen.people.middleware import staff_mode_required
from yizhen.people.models import Unit
from yizhen.web.downloads import attachment
from yizhen.web.fields import new_client_id

from .common import campaign_or_404, number_of, reader, stamp_of, texts_of


@login_required
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rectification that came out of a campaign, by state."""
    campaign = campaign_or_404(request, pk)
    user = reader(request)
    return render(
        request,
        "appraisals/feedback.html",
        {
            "campaign": campaign,
            "board": rectification_board(user, campaign),
            "today": timezone.localdate(),
            "manage": may_manage(user, campaign),
            "counted": campaign.state == CampaignState.COUNTED,
            "colours": [(colour, name, SHAPES[colour]) for colour, name in COLOUR_NAMES.items()],
        },
    )


@login_required
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the same items as a table to print."""
    campaign = campaign_or_404(request, pk)
    found = rectification_board(reader(request), campaign)
    return render(
        request,
        "appraisals/rectification_table.html",
        {
            "campaign": campaign,
            "overview": found.overview,
            "head": table_head(),
            "rows": [table_row(item) for item in found.items],
            "stamp": stamp_of(reader(request)),
        },
    )


@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the same table as .xlsx, marked with who and when."""
    campaign = campaign_or_404(request, pk)
    found = rectification_board(reader(request), campaign)
    stamp = stamp_of(reader(request))
    counts = found.overview
    notes: list[list[Any]] = [
        [_("评议"), campaign.title],
        [_("承诺整改"), counts.promised],
        [_("按期报办结"), counts.in_time],
        [_("核验销号"), counts.verified],
        [_("重新打开"), counts.reopened],
        [_("超期未办结"), counts.overdue],
        [_("导出"), stamp],
    ]
    content = write_workbook(
        [
            Sheet(_("整改清单"), [table_head(), *(table_row(item) for item in found.items)], footer=stamp),
            Sheet(_("汇总"), notes, footer=stamp),
        ]
    )
    return attachment(content, f"rectification-{campaign.pk}.xlsx")


@login_required
@staff_mode_required
def common(request: HttpRequest, pk: int) -> HttpResponse:
    """Show problems that several speakers share, and send one to departments."""
    campaign = campaign_or_404(request, pk)
    if not may_manage(reader(request), campaign):
        raise PermissionDenied(_("共性问题由本次评议的组织部门归纳。"))
    if request.method == "POST":
        return _send(request, campaign)
    return _common_page(request, campaign)


def _send(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    typed = request.POST
    units = list(Unit.objects.filter(pk__in=typed.getlist("unit")))
    try:
        made = send_common_problem(
            reader(request),
            campaign,
            problems=[number_of(value) for value in typed.getlist("problem")],
            units=units,
            title=typed.get("title", ""),
            requirement=typed.get("requirement", "")[:800],
            client_id=typed.get("client_id", "")[:24] or new_client_id(),
        )
    except ValidationError as error:
        return _common_page(request, campaign, errors=texts_of(error))
    numbers = "、".join(matter.number for matter in made)
    messages.success(request, _("已交有关部门：%(numbers)s。") % {"numbers": numbers})
    return redirect("appraisals:common", pk=campaign.pk)


def _common_page(request: HttpRequest, campaign: Campaign, errors: list[str] | None = None) -> HttpResponse:
    groups, alone = common_groups(campaign)
    typed = request.POST
    return render(
        request,
        "appraisals/common_problems.html",
        {
            "campaign": campaign,
            "groups": [
                _form_of(group, number, typed, [p for p in alone if p.work_line == group.work_line])
                for number, group in enumerate(groups, start=1)
            ],
            "alone": _form_of(None, 0, typed, alone),
            "units": departments_for(campaign),
            "errors": errors or [],
        },
        status=400 if errors else 200,
    )


def _form_of(group: CommonGroup | None, number: int, typed: Any, others: list[Any]) -> dict[str, Any]:
    """Return what one group's form shows: what was typed after an error, else the proposal."""
    again = typed.get("group") == str(number)
    problems = group.problems if group else []
    ticked = {number_of(value) for value in typed.getlist("problem")} if again else {problem.pk for problem in problems}
    return {
        "number": number,
        "group": group,
        "problems": [(problem, problem.pk in ticked) for problem in problems],
        "others": [(problem, problem.pk in ticked) for problem in others],
        "units": typed.getlist("unit") if again else [group.unit_id] if group else [],
        "title": typed.get("title", "") if again else group.title if group else "",
        "requirement": typed.get("requirement", "") if again else "",
        "client_id": typed.get("client_id", "")[:24] if again else new_client_id(),
    }
