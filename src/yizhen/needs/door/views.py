"""The page on which an office enters what somebody said on the telephone or at the counter."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from yizhen.matters.actions import follow_matter, follow_token, take_request
from yizhen.matters.duplicates import possible_duplicates, sent_before
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.rules import may_enter_on_behalf
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.errors import add_errors
from yizhen.web.qr import qr_svg

from .forms import BY_WAY_OF, BehalfForm
from .places import townships


@never_cache
@login_required
def on_behalf(request: HttpRequest) -> HttpResponse:
    """Take a request for somebody without asking who; the code is shown once, to be read out or printed.

    The page shows no more of anything than a resident would see: whoever typed has no further rights by it.
    """
    user = request.user
    if not isinstance(user, Account) or not may_enter_on_behalf(user):
        raise PermissionDenied(_("代居民登记的是热线和各级便民服务窗口。"))
    township = _township(user, request)
    form = BehalfForm(
        request.POST or None, request.FILES or None, township=township, scope=user.scope_id if township else ""
    )
    if request.method == "POST" and request.POST.get("follow"):
        return _follow(request, form)
    hints: list[Any] = []
    if request.method == "POST" and form.is_valid():
        hints = _hints(request, user, form)
        if not hints:
            made = _taken(request, user, form)
            if made is not None:
                return made
    listed = townships(user.scope_id) if user.scope.level in {"prefecture", "county"} and township is None else []
    context = {"form": form, "hints": hints, "townships": listed, "township": township}
    return render(request, "needs/behalf.html", context, status=400 if form.errors else 200)


def _township(user: Account, request: HttpRequest) -> Division | None:
    """Return the township whose villages are offered: the office's own, or the one that was chosen."""
    if len(user.scope_id) >= 9:
        return Division.objects.filter(code=user.scope_id[:9]).first()
    asked = request.GET.get("place", "")
    return townships(user.scope_id).filter(code=asked).first() if asked else None


def _hints(request: HttpRequest, user: Account, form: BehalfForm) -> list[Any]:
    given = form.taken()
    if request.POST.get("own") or sent_before(f"behalf:{user.pk}:{given['client_id']}"):
        return []
    found = possible_duplicates(given["kind"], [given["division"]], given["title"], given["text"])
    return [(hint, follow_token(hint.matter)) for hint in found]


def _taken(request: HttpRequest, user: Account, form: BehalfForm) -> HttpResponse | None:
    channel = form.cleaned_data["channel"]
    try:
        matter, code = take_request(user, **form.taken(), channel=channel)
    except ValidationError as error:
        add_errors(form, error, file="photo")
        return None
    seen = matters_visible_to(user).filter(pk=matter.pk).exists()
    return _receipt(request, {"matter": matter, "code": code, "channel": BY_WAY_OF[channel], "seen": seen})


def _follow(request: HttpRequest, form: BehalfForm) -> HttpResponse:
    try:
        follower, code = follow_matter(request.POST["follow"], request.POST.get("client_id", "")[:40])
    except ValidationError as error:
        form.add_error(None, error.messages)
        return render(request, "needs/behalf.html", {"form": form}, status=400)
    return _receipt(request, {"follower": follower, "code": code})


def _receipt(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    code = context["code"]
    address = request.build_absolute_uri(reverse("portal:follow"))
    more = {"code": f"{code[:5]}-{code[5:]}" if code else "", "address": address, "qr": qr_svg(address)}
    return render(request, "needs/behalf_receipt.html", context | more)
