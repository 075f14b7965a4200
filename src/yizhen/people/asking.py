"""Who asks for a page, and what a form of theirs has made already."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from .models import Account

M = TypeVar("M", bound=Model)


def who_asks(request: HttpRequest, may: Callable[[Account], bool], otherwise: str) -> Account:
    """Return who asks, if such an account may.

    Raises:
        PermissionDenied: with the words of ``otherwise``.
    """
    if not isinstance(request.user, Account) or not may(request.user):
        raise PermissionDenied(otherwise)
    return request.user


def key_of(actor: Account, client_id: str) -> str:
    """Return the key under which a form of an account is taken once."""
    return f"{actor.pk}:{client_id}"


def taken(model: type[M], key: str) -> M | None:
    """Return what a form has made already, if it was sent before."""
    return model._default_manager.filter(client_id=key).first()
