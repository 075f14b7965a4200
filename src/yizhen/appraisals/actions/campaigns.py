"""Making, changing and publishing a campaign."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.appraisals.config import problems_of, template_config
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    RollEntry,
    Speaker,
)
from yizhen.appraisals.models.campaign import new_badge
from yizhen.appraisals.rules import may_create, may_manage
from yizhen.appraisals.sealing import MAX_CELLS
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account, Appointment, Unit
from yizhen.web.templatetags.yizhen import label

ROLL_LIMIT = 2000
BATCHES = 20
PARTS = ("grades", "items", "classes", "rules", "outline", "limits", "agenda", "minutes")


@event("appraisals.campaign_made")
class CampaignMade:
    """A campaign was started."""

    title: str
    kind: str


@event("appraisals.campaign_changed")
class CampaignChanged:
    """A part of a draft campaign changed."""

    part: str


def subject(campaign: Campaign) -> str:
    """Return how the audit chain names a campaign."""
    return f"appraisals.campaign:{campaign.pk}"


def locked(actor: Account, campaign: Campaign, *states: CampaignState) -> Campaign:
    """Return the campaign locked for change, after checking that the actor runs it and that it is in one of the states.

    Raises:
        PermissionDenied: when the actor does not run it.
        ValidationError: when it has moved on.
    """
    if not may_manage(actor, campaign):
        raise PermissionDenied(_("只有本次评议的组织部门可以这样做。"))
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if states and CampaignState(campaign.state) not in states:
        raise ValidationError(_("本次评议现在是“%(state)s”，不能这样做。") % {"state": campaign.state_name})
    return campaign


@transaction.atomic
def make_campaign(actor: Account, *, kind: str, title: str, period: str, previous: Campaign | None = None) -> Campaign:
    """Start a campaign from a type's template.

    Raises:
        PermissionDenied: when the actor may not start campaigns.
        ValidationError: keyed by field.
    """
    if not may_create(actor):
        raise PermissionDenied(_("只有市、县组织部门可以发起述职评议。"))
    try:
        config = template_config(kind)
    except KeyError as error:
        raise ValidationError({"kind": _("没有这种评议类型。")}) from error
    campaign = Campaign(
        title=title.strip(),
        kind=kind,
        period=period.strip(),
        division=actor.scope,
        config=config,
        previous=previous,
        created_by=actor,
    )
    campaign.full_clean(exclude=["division", "created_by"])
    campaign.save()
    record(actor, CampaignMade(title=campaign.title, kind=kind), subject(campaign), scope=campaign.division_id)
    return campaign


@transaction.atomic
def change_part(actor: Account, campaign: Campaign, part: str, value: Any) -> Campaign:
    """Change one part of a draft's configuration.

    Raises:
        ValidationError: when the part is unknown or the campaign is no longer a draft.
    """
    campaign = locked(actor, campaign, CampaignState.DRAFT)
    if part not in PARTS:
        raise ValidationError(_("没有这个部分。"))
    campaign.config = {**campaign.config, part: value}
    campaign.save(update_fields=["config"])
    record(actor, CampaignChanged(part=part), subject(campaign), scope=campaign.division_id)
    return campaign


@transaction.atomic
def set_basics(
    actor: Account, campaign: Campaign, *, title: str, period: str, reports_due_on: date | None, session_on: date | None
) -> Campaign:
    """Set the title, period and dates of a draft; once published, the dates alone (a meeting may be put off)."""
    campaign = locked(actor, campaign, CampaignState.DRAFT, CampaignState.PUBLISHED)
    if reports_due_on and session_on and reports_due_on > session_on:
        raise ValidationError({"reports_due_on": _("交稿日不能晚于会议日。")})
    if campaign.state == CampaignState.DRAFT:
        campaign.title, campaign.period = title.strip(), period.strip()
    elif title.strip() != campaign.title:
        raise ValidationError({"title": _("名称已随规则冻结，不能再改。")})
    campaign.reports_due_on, campaign.session_on = reports_due_on, session_on
    campaign.full_clean(exclude=["division", "created_by", "previous"])
    campaign.save()
    record(actor, CampaignChanged(part="basics"), subject(campaign), scope=campaign.division_id)
    return campaign


@transaction.atomic
def choose_speakers(
    actor: Account, campaign: Campaign, appointments: list[Appointment], batches: Mapping[int, int] | None = None
) -> list[Speaker]:
    """Choose who reports: officials in office inside the campaign's scope, one for each place.

    Args:
        actor: who runs the campaign.
        campaign: a draft.
        appointments: the posts that report.
        batches: appointment id → batch (1 to 20); 1 where none is given.

    Raises:
        ValidationError: keyed ``speakers``.
    """
    campaign = locked(actor, campaign, CampaignState.DRAFT)
    places = [appointment.division_id for appointment in appointments]
    if len(places) != len(set(places)):
        raise ValidationError({"speakers": _("同一个地方只能有一名述职人。")})
    if any(not code.startswith(campaign.division_id) for code in places):
        raise ValidationError({"speakers": _("述职人不在本次评议的范围内。")})
    campaign.speakers.all().delete()
    made = Speaker.objects.bulk_create(
        Speaker(
            campaign=campaign,
            division=appointment.division,
            official=appointment.official,
            title=appointment.title,
            batch=min(max((batches or {}).get(appointment.pk, 1), 1), BATCHES),
        )
        for appointment in appointments
    )
    record(actor, CampaignChanged(part="speakers"), subject(campaign), scope=campaign.division_id)
    return made


@transaction.atomic
def choose_units(actor: Account, campaign: Campaign, units: list[Unit]) -> list[Speaker]:
    """Choose the departments that are rated, in an upward appraisal or by deputies: a department, never a person.

    Raises:
        ValidationError: keyed ``speakers``.
    """
    campaign = locked(actor, campaign, CampaignState.DRAFT)
    if any(not unit.division_id.startswith(campaign.division_id) for unit in units):
        raise ValidationError({"speakers": _("部门不在本次评议的范围内。")})
    campaign.speakers.all().delete()
    made = Speaker.objects.bulk_create(
        Speaker(campaign=campaign, division_id=unit.division_id, unit=unit, title=_("主要负责人")) for unit in units
    )
    record(actor, CampaignChanged(part="speakers"), subject(campaign), scope=campaign.division_id)
    return made


@transaction.atomic
def set_roll(actor: Account, campaign: Campaign, names: dict[str, list[str]]) -> int:
    """Set the roll of voters by class, before the session begins. Returns how many are entitled.

    Who was on it keeps the check-in code, so that lists and name plates that are printed stay good.

    Raises:
        ValidationError: keyed by class, for unknown classes, repeated or overlong names, or too many of them.
    """
    campaign = locked(actor, campaign, CampaignState.DRAFT, CampaignState.PUBLISHED)
    classes = {row["code"] for row in campaign.config["classes"]}
    errors = {}
    for code, labels in names.items():
        if code not in classes:
            errors[code] = _("没有这个投票类别。")
        elif repeated := {label for label in labels if labels.count(label) > 1}:
            errors[code] = _("名字重复：%(names)s。同名的请加单位区分。") % {"names": "、".join(sorted(repeated))}
        elif any(len(label) > 60 for label in labels):
            errors[code] = _("名字和职务最多 60 个字。")
    if sum(len(labels) for labels in names.values()) > ROLL_LIMIT:
        errors["roll"] = _("名单最多 %(n)s 人。") % {"n": ROLL_LIMIT}
    if errors:
        raise ValidationError(errors)
    if campaign.roll.filter(present=True).exists():
        raise ValidationError({"roll": _("签到已经开始，名单不能再整体更换。")})
    badges = {(code, label): badge for code, label, badge in campaign.roll.values_list("class_code", "label", "badge")}
    campaign.roll.all().delete()
    RollEntry.objects.bulk_create(
        RollEntry(campaign=campaign, class_code=code, label=label, badge=badges.get((code, label)) or new_badge())
        for code, labels in names.items()
        for label in labels
    )
    record(actor, CampaignChanged(part="roll"), subject(campaign), scope=campaign.division_id)
    return campaign.roll.count()


def readiness(campaign: Campaign) -> list[tuple[str, str]]:
    """Return (part, message) for all that still keeps a draft from being published."""
    found = problems_of(campaign.config)
    if not campaign.speakers.exists():
        found.append(("speakers", _("还没有选定述职人。")))
    roll = campaign.roll.all()
    for row in campaign.config["classes"]:
        if not any(entry.class_code == row["code"] for entry in roll):
            found.append(("roll", _("“%(name)s”还没有投票人名单。") % {"name": label(row)}))
    if orphans := {entry.class_code for entry in roll} - {row["code"] for row in campaign.config["classes"]}:
        found.append(("roll", _("名单里还有已经删去的类别：%(codes)s。") % {"codes": "、".join(sorted(orphans))}))
    if campaign.speakers.count() * len(campaign.config["items"]) > MAX_CELLS:
        found.append(("speakers", _("一张票最多 %(n)s 格，请分批开会。") % {"n": MAX_CELLS}))
    if not campaign.session_on:
        found.append(("basics", _("还没有定会议日期。")))
    return found
