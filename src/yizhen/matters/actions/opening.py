"""Opening a matter, once."""

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.clocks import DeadlineRule, WorkCalendar
from yizhen.matters.clockwork import count
from yizhen.matters.kinds import MatterKind, deadline_for
from yizhen.matters.kinds.registry import kind_of
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter, MatterClock, digest_of_kind
from yizhen.matters.rules import may_assign, may_open
from yizhen.people.models import Account, Unit
from yizhen.places.calendars import calendar_for
from yizhen.places.models import Division

from .clocks import first_clocks
from .fields import checked_fields
from .filing import Along, file_matter, said, sent_before
from .grids import check_grid_list

FOLLOW_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def follow_hash(code: str) -> str:
    """Return the hash by which a resident's code is kept: however it is spaced, joined or typed in wide letters."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKC", code).upper() if letter.isalnum())
    return hashlib.sha256(f"follow:{letters}".encode()).hexdigest()


def new_follow_code() -> str:
    """Return a code by which somebody without an account follows a matter; it is shown once."""
    return "".join(secrets.choice(FOLLOW_ALPHABET) for _unused in range(10))


def open_matter(
    actor: Account | None,
    *,
    kind: str,
    title: str,
    text: str,
    division: Division,
    work_line: str,
    client_id: str,
    due_on: date | None = None,
    rule: DeadlineRule | None = None,
    dispatcher: Unit | None = None,
    addressee: Unit | None = None,
    basis: str = "",
    owner: str = "",
    accountable: str = "",
    source: str = "",
    indicator: str = "",
    follow_code: str | None = None,
    fields: Mapping[str, str] | None = None,
    parent: Matter | None = None,
    along: Along | None = None,
) -> Matter:
    """Open a matter once: the same ``client_id`` gives the same matter (double tap, lost network).

    What comes ``along`` is kept in the transaction of a matter that is new, see :func:`~.filing.file_matter`.

    Raises:
        PermissionDenied: when the actor may not open such matters in this place.
        ValidationError: keyed by field; without a field when ``client_id`` came before with another content.
    """
    spec = kind_of(kind)
    if actor is not None and not ((may_assign(actor) or may_open(actor, spec)) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能向这个地方交办事项。"))
    if parent is not None and spec.sealed:
        raise ValidationError({"parent": _("密封的事项单独办理，不能作子事项。")})
    moment = timezone.now()
    matter = Matter(
        kind=kind,
        frozen_id=digest_of_kind(spec),
        parent=parent,
        title=title.strip(),
        text=text.strip(),
        division=division,
        work_line=work_line or spec.work_line,
        dispatcher=dispatcher,
        addressee=addressee,
        raised_by=actor,
        follow_hash=follow_hash(follow_code) if follow_code else None,
        basis=basis.strip(),
        owner=owner.strip(),
        accountable=accountable.strip(),
        source=source,
        indicator=indicator,
        state=State(spec.entry),
        opened_at=moment,
        client_id=client_id,
    )
    # What is read and worked out is so before: whoever holds the lock of a series, and on SQLite of the site, holds it shortly.
    try:
        clocks = _worked_out(actor, matter, spec, due_on, rule, fields or {})
    except ValidationError:
        if before := sent_before(client_id, said(matter)):  # what was in order when it came first is so still
            return before
        raise
    return file_matter(actor, matter, spec, clocks, along)


def _worked_out(
    actor: Account | None,
    matter: Matter,
    spec: MatterKind,
    due_on: date | None,
    rule: DeadlineRule | None,
    fields: Mapping[str, str],
) -> list[MatterClock]:
    """Set the fields and deadlines of a new matter, check it, and return its first clocks.

    Raises:
        ValidationError: keyed by field.
    """
    if actor is not None and actor.role != "grid_worker":  # what a grid finds itself is on nobody's list
        check_grid_list(matter.division, matter.kind)
    calendar = calendar_for(matter.division) if spec.clocks or rule else None
    deadline, by_order = _first_deadline(spec, calendar, matter.opened_at, due_on, rule)
    matter.due_on, matter.warning_on, matter.clock = deadline.due, deadline.warning, deadline.as_json()
    matter.fields = checked_fields(spec, "open", fields)
    # Of all constraints this is the one that a form can offend; the database holds every one of them anyway.
    matter.full_clean(
        exclude=["number", "division", "dispatcher", "raised_by", "frozen", "parent"],
        validate_unique=False,
        validate_constraints=matter.kind == "common_problem",
    )
    return first_clocks(matter, matter.opened_at, calendar, deadline if by_order else None)


def _first_deadline(
    kind: MatterKind, calendar: WorkCalendar | None, moment: datetime, due_on: date | None, rule: DeadlineRule | None
) -> Any:
    """Return the first deadline of a new matter, and whether the order gives it rather than the kind."""
    opened = timezone.localtime(moment).date()
    if due_on is not None and due_on < opened:
        raise ValidationError({"due_on": _("期限不能早于交办日。")})
    if kind.first_clock is not None:
        return count(kind.first_clock, moment, calendar)[0], False
    try:
        return deadline_for(rule, opened, due_on, calendar if rule else None), True
    except ValueError as error:
        raise ValidationError({"due_on": _("请填写完成期限。")}) from error


@transaction.atomic
def assign_task(actor: Account, *, townships: list[Division], client_id: str, **fields: Any) -> list[Matter]:
    """Assign one task to several townships: one matter each, so that each is closed on its own.

    Raises:
        PermissionDenied, ValidationError: as :func:`open_matter`.
    """
    if not townships:
        raise ValidationError({"townships": _("请至少选择一个乡镇（街道）。")})
    return [
        open_matter(
            actor,
            kind="assigned_task",
            division=township,
            dispatcher=actor.unit,
            client_id=f"task:{client_id}:{township.code}",
            **fields,
        )
        for township in townships
    ]
