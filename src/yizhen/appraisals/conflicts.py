"""Conflicts of interest: what names and units show by themselves, and what was decided about it.

A secret ballot cannot stop a voter at a row: nobody knows whose sheet it is. So conflicts are told to the person at the
door, marked on the sheet like "not informed", and made public as a count. Tellers and key holders are stopped.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yizhen.people.models import Relation

from .models import Campaign, Conflict, Speaker
from .models.conduct import CONFLICT_REASONS


@dataclass(frozen=True)
class Recusal:
    """A person who has to leave one speaker's row: why, and whether it was pinned or overridden by the office."""

    party: str
    speaker: Speaker
    reason: str
    pinned: bool = False
    overridden: bool = False
    note: str = ""

    @property
    def reason_name(self) -> str:
        """The reason in the page's language."""
        return str(CONFLICT_REASONS[self.reason])


def _found(party: str, speaker: Speaker, relatives: list[str]) -> str | None:
    """Return why a person named so has to recuse, or None."""
    name = speaker.person
    if name and name in party:
        return "self"
    if any(relative in party for relative in relatives):
        return "relative"
    if speaker.subject.name_zh in party:
        return "own_unit"
    return None


def recusals(campaign: Campaign, parties: list[str] | None = None) -> list[Recusal]:
    """Return all conflicts between people of the roll (or others named) and speakers, overridden ones marked.

    A person is found by name, by a relative's declared name, or by the name of the speaker's place in the label.
    """
    speakers = list(campaign.speakers.select_related("division", "official", "unit"))
    relatives: dict[int, list[str]] = {}
    for relation in Relation.objects.filter(official__in=[s.official_id for s in speakers if s.official_id]):
        relatives.setdefault(relation.official_id, []).append(relation.name)
    decided = {(row.speaker_id, row.party): row for row in Conflict.objects.filter(speaker__campaign=campaign)}
    labels = parties if parties is not None else list(campaign.roll.values_list("label", flat=True))
    found = []
    for label in labels:
        for speaker in speakers:
            decision = decided.get((speaker.pk, label))
            reason = _found(label, speaker, relatives.get(speaker.official_id or 0, []))
            if decision is not None:
                found.append(
                    Recusal(label, speaker, decision.reason, decision.pinned, decision.overridden, decision.note)
                )
            elif reason is not None:
                found.append(Recusal(label, speaker, reason))
    return found


def unfit_teller(campaign: Campaign, name: str) -> str | None:
    """Return why a person may not count or keep a key: a speaker, or a speaker's relative (elections law art. 43)."""
    for recusal in recusals(campaign, [name]):
        if not recusal.overridden and recusal.reason in {"self", "relative", "declared"}:
            return _("与述职人%(name)s有关系(%(reason)s)，不能担任监票、计票。") % {
                "name": recusal.speaker.person,
                "reason": recusal.reason_name,
            }
    return None
