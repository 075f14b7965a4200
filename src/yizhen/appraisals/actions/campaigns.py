"""Making, changing and publishing a campaign."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.config import digest, problems_of, quotas_of, template_config
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    CampaignVersion,
    DutyReport,
    RollEntry,
    Round,
    Session,
    SnapshotFigure,
    Speaker,
)
from yizhen.appraisals.rules import may_create, may_manage
from yizhen.appraisals.sealing import MAX_CELLS
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.queries import GapRow, gap_rows
from yizhen.people.models import Account, Appointment, Unit
from yizhen.web.templatetags.yizhen import label

ROLL_LIMIT = 2000
BATCHES = 20
LAYOUT_PARTS = {"grades", "items", "classes", "rules"}
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


@event("appraisals.campaign_published")
class CampaignPublished:
    """A campaign was frozen."""

    config_hash: str
    speakers: int
    voters: int
    figures: int


@event("appraisals.rules_amended")
class RulesAmended:
    """Published rules were changed before the session: a new version, with its reason."""

    part: str
    version: int
    reason: str
    config_hash: str


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
    campaign.roll.all().delete()
    RollEntry.objects.bulk_create(
        RollEntry(campaign=campaign, class_code=code, label=label) for code, labels in names.items() for label in labels
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
    if campaign.speakers.count() * len(campaign.config["items"]) > MAX_CELLS:
        found.append(("speakers", _("一张票最多 %(n)s 格，请分批开会。") % {"n": MAX_CELLS}))
    if not campaign.session_on:
        found.append(("basics", _("还没有定会议日期。")))
    return found


@transaction.atomic
def publish(actor: Account, campaign: Campaign) -> Campaign:
    """Freeze a campaign: hash its rules, snapshot the figures behind every report, open the reports.

    Raises:
        ValidationError: when something is missing (see :func:`readiness`), or it is published already.
    """
    campaign = locked(actor, campaign, CampaignState.DRAFT)
    if missing := readiness(campaign):
        raise ValidationError([f"{message}" for _part, message in missing])
    now = timezone.now()
    campaign.config_hash = digest(frozen_content(campaign))
    campaign.state, campaign.published_at = CampaignState.PUBLISHED, now
    campaign.save()
    figures = [figure for speaker in campaign.speakers.all() for figure in _snapshot(actor, campaign, speaker)]
    SnapshotFigure.objects.bulk_create(figures)
    for speaker in campaign.speakers.all():
        DutyReport.objects.create(speaker=speaker)
    Session.objects.create(campaign=campaign)
    make_rounds(campaign)
    _keep_version(actor, campaign, "")
    record(
        actor,
        CampaignPublished(
            config_hash=campaign.config_hash,
            speakers=campaign.speakers.count(),
            voters=campaign.roll.count(),
            figures=len(figures),
        ),
        subject(campaign),
        scope=campaign.division_id,
    )
    return campaign


@transaction.atomic
def amend(actor: Account, campaign: Campaign, part: str, value: Any, reason: str) -> Campaign:
    """Change a part of published rules before the session, for a reason that everybody can read: a new version.

    Sheets are laid out anew, and cards and key made for the old ones are gone.

    Raises:
        ValidationError: without a reason, when the session has begun, or when the rules would be unfit.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED)
    if part not in PARTS:
        raise ValidationError(_("没有这个部分。"))
    if not reason.strip():
        raise ValidationError({"reason": _("修订已发布的规则，请写明理由：所有人都看得到。")})
    before = campaign.config
    campaign.config = {**before, part: value}
    if campaign.config == before:
        return campaign
    if missing := readiness(campaign):
        raise ValidationError([message for _part, message in missing])
    campaign.config_hash = digest(frozen_content(campaign))
    version = _keep_version(actor, campaign, reason.strip()[:200])  # first: a trigger asks for it
    campaign.save(update_fields=["config", "config_hash"])
    if part in LAYOUT_PARTS:
        for round_ in campaign.rounds.all():
            round_.cards.all().delete()
        campaign.rounds.all().delete()
        make_rounds(campaign)
        campaign.roll.update(card_handed_out=False)
    record(
        actor,
        RulesAmended(part=part, version=version.number, reason=version.reason, config_hash=campaign.config_hash),
        subject(campaign),
        scope=campaign.division_id,
    )
    return campaign


