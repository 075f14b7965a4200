"""The writers of the roster: taking a table over, and keeping who looked at what."""

from collections import Counter
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account, Appointment, Official

from .reading import known_officials, may_keep_roster, numbers_elsewhere, unnumbered
from .table import RosterRow, RosterTable


@event("people.roster_imported")
class RosterImported:
    """A roster was taken over. No name is in the record."""

    officials: int
    new: int
    changed: int
    same: int


@event("people.roster_seen")
class RosterSeen:
    """The organisation office looked at statistics or at a list of officials."""

    what: str
    as_of: str
    people: int


@transaction.atomic
def import_roster(actor: Account, table: RosterTable) -> dict[str, int]:
    """Take a checked roster over: new posts are entered, those kept get their end, people their particulars.

    What the table does not name stays: nobody leaves the roster by being forgotten. The same table again changes nothing.

    Returns:
        How many rows were new, changed and the same.

    Raises:
        PermissionDenied: when the actor is not the organisation office.
        ValidationError: when a cell is wrong.
    """
    if not may_keep_roster(actor):
        raise PermissionDenied(_("干部名册由组织部门管理。"))
    if not table.is_whole:
        raise ValidationError(_("还有错误的单元格，整份表都没有写入。请改好后重新上传。"))
    Account.objects.select_for_update().get(pk=actor.pk)  # two windows take turns
    officials = known_officials(actor)
    officials |= _people(actor, table.rows, officials)
    kept = {
        (one.official_id, one.post, one.division_id, one.began_on): one
        for one in Appointment.objects.filter(official__in=[official.pk for official in officials.values()])
    }
    made, changed = [], []
    for row in table.rows:
        assert row.division is not None
        assert row.began is not None
        official = officials[row.staff]
        one = kept.get((official.pk, row.post, row.division.code, row.began))
        if one is None:
            made.append(
                Appointment(
                    official=official, post=row.post, title=row.title, division=row.division, began_on=row.began, ended_on=row.ended
                )
            )  # fmt: skip
        elif (one.title, one.ended_on) != (row.title, row.ended):
            one.title, one.ended_on = row.title, row.ended
            changed.append(one)
    Appointment.objects.bulk_create(made, batch_size=500)
    Appointment.objects.bulk_update(changed, ["title", "ended_on"], batch_size=500)
    counts = table.counts
    record(
        actor,
        RosterImported(officials=len({row.staff for row in table.rows}), new=len(made), changed=len(changed), same=counts["same"]),
        "people.roster:*",
        scope=actor.scope_id,
    )  # fmt: skip
    return {"new": len(made), "changed": len(changed), "same": counts["same"]}


def _people(actor: Account, rows: list[RosterRow], known: dict[str, Official]) -> dict[str, Official]:
    """Enter whom the table names for the first time, and change particulars that differ; return them all by number.

    Who was entered by hand without a number gets the one of the only namesake in the table.
    """
    named = {row.staff: row for row in rows}
    if taken := numbers_elsewhere(named.keys() - known.keys()):
        raise ValidationError(_("这些编号在别处用过了：%(numbers)s。") % {"numbers": _("、").join(taken[:10])})
    without = unnumbered(actor)
    names = Counter(row.name for row in named.values())
    found = dict(known)
    for staff, row in named.items():
        if staff not in known and names[row.name] == 1 and (namesake := without.get(row.name)):
            namesake.number = staff
            found[staff] = namesake
    new = [Official(number=staff, name=row.name) for staff, row in named.items() if staff not in found]
    for official in (*(found[staff] for staff in named if staff in found), *new):
        row = named[official.number]
        official.name, official.birth_month, official.education = row.name, row.birth, row.degree
    Official.objects.bulk_update(
        [found[staff] for staff in named if staff in found],
        ["number", "name", "birth_month", "education"],
        batch_size=500,
    )
    Official.objects.bulk_create(new, batch_size=500)
    return {official.number: official for official in Official.objects.filter(number__in=list(named))}


def look_at(actor: Account, what: str, as_of: date, people: int) -> None:
    """Keep that somebody looked at the roster.

    Raises:
        PermissionDenied: when the actor may not.
    """
    if not may_keep_roster(actor):
        raise PermissionDenied(_("干部名册由组织部门管理。"))
    with transaction.atomic():
        record(
            actor,
            RosterSeen(what=what, as_of=as_of.isoformat(), people=people),
            "people.roster:*",
            scope=actor.scope_id,
        )
