"""Pages of talents' housing, deliveries and suggestions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from yizhen.matters.lifecycle import OPEN_STATES
from yizhen.matters.queries import matters_visible_to
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .forms import ConfirmForm, DeliveryForm, HousingForm
from .queries import deliveries_visible_to, housing_visible_to, shown_housing, shown_reach
from .rules import may_confirm, may_enter, may_read

LATEST = 50


def reader(request: HttpRequest) -> Account:
    """Return who asks, if talents' counts are shown to that role.

    Raises:
        PermissionDenied: otherwise.
    """
    return who_asks(request, may_read, _("人才服务由乡镇（街道）、部门和市县查看。"))


@login_required
def talents(request: HttpRequest) -> HttpResponse:
    """Show housing, what reached whom and how many suggestions are open, as counts."""
    user = reader(request)
    place = request.GET.get("place", "")
    housing, deliveries = housing_visible_to(user), deliveries_visible_to(user)
    if place:
        housing, deliveries = housing.filter(division=place), deliveries.filter(division=place)
    suggestions = matters_visible_to(user).filter(kind="talent_suggestion")
    context = {
        "housing": [shown_housing(one, user) for one in housing],
        "deliveries": [(shown_reach(one, user), may_confirm(user, one)) for one in deliveries[:LATEST]],
        "suggested": suggestions.count(), "waiting": suggestions.filter(state__in=OPEN_STATES).count(),
        "may_enter": may_enter(user),
    }  # fmt: skip
    return render(request, "needs/talents.html", context)


@login_required
def housing(request: HttpRequest) -> HttpResponse:
    """Take a township's flats."""
    return _entered(request, HousingForm, actions.report_housing, _("登记人才公寓"))


@login_required
def delivery(request: HttpRequest) -> HttpResponse:
    """Take a delivery."""
    return _entered(request, DeliveryForm, actions.deliver_policy, _("登记政策送达"))


def _entered(request: HttpRequest, made_of: Any, action: Any, title: str) -> HttpResponse:
    user = reader(request)
    if not may_enter(user):
        raise PermissionDenied(_("您不能填这个地方的数。"))
    form = made_of(user, posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            action(user, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("needs:talents")
    return render(
        request, "needs/talents_form.html", {"form": form, "title": title}, status=400 if form.errors else 200
    )


@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take how many confirmed a delivery."""
    user = reader(request)
    found = get_object_or_404(deliveries_visible_to(user), pk=pk)
    if not may_confirm(user, found):
        raise PermissionDenied(_("这是别的单位送达的。"))
    initial = {"before": found.confirmed, "confirmed": found.confirmed, "confirmed_on": found.confirmed_on}
    form = ConfirmForm(posted(request), initial=initial)
    if form.is_valid():
        with ErrorsAt(form):
            actions.confirm_delivery(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("needs:talents")
    context = {"form": form, "title": _("确认送达人数"), "delivery": found}
    return render(request, "needs/talents_form.html", context, status=400 if form.errors else 200)
