"""What a resident sees: follow by code, judge, read promises and figures. No account, no cookie needed."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from yizhen.indicators.published import public_indicators, public_table
from yizhen.matters.actions import ask_review, give_verdict
from yizhen.matters.actions.signals import count_verdict
from yizhen.matters.duplicates import Hint
from yizhen.matters.lifecycle import DISPOSITIONS

from .flood.address import client_address
from .queries import followed_by_code, matter_by_code, openings_of, public_promises


def find(request: HttpRequest) -> HttpResponse:
    """Follow a request: the code goes in the body, so that it stays out of histories and logs."""
    code = request.POST.get("code", "")[:40]
    matter = matter_by_code(code) if code.strip() else None
    follower = followed_by_code(code) if code.strip() and matter is None else None
    error = _("没有这个编码，请核对。") if request.method == "POST" and matter is None and follower is None else ""
    if matter is not None and (request.POST.get("solved") or request.POST.get("review")):
        text = request.POST.get("text", "")[:1000]
        try:
            if request.POST.get("review"):
                matter = ask_review(code, text)
            else:
                matter = give_verdict(code, solved=request.POST["solved"] == "1", text=text)
                count_verdict(matter, client_address(request.META, settings.TRUSTED_PROXIES))
        except ValidationError as problem:
            error = " ".join(problem.messages)
    return render(
        request,
        "portal/follow.html",
        {
            "matter": matter,
            "followed": Hint(follower.matter, 0) if follower else None,
            "code": code,
            "error": error,
            "steps": matter.events.all() if matter else [],
            "openings": openings_of(matter) if matter else [],
            "disposition": DISPOSITIONS.get(matter.disposition, "") if matter else "",
        },
        status=400 if error else 200,
    )


def promises(request: HttpRequest) -> HttpResponse:
    """Show what was promised after appraisals, and how far it is."""
    return render(request, "portal/promises.html", {"promises": public_promises()})


def figures(request: HttpRequest) -> HttpResponse:
    """List the figures that anybody may read."""
    return render(request, "portal/figures.html", {"indicators": public_indicators()})


def figure(request: HttpRequest, code: str) -> HttpResponse:
    """Show one indicator, small counts and what gives them away hidden; unranked."""
    found = get_object_or_404(public_indicators(), code=code)
    return render(request, "portal/figure.html", {"indicator": found, "table": public_table(found)})
