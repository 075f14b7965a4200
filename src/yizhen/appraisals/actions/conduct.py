"""Deciding on conflicts of interest, and entering what a pre-inspection found."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked
from yizhen.appraisals.conflicts import recusals
from yizhen.appraisals.models import CampaignState, Conflict, DutyReport, Finding, Speaker
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account


@event("appraisals.conflict_decided")
class ConflictDecided:
    """A conflict of interest was declared, pinned or overridden."""

    what: str
    reason: str
    note: str


@event("appraisals.finding_added")
class FindingAdded:
    """A pre-inspection's finding was put beside a claim of a report."""

    section: str
    outcome: str


@transaction.atomic
def decide_conflict(actor: Account, speaker: Speaker, *, party: str, what: str, note: str = "") -> Conflict:
    """Decide on a conflict between a person and a speaker. Overriding needs a reason; a pinned one stays.

    Args:
        actor: who runs the campaign.
        speaker: whose row is concerned.
        party: the person, as the roll writes it.
        what: ``declare`` (somebody recuses himself), ``pin`` (the office confirms) or ``override`` (it is none).
        note: the reason.

    Raises:
        ValidationError: keyed ``party`` or ``note``.
    """
    campaign = locked(actor, speaker.campaign, CampaignState.DRAFT, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    party = party.strip()
    if not party or len(party) > 60:
        raise ValidationError({"party": _("请写明是谁，最多 60 个字。")})
    if what not in {"declare", "pin", "override"}:
        raise ValidationError(_("没有这种决定。"))
    before = Conflict.objects.select_for_update().filter(speaker=speaker, party=party).first()
    if before is not None and before.pinned and what == "override":
        raise ValidationError({"note": _("已经确认的回避不能解除。")})
    if what == "override" and not note.strip():
        raise ValidationError({"note": _("认定不需要回避，请写明理由：会留档。")})
    known = [found.reason for found in recusals(campaign, [party]) if found.speaker == speaker]
    reason = known[0] if known else "declared"
    conflict, _made = Conflict.objects.update_or_create(
        speaker=speaker,
        party=party,
        defaults={
            "reason": reason,
            "pinned": what == "pin" or (before is not None and before.pinned),
            "overridden": what == "override",
            "note": note.strip()[:200],
            "by_label": str(actor),
        },
    )
    record(
        actor,
        ConflictDecided(what=what, reason=reason, note=conflict.note),
        f"appraisals.speaker:{speaker.pk}",
        scope=campaign.division_id,
    )
    return conflict


@transaction.atomic
def add_finding(
    actor: Account, report: DutyReport, *, section: str, claim: str, outcome: str, text: str, seen_on: date | None
) -> Finding:
    """Put what was seen on site beside a claim of a report, while reports are being collected.

    Raises:
        PermissionDenied: when the actor does not run the campaign.
        ValidationError: keyed by field, or once the session has begun.
    """
    campaign = locked(actor, report.speaker.campaign, CampaignState.PUBLISHED)
    errors = {}
    if section not in {row["code"] for row in campaign.config["outline"]}:
        errors["section"] = _("报告没有这一部分。")
    if outcome not in Finding.OUTCOMES:
        errors["outcome"] = _("请选择核查结论。")
    if not claim.strip():
        errors["claim"] = _("请摘报告的原句。")
    if not text.strip():
        errors["text"] = _("请写明看到什么。")
    if seen_on is None or seen_on > timezone.localdate():
        errors["seen_on"] = _("请填写核查日期，不晚于今天。")
    if errors or seen_on is None:
        raise ValidationError(errors)
    same = report.findings.filter(claim=claim.strip(), text=text.strip()).first()
    if same is not None:
        return same  # a double tap
    finding = Finding(
        report=report,
        section=section,
        claim=claim.strip(),
        outcome=outcome,
        text=text.strip(),
        seen_on=seen_on,
        by=actor,
        by_label=str(actor),
    )
    finding.full_clean(exclude=["report", "by"])
    finding.save()
    record(
        actor,
        FindingAdded(section=section, outcome=outcome),
        f"appraisals.report:{report.pk}",
        scope=report.speaker.division_id,
    )
    return finding
