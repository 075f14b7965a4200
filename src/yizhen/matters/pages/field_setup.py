"""How a phone comes to trust this site, and the certificate that it is to trust."""

import hashlib
import ssl
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET


def authority() -> bytes | None:
    """Return the certificate of the site's own authority (DER), or None where none was made."""
    try:
        return ssl.PEM_cert_to_DER_cert(Path(settings.TLS_AUTHORITY).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate as phones show it: two hexadecimal figures at a time."""
    return hashlib.sha256(certificate).digest().hex(" ").upper()


@require_GET
def setup(request: HttpRequest) -> HttpResponse:
    """Explain the phone's set-up; anybody may read it, because it comes before the first sign-in."""
    made = authority()
    context = {"fingerprint": fingerprint(made) if made else "", "https": request.META.get("yizhen.https", "")}
    asked = request.GET.get("lang", "")
    with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        return render(request, "matters/field/setup.html", context)


@require_GET
def certificate(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Hand out the authority's certificate. It is public; its key never leaves the data directory."""
    made = authority()
    if made is None:
        raise Http404
    response = HttpResponse(made, content_type="application/x-x509-ca-cert")
    response["Content-Disposition"] = 'attachment; filename="yizhen-ca.crt"'
    response["Cache-Control"] = "no-cache"
    return response
