"""Whose turn it is, asked of the database: the parties of ``rules`` as conditions on matters, for one user each.

What a queue of thousands waits for is never worked out one by one. That each condition says what its rule says of every
matter is a test (tests/matters/test_whose.py).
"""

from django.db.models import Q

from yizhen.people.models import Account
from yizhen.places.queries import inside

from .kinds import KINDS
from .lifecycle import BEFORE_DISPATCH, WITH_HANDLER, State
from .models import ExtensionRequest, FrozenKind
from .rules import HANDLING_ROLES

NOBODY = Q(pk__in=[])
SENDING = ("city_office", "county")
CHECKING = ("township_head", "township_office")


def _here(user: Account) -> Q:
    return inside(user.scope_id)


def _of_unit(user: Account) -> Q:
    return Q(dispatcher=user.unit_id) if user.unit_id else NOBODY


def begins_new() -> Q:
    """Matters of kinds that begin with being sent."""
    shipped = [code for code, kind in KINDS.items() if kind.entry == State.NEW]
    frozen = FrozenKind.objects.filter(spec__entry=State.NEW.value).values("pk")
    return Q(frozen__in=frozen) | Q(frozen__isnull=True, kind__in=shipped)


def begins_earlier() -> Q:
    """Matters of kinds that begin with a report or a filing."""
    shipped = [code for code, kind in KINDS.items() if kind.entry != State.NEW]
    frozen = FrozenKind.objects.exclude(spec__entry=State.NEW.value).values("pk")
    return Q(frozen__in=frozen) | Q(frozen__isnull=True, kind__in=shipped)


def is_supervised() -> Q:
    """Matters of kinds that supervision notices are written about."""
    shipped = [code for code, kind in KINDS.items() if kind.notice_days is not None]
    frozen = FrozenKind.objects.exclude(spec__notice_days=None).values("pk")
    return Q(frozen__in=frozen) | Q(frozen__isnull=True, kind__in=shipped)


def handled_by(user: Account) -> Q:
    """Matters whose handler the user is."""
    if user.role == "department":
        return Q(addressee=user.unit_id)
    return Q(addressee__isnull=True) & _here(user) if user.role in HANDLING_ROLES else NOBODY


def dispatched_by(user: Account) -> Q:
    """Matters whose dispatcher the user is."""
    raised = Q(raised_by=user)
    raised = raised | _here(user) if user.role == "city_office" else raised
    return _of_unit(user) | (begins_new() & raised) | (begins_earlier() & filed_by(user))


def verified_by(user: Account) -> Q:
    """Matters whose verifier the user is."""
    others = ~Q(done_by=user)
    if user.role in SENDING:
        return others & _here(user)
    if user.role == "department":
        return others & _of_unit(user)
    if user.role in CHECKING:
        return others & _here(user) & (Q(kind__in=["resident_request", "whistle"]) | begins_earlier())
    return NOBODY


def filed_by(user: Account) -> Q:
    """Matters whose filer the user is."""
    if user.role in SENDING:
        return _here(user)
    if user.role in CHECKING:
        return _here(user) & Q(held_above=False)
    return Q(raised_by__isnull=False) & _of_unit(user) if user.role == "department" else NOBODY


def reviewed_by(user: Account) -> Q:
    """Matters whose reviewer the user is."""
    return ~Q(done_by=user) & ~Q(verified_by=user) & _here(user) if user.role in SENDING else NOBODY


def first_in_line(user: Account) -> Q:
    """Matters that wait for the user rather than for somebody nearer who may do the same."""
    special = Q(kind="resident_request") | begins_earlier()
    plain = ~Q(kind="resident_request") & begins_new()
    return _of_unit(user) | (Q(dispatcher__isnull=True) & (plain | (special & Q(done_by__role="township_head"))))


def extension_waits_for(user: Account) -> Q:
    """Matters with a request for more time on which the user decides."""
    open_ones = ExtensionRequest.objects.filter(granted__isnull=True, clock__stopped_on__isnull=True)
    asked = Q(pk__in=open_ones.exclude(asked_by=user).values("clock__matter"))
    if user.role == "department":
        return asked & _of_unit(user)
    if user.role not in {*SENDING, "township_head"}:
        return NOBODY
    by_head = Q(pk__in=open_ones.filter(asked_by__role="township_head").values("clock__matter"))
    unsent = Q(dispatcher__isnull=True)
    if user.role != "township_head":
        unsent &= by_head | Q(addressee__isnull=False)
    return asked & _here(user) & (_of_unit(user) | unsent)


def waits_for(user: Account) -> Q:
    """Open matters whose next step is this user's rather than somebody nearer's; a verdict is nobody's here."""
    from_above = Q(held_above=True) | (Q(raised_by__isnull=False) & ~Q(raised_by__role__in=HANDLING_ROLES))
    from_below = Q(held_above=False) & (Q(raised_by__isnull=True) | Q(raised_by__role__in=HANDLING_ROLES))
    below = user.role in HANDLING_ROLES
    returned_filed = Q(state=State.RETURNED) & begins_earlier()
    line = Q() if below else first_in_line(user)
    return (
        (Q(state__in=[*WITH_HANDLER, State.SUSPENDED]) & (handled_by(user) | extension_waits_for(user)))
        | ((Q(state__in=BEFORE_DISPATCH) | returned_filed) & filed_by(user) & (from_below if below else from_above))
        | (Q(state=State.REVIEWING) & reviewed_by(user))
        | (Q(state=State.HANDLED) & verified_by(user) & line)
        | (Q(state=State.RETURNED) & begins_new() & dispatched_by(user) & first_in_line(user))
    )


def may_be_noticed_by(user: Account) -> Q:
    """Matters that the user supervises."""
    if user.role == "department":
        return _of_unit(user)
    return _here(user) if user.role in SENDING else NOBODY
