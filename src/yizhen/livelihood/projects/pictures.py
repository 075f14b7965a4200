"""Handing out photographs that we have drawn."""

from django.db.models.fields.files import FieldFile
from django.http import HttpResponse


def picture(file: FieldFile) -> HttpResponse:
    """Return a photograph to be shown, some hundred kilobytes at most; kept by the reader's own browser alone."""
    with file.open("rb") as opened:
        response = HttpResponse(opened.read(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
