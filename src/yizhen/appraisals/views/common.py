"""What the pages of this room share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from yizhen.appraisals.models import Campaign, Speaker
from yizhen.appraisals.queries import campaigns_visible_to
from yizhen.people.models import Account


def reader(request: HttpRequest) -> Account:
    """Return the signed-in account."""
    assert isinstance(request.user, Account)
    return request.user


def campaign_or_404(request: HttpRequest, pk: int) -> Campaign:
    """Return a campaign that the reader may see, or answer that there is none."""
    return get_object_or_404(campaigns_visible_to(reader(request)), pk=pk)


def speaker_of(campaign: Campaign, value: Any) -> Speaker:
    """Return a speaker of this campaign by id, or answer that there is none."""
    return get_object_or_404(campaign.speakers.select_related("division", "official"), pk=number_of(value))


def number_of(value: Any) -> int:
    """Return an id or version number from a form; 0, which nothing has, when it is none."""
    return int(value) if str(value).isdecimal() and len(str(value)) < 16 else 0


def texts_of(error: ValidationError) -> list[str]:
    """Return the messages of an error."""
    return list(error.messages)
