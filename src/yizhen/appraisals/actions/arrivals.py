"""People arriving: check-in by code or list, and that a card was handed out: never which."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.actions.session import bump
from yizhen.appraisals.models import Campaign, CampaignState, RollEntry
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account


@event("appraisals.attendance_marked")
class AttendanceMarked:
    """People were checked in or out. How many, never who with which card."""

    class_code: str
    present: int
    handed_out: int


def frozen_attendance(campaign: Campaign) -> bool:
    """Return whether present and handed out stand as they are: while a ballot is open, and after the last one."""
    states = set(campaign.live_rounds.values_list("state", flat=True))
    return "open" in states or "prepared" not in states


@transaction.atomic
def check_in(actor: Account, campaign: Campaign, badge: str, *, handed_out: bool = False) -> RollEntry:
    """Check a person in by the code on the attendance list or name plate, scanned or typed.

    Raises:
        ValidationError: keyed ``badge``, when nobody on the roll has this code, or the roll is frozen.
    """
    entry = campaign.roll.filter(badge=badge.strip().upper()).first()
    if entry is None:
        raise ValidationError({"badge": _("名单上没有这个签到码。")})
    mark_attendance(actor, campaign, [entry.pk], present=True, handed_out=True if handed_out else None)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def mark_attendance(
    actor: Account,
    campaign: Campaign,
    entries: list[int],
    *,
    present: bool | None = None,
    handed_out: bool | None = None,
) -> int:
    """Mark people present (or not), or that a card was handed to them. Closed once the ballot is open.

    Raises:
        ValidationError: when the ballot has been opened: entitled and present are frozen then.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    if frozen_attendance(campaign):
        raise ValidationError(_("投票已经开启，签到人数和发票数已冻结。"))
    chosen = RollEntry.objects.select_for_update().filter(campaign=campaign, pk__in=entries)
    if present is True:
        chosen.update(present=True)
    elif present is False:
        chosen.update(present=False, card_handed_out=False)
    if handed_out is not None:
        chosen.filter(present=True).update(card_handed_out=handed_out)
    bump(campaign)
    for code in sorted(set(chosen.values_list("class_code", flat=True))):
        rows = campaign.roll.filter(class_code=code)
        record(
            actor,
            AttendanceMarked(
                class_code=code,
                present=rows.filter(present=True).count(),
                handed_out=rows.filter(card_handed_out=True).count(),
            ),
            subject(campaign),
            scope=campaign.division_id,
        )
    return chosen.count()
