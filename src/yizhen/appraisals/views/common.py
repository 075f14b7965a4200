"""What the pages of this room share."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.models import Campaign, CampaignState, Speaker
from yizhen.appraisals.queries import campaigns_visible_to
from yizhen.appraisals.rules import may_manage
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


def stamp_of(user: Account) -> str:
    """Return what marks a file that leaves: who took it, and when."""
    return f"{user} · {timezone.localtime():%Y-%m-%d %H:%M}"


def texts_of(error: ValidationError) -> list[str]:
    """Return the messages of an error."""
    return list(error.messages)


def managed_campaign(request: HttpRequest, pk: int) -> Campaign:
    """Return a campaign that the reader runs, or refuse."""
    campaign = campaign_or_404(request, pk)
    if not may_manage(reader(request), campaign):
        raise PermissionDenied(_("只有本次评议的组织部门可以这样做。"))
    return campaign


def published_campaign(request: HttpRequest, pk: int) -> Campaign:
    """Return a published campaign that the reader runs, or refuse."""
    campaign = managed_campaign(request, pk)
    if campaign.state == CampaignState.DRAFT:
        raise PermissionDenied(_("请先发布本次评议。"))
    return campaign
