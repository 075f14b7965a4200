"""What a resident sees: ask, follow by code, judge, read promises. No account, no cookie needed."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from yizhen.indicators.published import public_indicators, public_table
from yizhen.matters.actions import ask_review, follow_matter, follow_token, give_verdict, receive_request
from yizhen.matters.actions.signals import count_verdict
from yizhen.matters.duplicates import Hint, possible_duplicates
from yizhen.matters.lifecycle import DISPOSITIONS

from .forms import AskForm
from .queries import followed_by_code, matter_by_code, openings_of, public_promises, sent_before


def ask(request: HttpRequest) -> HttpResponse:
    """Take a request; or, when it may have been raised already, let the resident follow that one instead."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and request.POST.get("follow"):
        return _follow(request, form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        hints = []
        if not request.POST.get("own") and not sent_before(data["client_id"]):
            hints = possible_duplicates("resident_request", [data["division"]], data["title"], data["text"])
        if hints:
            hinted = [(hint, follow_token(hint.matter)) for hint in hints]
            return render(request, "portal/ask.html", {"form": form, "hints": hinted})
        try:
            matter, code = receive_request(**data)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        else:
            return render(request, "portal/received.html", {"matter": matter, "code": _grouped(code)})
    return render(request, "portal/ask.html", {"form": form}, status=400 if form.errors else 200)


def _follow(request: HttpRequest, form: AskForm) -> HttpResponse:
    try:
        follower, code = follow_matter(request.POST["follow"], request.POST.get("client_id", "")[:40])
    except ValidationError as problem:
        form.add_error(None, problem.messages)
        return render(request, "portal/ask.html", {"form": form}, status=400)
    return render(request, "portal/following.html", {"follower": follower, "code": _grouped(code)})


def _grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:]}" if code else ""


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
                count_verdict(matter, request.META.get("REMOTE_ADDR", ""))
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
