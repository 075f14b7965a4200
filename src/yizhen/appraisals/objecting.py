"""The clocks of an objection: thirty days to file, thirty to decide, with their derivation."""

from datetime import date

from django.utils import timezone

from yizhen.clocks import Deadline, DeadlineRule, Unit, compute_deadline

from .models import Campaign

SOURCE = "政府督查工作条例（2021）第十七条，参照"
TO_FILE = DeadlineRule("results_issued", 30, Unit.NATURAL_DAY, "objection", source=SOURCE)
TO_DECIDE = DeadlineRule("objection_filed", 30, Unit.NATURAL_DAY, "decision", source=SOURCE)


def filing_deadline(campaign: Campaign) -> Deadline | None:
    """Return until when results may be objected to; None before they are issued."""
    if campaign.issued_at is None:
        return None
    return compute_deadline(TO_FILE, timezone.localdate(campaign.issued_at))


def deciding_deadline(filed_on: date) -> Deadline:
    """Return by when an objection filed on a day must be decided."""
    return compute_deadline(TO_DECIDE, filed_on)
