"""Files to take away."""

from pathlib import PurePath

from django.http import HttpResponse
from django.utils.http import content_disposition_header

KINDS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".py": "text/x-python; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def attachment(content: bytes, name: str) -> HttpResponse:
    """Return a file to be saved under a name, which may be Chinese and whose ending says what it is; kept nowhere."""
    response = HttpResponse(content, content_type=KINDS[PurePath(name).suffix])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""  # noqa: FBT003  # Django's signature
    response["Cache-Control"] = "no-store"
    return response