def _keep_version(actor: Account, campaign: Campaign, reason: str) -> CampaignVersion:
    return CampaignVersion.objects.create(
        campaign=campaign,
        number=campaign.versions.count() + 1,
        content=frozen_content(campaign),
        sha256=campaign.config_hash,
        reason=reason,
        by_label=str(actor),
        at=timezone.now(),
    )


def frozen_content(campaign: Campaign) -> dict[str, Any]:
    """Return what the campaign's hash is taken over: rules and speakers."""

    def of(speaker: Speaker) -> dict[str, Any]:
        content: dict[str, Any] = {"division": speaker.division_id, "title": speaker.title}
        if speaker.unit_id:
            content["unit"] = speaker.unit_id
        if speaker.batch != 1:
            content["batch"] = speaker.batch
        return content

    return {
        "config": campaign.config,
        "kind": campaign.kind,
        "speakers": [of(speaker) for speaker in campaign.speakers.order_by("division_id", "unit_id")],
        "title": campaign.title,
    }


def make_rounds(campaign: Campaign) -> list[Round]:
    """Make the rounds of voting that the rules ask for: one, one for each batch, or one for each speaker."""
    speakers = list(campaign.speakers.order_by("division_id", "unit_id"))
    plan = campaign.config["rules"].get("ballot", "end")
    if plan == "speaker":
        groups = [[speaker] for speaker in speakers]
    elif plan == "batch":
        groups = [[s for s in speakers if s.batch == batch] for batch in sorted({s.batch for s in speakers})]
    else:
        groups = [speakers]
    return Round.objects.bulk_create(
        Round(campaign=campaign, number=number, layout=_layout(campaign, group))
        for number, group in enumerate(groups, start=1)
    )


def _layout(campaign: Campaign, speakers: list[Speaker]) -> dict[str, Any]:
    """Return the fixed order of rows and items in a sheet: by place code, never by the order of speaking."""
    config = campaign.config
    layout: dict[str, Any] = {
        "speakers": [speaker.pk for speaker in speakers],
        "items": [row["code"] for row in config["items"]],
        "grades": [row["code"] for row in config["grades"]],
    }
    if quotas := quotas_of(config, len(speakers)):
        layout |= {
            "quotas": quotas,
            "quota_item": config["rules"]["headline"],
            "quota_grade": config["rules"]["excellent"],
        }
    return layout


def _snapshot(actor: Account, campaign: Campaign, speaker: Speaker) -> list[SnapshotFigure]:
    figures: list[SnapshotFigure] = []
    if speaker.unit_id:
        return figures  # a department has no place of its own whose figures it could cite
    for row in gap_rows(actor, speaker.division):
        content = figure_content(row)
        figures.append(
            SnapshotFigure(
                campaign=campaign,
                speaker=speaker,
                indicator=row.indicator,
                period=row.own.period,
                content=content,
                sha256=digest(content),
            )
        )
    return figures


def figure_content(row: GapRow) -> dict[str, Any]:
    """Return everything that a citation must be able to answer, as plain values."""

    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    return {
        "code": row.indicator.code,
        "name_zh": row.indicator.name_zh,
        "name_en": row.indicator.name_en,
        "domain": row.indicator.domain,
        "direction": row.indicator.direction,
        "unit": row.indicator.unit,
        "count_unit": row.indicator.count_unit,
        "period": row.own.period,
        "value": text(row.own.value),
        "numerator": text(row.own.numerator),
        "denominator": text(row.own.denominator),
        "numerator_zh": row.indicator.numerator_zh,
        "denominator_zh": row.indicator.denominator_zh,
        "source": row.own.source_id,
        "source_zh": row.own.source.name_zh,
        "source_en": row.own.source.name_en,
        "as_of": row.own.as_of.isoformat(),
        "city": text(row.city.value if row.city else None),
        "peer_median": text(row.peer_median),
        "peers": len(row.peers),
        "gap": text(row.gap),
        "needed": row.needed,
        "behind": row.behind,
        "ahead": row.ahead,
        "scored": row.indicator.scored,
        "trend": [{"period": point.period, "value": str(point.value)} for point in row.trend],
    }
