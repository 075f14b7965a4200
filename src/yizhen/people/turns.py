"""Whoever taps twice takes turns with himself."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction

from .models import Account

P = ParamSpec("P")
T = TypeVar("T")


def in_turn(action: Callable[Concatenate[Account, P], T]) -> Callable[Concatenate[Account, P], T]:
    """Make an action one transaction that waits for the others of the same account.

    Of two taps at once the second finds what the first has made, by the form's id. Without it PostgreSQL would let both look,
    and refuse one of them where a person has done nothing wrong. SQLite has one writer anyway.
    """

    @wraps(action)
    def taken(actor: Account, *args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic():
            Account.objects.select_for_update(no_key=True).filter(pk=actor.pk).order_by().first()
            return action(actor, *args, **kwargs)

    return taken
