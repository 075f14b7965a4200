"""The field page: a shell that holds nothing private and works without a network, and what its script asks for."""

import hashlib
import json
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yizhen.matters import actions
from yizhen.matters.actions.evidence import MOST_FILES
from yizhen.matters.field.drafts import TEXT_LIMIT, read_draft
from yizhen.matters.field.rules import field_kinds, field_places, may_report, solves_at_once
from yizhen.matters.field.wording import script_words
from yizhen.matters.kinds import MatterKind
from yizhen.people.devices import COOKIE, account_key, remember
from yizhen.people.models import Account
from yizhen.web.errors import by_field
from yizhen.web.templatetags.yizhen import label

FILES = {
    "phone": "web/phone.css",
    "field_css": "matters/field/field.css",
    "store": "matters/field/store.js",
    "photo": "matters/field/photo.js",
    "sending": "matters/field/sending.js",
    "field_js": "matters/field/field.js",
    "icon_192": "matters/field/icon-192.png",
    "icon_512": "matters/field/icon-512.png",
    "needle": "web/needle.svg",
}
MOST_BYTES = 2 * MOST_FILES * 2 * 1024 * 1024  # of one report: more than the page ever makes of twelve photographs

AGAIN = 3  # seconds after which photographs that found no room may come again


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the shell, the same for everybody: who is signed in is asked for by its script."""
    response = render(request, "matters/field/page.html", _shell())
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Answer who is signed in, and which kinds, fields and places a draft may have."""
    user = request.user
    if not isinstance(user, Account):
        return JsonResponse({"error": _("登录已到期，请重新登录。")}, status=401)
    if not may_report(user):
        return JsonResponse({"error": _("这个账号不从现场上报事项。"), "account": account_key(user)}, status=403)
    response = JsonResponse(
        {
            "account": account_key(user),
            "name": f"{user.display_name} · {label(user.role_name)}",
            "kinds": [_kind(kind) for kind in field_kinds(user).values()],
            "places": [{"code": place.code, "name": label(place)} for place in field_places(user)],
            "token": get_token(request),
        }
    )
    remember(response, user)
    return response


@never_cache
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take one draft; the same draft again is answered the same."""
    user = request.user
    if not isinstance(user, Account):
        return JsonResponse({"error": _("登录已到期，请重新登录。草稿还在手机上。")}, status=401)
    if not may_report(user):
        return JsonResponse({"error": _("这个账号不从现场上报事项。")}, status=403)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return JsonResponse({"error": _("照片合起来太大，没有收。请去掉一两张再发。")}, status=413)
    try:
        draft = read_draft({name: text for name, text in request.POST.items() if isinstance(text, str)})
        matter = actions.file_report(
            user, draft, photos=request.FILES.getlist("photos"), after=request.FILES.getlist("after")
        )
    except PermissionDenied as error:
        return JsonResponse({"error": str(error)}, status=403)
    except actions.ManyPhotographs as error:
        content = {"error": " ".join(error.messages), "again": AGAIN}
        return JsonResponse(content, status=503, headers={"Retry-After": str(AGAIN)})
    except ValidationError as error:
        return JsonResponse({"errors": by_field(error, other="form")}, status=400)
    except actions.SentBefore as before:
        number = {"number": before.matter.number} if before.matter else {}
        return JsonResponse({"error": _("这个草稿编号已经用过。"), **number}, status=409)
    except OSError:
        return JsonResponse({"error": _("服务器存不下照片，没有收。草稿还在手机上，请告诉管理员。")}, status=507)
    address = reverse("matters:matter", args=[matter.number])
    return JsonResponse({"client_id": draft.client_id, "number": matter.number, "address": address})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker: its text changes with every file that it keeps, and so does the name of its cache."""
    context = _shell()
    listed = [reverse("matters:field"), reverse("matters:field_manifest"), *context["files"].values()]
    shown = render_to_string("matters/field/page.html", context, request)
    version = hashlib.sha256(json.dumps([shown, listed]).encode()).hexdigest()[:16]
    content = render_to_string(
        "matters/field/worker.js", {"settings": json.dumps({"version": version, "files": listed})}
    )
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Hand out what makes the page installable."""
    address = reverse("matters:field")
    icons = [(n, FILES[f"icon_{n}"]) for n in (192, 512)]
    content = {
        "name": _("一针 · 现场上报"),
        "short_name": _("现场上报"),
        "lang": translation.get_language(),
        "id": address,
        "start_url": address,
        "scope": address,
        "display": "standalone",
        "background_color": "#f4f5f7",
        "theme_color": "#9e2a1f",
        "icons": [{"src": _versioned(path), "sizes": f"{n}x{n}", "type": "image/png"} for n, path in icons],
    }
    response = JsonResponse(
        content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-cache"
    return response


def _shell() -> dict[str, Any]:
    addresses = {name: reverse(f"matters:field_{name}") for name in ("me", "send", "worker", "setup")}
    entrance = {
        "sign_in": f"{reverse('people:sign_in')}?next={reverse('matters:field')}",
        "sign_out": reverse("people:sign_out"),
    }
    return {
        "files": {name: _versioned(path) for name, path in FILES.items()},
        "words": {
            **script_words(),
            "addresses": addresses | entrance,
            "cookie": COOKIE,
            "most_photos": MOST_FILES,
            "language": translation.get_language(),
        },
        "text_limit": TEXT_LIMIT,
    }


def _kind(kind: MatterKind) -> dict[str, Any]:
    fields = [
        {
            "code": one.code,
            "name": label(one),
            "type": one.type,
            "required": one.required,
            "unit": one.unit,
            "choices": list(one.choices),
            "stage": one.stage,
        }
        for one in kind.fields
    ]
    return {"code": kind.code, "name": kind.name, "solves": solves_at_once(kind), "fields": fields}


@cache
def _versioned(path: str) -> str:
    """Return a static file's address with a hash of its content, so that a phone never mixes two versions."""
    found = finders.find(path)
    assert isinstance(found, str)
    with open(found, "rb") as file:  # noqa: PTH123  # what the finder returns
        return f"{static(path)}?v={hashlib.sha256(file.read()).hexdigest()[:12]}"
