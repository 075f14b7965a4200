"""The door itself: choose a place, say what it is about, get a code."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yizhen.matters.actions import follow_matter, follow_token, same_request, take_request
from yizhen.matters.duplicates import Hint, possible_duplicates
from yizhen.needs.door.forms import KINDS
from yizhen.needs.door.places import by_county, townships
from yizhen.web.errors import add_errors
from yizhen.web.qr import qr_svg

from .forms import AskForm
from .queries import sent_before


def ask(request: HttpRequest) -> HttpResponse:
    """Offer the places to choose from; then take a request, or let the resident follow one that is there already."""
    if request.method == "POST":
        return _asked(request)
    about = "talent" if request.GET.get("about") == "talent" else "request"
    places = list(townships())
    chosen = next((place for place in places if place.code == request.GET.get("place")), None)
    if chosen is None:
        return render(request, "portal/door.html", {"counties": by_county(places), "about": about})
    form = AskForm(township=chosen, initial={"about": about})
    return render(request, "portal/ask.html", {"form": form})


def _asked(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST, request.FILES)
    if request.POST.get("follow"):
        return _follow(request, form)
    if request.POST.get("elsewhere"):
        typed = {name: request.POST.get(name, "") for name in ("client_id", "about", "work_line", "title", "text")}
        return render(request, "portal/ask.html", {"form": AskForm(initial=typed)})
    if not form.is_valid():
        return render(request, "portal/ask.html", {"form": form}, status=400)
    context = _hints(request, form)
    if context:
        return render(request, "portal/ask.html", {"form": form, **context})
    try:
        matter, code = take_request(None, **form.taken())
    except ValidationError as error:
        add_errors(form, error, file="photo")
        return render(request, "portal/ask.html", {"form": form}, status=400)
    address = request.build_absolute_uri(reverse("portal:follow"))
    return render(
        request,
        "portal/received.html",
        {"matter": matter, "code": grouped(code), "address": address, "qr": qr_svg(address)},
    )


def _hints(request: HttpRequest, form: AskForm) -> dict[str, Any]:
    """Return what may have been raised already. The very same words are one matter: they can be followed, not filed again."""
    given = form.taken()
    place = given["division"]
    if given["kind"] != KINDS["request"] or sent_before(given["client_id"]):
        return {}
    same = same_request(given["kind"], place, given["title"], given["text"])
    if same is not None:
        return {"hints": [(Hint(same, 100.0), follow_token(same))], "same": True, "kept": _kept(request)}
    if request.POST.get("own"):
        return {}
    hints = possible_duplicates(given["kind"], [place], given["title"], given["text"])
    return {"hints": [(one, follow_token(one.matter)) for one in hints], "kept": _kept(request)} if hints else {}


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the answered question, so that it is not asked a second time for the same form."""
    return [(name, request.POST[name][:400]) for name in ("question", "sum") if request.POST.get(name)]


def _follow(request: HttpRequest, form: AskForm) -> HttpResponse:
    try:
        follower, code = follow_matter(request.POST["follow"], request.POST.get("client_id", "")[:40])
    except ValidationError as problem:
        form.add_error(None, problem.messages)
        return render(request, "portal/ask.html", {"form": form}, status=400)
    return render(request, "portal/following.html", {"follower": follower, "code": grouped(code)})


def grouped(code: str) -> str:
    """Write a code in two halves, as it is read out."""
    return f"{code[:5]}-{code[5:]}" if code else ""
