"""Registering a matter at the counter, on the telephone or in the field, for somebody or for oneself."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.matters.kinds import MatterKind
from yizhen.matters.models import Matter
from yizhen.matters.rules import may_open
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .opening import follow_hash, new_follow_code, open_matter
from .sealing import seal


@transaction.atomic
def register_matter(
    actor: Account,
    kind: MatterKind,
    *,
    client_id: str,
    division: Division,
    fields: Mapping[str, str],
    requester: str = "",
    accused_units: list[Unit] | None = None,
    accused_places: list[Division] | None = None,
    **given: Any,
) -> tuple[Matter, str]:
    """Open a matter and return it with the code by which whoever asked follows it ("" where nobody does).

    The same ``client_id`` gives the same matter; its code was shown once and cannot be read again.

    Raises:
        PermissionDenied: when the actor may not register this kind in this place.
        ValidationError: keyed by field.
    """
    if not may_open(actor, kind):
        raise PermissionDenied(_("您不能登记这一种事项。"))
    code = new_follow_code() if kind.asks_verdict or kind.sealed else ""
    matter = open_matter(
        actor,
        kind=kind.code,
        division=division,
        dispatcher=actor.unit if actor.role == "department" else None,
        client_id=f"register:{actor.pk}:{client_id}",
        follow_code=code or None,
        fields=fields,
        **given,
    )
    if kind.sealed:
        seal(matter, requester, units=accused_units, places=accused_places)
    return matter, code if code and matter.follow_hash == follow_hash(code) else ""
