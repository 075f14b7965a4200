"""Freezing a campaign: publication, versions, the rounds of voting, the figures behind the reports."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import PARTS, locked, readiness, subject
from yizhen.appraisals.config import digest, is_paper, quotas_of
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    CampaignVersion,
    DutyReport,
    Round,
    Session,
    SnapshotFigure,
    Speaker,
)
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.citing import cited
from yizhen.indicators.queries import GapRow, gap_rows
from yizhen.people.models import Account

LAYOUT_PARTS = {"grades", "items", "classes", "rules"}


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
def amend(actor: Account, campaign: Campaign, parts: Mapping[str, Any], reason: str) -> Campaign:
    """Change parts of published rules before the session, for a reason that everybody can read: one new version.

    Where grades, classes, items or rules change, sheets are laid out anew, and cards and key of the old ones are gone.

    Raises:
        ValidationError: without a reason, when the session has begun, or when the rules would be unfit.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED)
    if not parts.keys() <= set(PARTS):
        raise ValidationError(_("没有这个部分。"))
    if not reason.strip():
        raise ValidationError({"reason": _("修订已发布的规则，请写明理由：所有人都看得到。")})
    before = campaign.config
    changed = sorted(part for part, value in parts.items() if before.get(part) != value)
    if not changed:
        return campaign
    campaign.config = {**before, **parts}
    if missing := readiness(campaign):
        raise ValidationError([message for _part, message in missing])
    campaign.config_hash = digest(frozen_content(campaign))
    version = _keep_version(actor, campaign, reason.strip()[:200])  # first: a trigger asks for it
    campaign.save(update_fields=["config", "config_hash"])
    if LAYOUT_PARTS.intersection(changed):
        for round_ in campaign.rounds.all():
            round_.cards.all().delete()
        campaign.rounds.all().delete()
        make_rounds(campaign)
        campaign.roll.update(card_handed_out=False)
    record(
        actor,
        RulesAmended(
            part=" ".join(changed), version=version.number, reason=version.reason, config_hash=campaign.config_hash
        ),
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
    paper_only = all(is_paper(row) for row in campaign.config["classes"])
    return Round.objects.bulk_create(
        Round(campaign=campaign, number=number, layout=_layout(campaign, group), paper_only=paper_only)
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

    return cited(row.own) | {
        "city": text(row.city.value if row.city else None),
        "peer_median": text(row.peer_median),
        "peers": len(row.peers),
        "gap": text(row.gap),
        "needed": row.needed,
        "behind": row.behind,
        "ahead": row.ahead,
        "scored": row.indicator.scored,
        "trend": [
            {
                "period": point.period,
                "value": str(point.value),
                "source": point.source_id,
                "as_of": point.as_of.isoformat(),
            }
            for point in row.trend
        ],
    }
