"""Campaigns: list, overview, the wizard of seven steps, publishing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from yizhen.appraisals.actions import campaigns as actions
from yizhen.appraisals.actions import publishing
from yizhen.appraisals.config import has_paper
from yizhen.appraisals.declaring import rule_in_words
from yizhen.appraisals.forms import (
    CHANNELS,
    TABLES,
    BasicsForm,
    NewCampaignForm,
    RulesForm,
    read_roll,
    read_rows,
    shown_rows,
)
from yizhen.appraisals.models import Campaign, CampaignState
from yizhen.appraisals.queries import (
    attendance,
    campaigns_visible_to,
    objections_visible_to,
    own_speaker,
    rectification_of_campaign,
    speakers_with_reports,
)
from yizhen.appraisals.rules import may_create, may_hold_key, may_manage, may_see_all_results, may_tell
from yizhen.people.middleware import staff_mode_required
from yizhen.people.models import Appointment, Unit

from .common import campaign_or_404, managed_campaign, number_of, reader, texts_of

AMENDABLE = {"basics", "grades", "classes", "items", "rules", "outline", "agenda", "roll"}
STEPS = (
    ("basics", gettext_lazy("名称和日期")),
    ("grades", gettext_lazy("等次")),
    ("classes", gettext_lazy("投票类别和权重")),
    ("items", gettext_lazy("评议项目")),
    ("rules", gettext_lazy("有效票和时限")),
    ("outline", gettext_lazy("报告提纲")),
    ("agenda", gettext_lazy("议程")),
    ("speakers", pgettext_lazy("pages", "述职人")),
    ("roll", gettext_lazy("投票人名单")),
    ("publish", gettext_lazy("预览和发布")),
)


@login_required
def campaign_list(request: HttpRequest) -> HttpResponse:
    """List the campaigns."""
    user = reader(request)
    return render(
        request,
        "appraisals/list.html",
        {"campaigns": campaigns_visible_to(user), "may_create": may_create(user)},
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Start a campaign from a type's template."""
    user = reader(request)
    if not may_create(user):
        raise PermissionDenied(_("只有市、县组织部门可以发起述职评议。"))
    earlier = campaigns_visible_to(user).exclude(state=CampaignState.DRAFT)
    form = NewCampaignForm(earlier, request.POST or None, initial={"previous": earlier.first()})
    if request.method == "POST" and form.is_valid():
        try:
            campaign = actions.make_campaign(user, **form.cleaned_data)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            return redirect("appraisals:wizard", pk=campaign.pk, step="basics")
    return render(request, "appraisals/new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a campaign: where it stands, what comes next, reports, rules."""
    user = reader(request)
    found = campaign_or_404(request, pk)
    round_ = found.current_round
    return render(
        request,
        "appraisals/campaign.html",
        {
            "campaign": found,
            "speakers": speakers_with_reports(found),
            "round": round_,
            "manage": may_manage(user, found),
            "cards": round_.cards.exclude(state="revoked").count() if round_ is not None else 0,
            "holds_key": round_ is not None and may_hold_key(user, round_),
            "sees_results": may_see_all_results(user, found),
            "attendance": attendance(found) if may_manage(user, found) else [],
            "rectification": rectification_of_campaign(found),
            "has_paper": has_paper(found.config),
            "own": own_speaker(user, found) if found.state == CampaignState.ISSUED else None,
            "tells": found.state == CampaignState.IN_SESSION and may_tell(user, found) and has_paper(found.config),
            "objections": objections_visible_to(user, found) if found.state == CampaignState.ISSUED else [],
        },
    )


@login_required
def wizard(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Edit one part of a draft, with a preview of what the voters and the hall will see."""
    found = managed_campaign(request, pk)
    names = [name for name, _title in STEPS]
    if step not in names:
        raise Http404
    if found.is_frozen and not (step in AMENDABLE and found.state == CampaignState.PUBLISHED):
        return redirect("appraisals:campaign", pk=pk)
    # What is frozen is changed in staff mode only: an amendment throws cards and key away.
    page = staff_mode_required(_wizard_page) if found.is_frozen else _wizard_page
    return page(request, found, step)


def _wizard_page(request: HttpRequest, found: Campaign, step: str) -> HttpResponse:
    names = [name for name, _title in STEPS]
    context = _step_context(request, found, step)
    if context is None:
        following = names[min(names.index(step) + 1, len(names) - 1)]
        if found.is_frozen:
            return redirect("appraisals:campaign", pk=found.pk)
        return redirect("appraisals:wizard", pk=found.pk, step=following)
    shown = [(name, title) for name, title in STEPS if not found.is_frozen or name in AMENDABLE]
    position = [name for name, _title in shown].index(step) + 1
    context.update(campaign=found, step=step, steps=shown, position=position, channels=CHANNELS)
    context.setdefault("reason", request.POST.get("reason", ""))
    return render(request, "appraisals/wizard.html", context, status=400 if context.get("failed") else 200)


def _step_context(request: HttpRequest, found: Campaign, step: str) -> dict[str, Any] | None:
    """Return what the step's page needs, or None when it was saved."""
    if step in TABLES:
        return _table_step(request, found, step)
    if step == "basics":
        return _basics_step(request, found)
    if step == "rules":
        return _rules_step(request, found)
    if step == "speakers":
        return _speakers_step(request, found)
    if step == "roll":
        return _roll_step(request, found)
    missing = actions.readiness(found)
    return {
        "missing": missing,
        "rule_words": [] if missing else rule_in_words(found.config),
        "speakers": found.speakers.select_related("division", "official"),
    }


def _table_step(request: HttpRequest, found: Campaign, step: str) -> dict[str, Any] | None:
    rows = found.config[step]
    errors: dict[str, str] = {}
    refused: list[str] = []
    if request.method == "POST":
        rows, errors = read_rows(step, request.POST, found.config[step])
        if not errors:
            refused = _set_parts(request, found, {step: rows})
            if not refused:
                return None
    return {
        "table": shown_rows(step, rows, errors),
        "columns": TABLES[step],
        "failed": bool(errors or refused),
        "reason_errors": refused,
        "sum": sum(row["weight"] for row in rows if isinstance(row.get("weight"), int)),
        "weighted": step in {"classes", "items"},
    }


def _basics_step(request: HttpRequest, found: Campaign) -> dict[str, Any] | None:
    form = BasicsForm(
        request.POST or None,
        initial={name: getattr(found, name) for name in ("title", "period", "reports_due_on", "session_on")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_basics(reader(request), found, **form.cleaned_data)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            return None
    return {"form": form, "failed": bool(form.errors)}


def _rules_step(request: HttpRequest, found: Campaign) -> dict[str, Any] | None:
    form = RulesForm(found.config, request.POST or None, initial=RulesForm.initial_of(found.config))
    if request.method == "POST" and form.is_valid():
        refused = _set_parts(request, found, form.parts(found.config))
        if not refused:
            return None
        return {"form": form, "failed": True, "reason_errors": refused}
    return {"form": form, "failed": bool(form.errors)}


def _set_parts(request: HttpRequest, found: Campaign, parts: dict[str, Any]) -> list[str]:
    """Change a draft, or amend what is published, all parts or none. Returns why it was refused."""
    user = reader(request)
    try:
        with transaction.atomic():
            if found.is_frozen:
                publishing.amend(user, found, parts, request.POST.get("reason", ""))
                return []
            for part, value in parts.items():
                actions.change_part(user, found, part, value)
    except ValidationError as error:
        return texts_of(error)
    return []


def _speakers_step(request: HttpRequest, found: Campaign) -> dict[str, Any] | None:
    level = found.config.get("subject", "township")
    if level == "department":
        return _units_step(request, found)
    appointments = Appointment.objects.filter(
        division__code__startswith=found.division_id, division__level=level, ended_on__isnull=True
    ).select_related("division", "official", "division__category")
    batches = dict(found.speakers.values_list("division_id", "batch"))
    error = ""
    if request.method == "POST":
        picked = [a for a in appointments if str(a.pk) in request.POST.getlist("speakers")]
        typed = {a.pk: number_of(request.POST.get(f"batch.{a.pk}", "1")) or 1 for a in picked}
        try:
            actions.choose_speakers(reader(request), found, picked, typed)
        except ValidationError as problem:
            error = " ".join(problem.messages)
        else:
            return None
    return {
        "appointments": [
            (a, a.division_id in batches, batches.get(a.division_id, 1)) for a in appointments.order_by("division_id")
        ],
        "error": error,
        "failed": bool(error),
    }


def _units_step(request: HttpRequest, found: Campaign) -> dict[str, Any] | None:
    units = Unit.objects.filter(division__code__startswith=found.division_id).order_by("code")
    chosen = set(found.speakers.values_list("unit_id", flat=True))
    if request.method == "POST":
        actions.choose_units(
            reader(request), found, [unit for unit in units if unit.pk in request.POST.getlist("units")]
        )
        return None
    return {"units": [(unit, unit.pk in chosen) for unit in units]}


def _roll_step(request: HttpRequest, found: Campaign) -> dict[str, Any] | None:
    classes = found.config["classes"]
    errors: dict[str, Any] = {}
    if request.method == "POST":
        names = read_roll(request.POST, classes)
        try:
            actions.set_roll(reader(request), found, names)
        except ValidationError as problem:
            errors = problem.message_dict
        else:
            return None
    else:
        names = {row["code"]: [] for row in classes}
        for entry in found.roll.all():
            names.setdefault(entry.class_code, []).append(entry.label)
    return {
        "roll": [
            (row, "\n".join(names[row["code"]]), len(names[row["code"]]), errors.get(row["code"])) for row in classes
        ],
        "error": errors.get("roll"),
        "failed": bool(errors),
    }


@require_POST
@login_required
@staff_mode_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze and hash the campaign."""
    found = campaign_or_404(request, pk)
    try:
        publishing.publish(reader(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("appraisals:wizard", pk=pk, step="publish")
    messages.success(request, _("已发布。规则和数据快照已冻结，述职人可以开始撰写报告。"))
    return redirect("appraisals:campaign", pk=pk)
