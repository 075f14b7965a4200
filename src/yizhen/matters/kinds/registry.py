"""Kinds by code: what the city has put in force goes before what is shipped."""

from yizhen.audit.prepared import Prepared
from yizhen.matters.models import OwnKind

from . import KINDS, MatterKind

# Most cities have no kind of their own, and every page asks.
ALL_IN_FORCE = Prepared(lambda: OwnKind.objects.filter(state="in_force").order_by().values_list("pk"))
IN_FORCE = Prepared(lambda code: OwnKind.objects.filter(code=code, state="in_force").order_by().values_list("pk")[:1])


def kind_of(code: str) -> MatterKind:
    """Return the kind of a code as it is in force now.

    Raises:
        KeyError: when there is none.
    """
    own = IN_FORCE.first(code)
    return OwnKind.objects.get(pk=own[0]).kind if own else KINDS[code]


def kinds_in_force() -> dict[str, MatterKind]:
    """Return every kind that matters may be opened under now, by code. One query, and another one when the city has its own."""
    own = [pk for (pk,) in ALL_IN_FORCE.rows()]
    return KINDS | {one.code: one.kind for one in OwnKind.objects.filter(pk__in=own)} if own else dict(KINDS)


def all_kinds(*, without: str = "") -> dict[str, MatterKind]:
    """Return every kind by code, drafts included, but for one code. One query; a draft goes before what is in force."""
    own = OwnKind.objects.exclude(state="retired").order_by("-state")
    kinds = KINDS | {one.code: one.kind for one in own}
    return {code: kind for code, kind in kinds.items() if code != without}
