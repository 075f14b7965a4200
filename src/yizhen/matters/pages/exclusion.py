"""Asking for and deciding on exclusions from the rates."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.actions.exclusion import ask_exclusion, decide_appeal, decide_exclusion
from yizhen.matters.models import Matter
from yizhen.matters.models.exclusion import Exclusion
from yizhen.matters.queries import matters_visible_to
from yizhen.people.models import Account


def _user(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _done(request: HttpRequest, matter: Matter, act: Callable[[], object], said: str) -> HttpResponse:
    """Act, and go back to the matter with what came of it."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("matters:matter", number=matter.number)


@require_POST
@login_required
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to leave a matter out of the rates."""
    user = _user(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    reason, text = request.POST.get("reason_code", ""), request.POST.get("text", "")
    return _done(request, found, lambda: ask_exclusion(user, found, reason, text), _("已申请，批准之前照常计入。"))


@require_POST
@login_required
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Decide on the request, or on the appeal, that waits."""
    user = _user(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    waiting = get_object_or_404(Exclusion.objects.filter(matter=found).exclude(granted=False))
    yes, text = request.POST.get("answer") == "yes", request.POST.get("text", "")
    if waiting.granted is None:
        return _done(request, found, lambda: decide_exclusion(user, waiting, text, granted=yes), _("已决定。"))
    return _done(request, found, lambda: decide_appeal(user, waiting, text, upheld=yes), _("已答复申诉。"))
