"""Who stands aside from a matter: by a declaration on the matter, or because a declared relative is named in it.

Source: Regulations on Petition Work art. 28; Civil Servants Law art. 76. Whether it was the one or the other is shown to
nobody but the organisation office: a refused step says that the post stands aside, never why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.db.models import Q, QuerySet, prefetch_related_objects

from yizhen.people.models import Account, Official

from .lifecycle import OPEN_STATES
from .models import Matter, Recusal, SealedRecord
from .sealing import opened


def stands_aside(user: Account, matter: Matter) -> bool:
    """Return whether the user takes no step of the matter: asked of the database once for a matter, and once for an official."""
    if has_recused(user, matter):
        return True
    official = official_of(user)
    return official is not None and bool(official.relatives) and names_a_relative(matter, official)


def has_recused(user: Account, matter: Matter) -> bool:
    """Return whether the user has declared an interest in the matter, and nobody has lifted it."""
    prefetch_related_objects([matter], "recusals")
    return any(one.account_id == user.pk and one.lifted_at is None for one in matter.recusals.all())


def unless_aside(party: Callable[[Account, Matter], bool]) -> Callable[[Account, Matter], bool]:
    """Make a party of the transition table leave out whoever stands aside."""

    @wraps(party)
    def asked(user: Account, matter: Matter) -> bool:
        return party(user, matter) and not stands_aside(user, matter)

    return asked


def official_of(user: Account) -> Official | None:
    """Return the official whose log-in an account is, if it is one's own. Asked once for an account."""
    try:
        return user.official
    except Official.DoesNotExist:
        return None


def names_a_relative(matter: Matter, official: Official) -> bool:
    """Return whether a declared relative is named in a matter, or in what is sealed with it: nothing of that is shown.

    What is sealed is held against those alone who were declared before the matter came in: declaring one name after the
    other would else read it out, word by word and unrecorded. Who learns of a relative later recuses himself.
    """
    texts = [matter.title, matter.text, *map(str, matter.fields.values())]
    if any(name in text for name in official.relatives for text in texts):
        return True
    names = official.relatives_before(matter.opened_at) if matter.kind_info.sealed else ()
    if not names:
        return False
    sealed = SealedRecord.objects.filter(matter=matter).first()
    text = opened(bytes(sealed.box)) if sealed else ""
    return any(name in text for name in names)


def left_to_others_by(user: Account) -> Q:
    """Matters from which the user has declared to stand aside: they wait for others."""
    return Q(pk__in=Recusal.objects.filter(account=user, lifted_at__isnull=True).values("matter"))


def may_recuse(user: Account, matter: Matter) -> bool:
    """Return whether the user may declare an interest: any post that sees the matter while it is open, once."""
    if not user.is_active or user.is_admin or user.is_for_ballots or matter.state not in OPEN_STATES:
        return False
    return not has_recused(user, matter)


def may_lift(user: Account, recusal: Recusal) -> bool:
    """Return whether the user lifts a recusal: the organisation office over the place, never the post itself."""
    return reads_reasons(user, recusal.matter) and recusal.account_id != user.pk and recusal.lifted_at is None


def reads_reasons(user: Account, matter: Matter) -> bool:
    """Return whether the user reads why a post stands aside: the organisation office alone."""
    return user.is_active and user.role == "city_office" and user.covers(matter.division_id)


def standing(matter: Matter) -> QuerySet[Recusal]:
    """Return the recusals of a matter that stand, with their posts."""
    return matter.recusals.filter(lifted_at__isnull=True).select_related("account")


@dataclass(frozen=True)
class Aside:
    """A recusal on a matter's page: the post, the reason for whoever reads reasons, and whether the reader lifts it."""

    recusal: Recusal
    reason: str
    liftable: bool


def aside_on(user: Account, matter: Matter) -> list[Aside]:
    """Return who stands aside, as the user may read it."""
    reads = reads_reasons(user, matter)
    return [
        Aside(one, one.reason if reads or one.account_id == user.pk else "", may_lift(user, one))
        for one in standing(matter)
    ]
