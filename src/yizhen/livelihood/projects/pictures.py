"""Handing out photographs that we have drawn."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse


def picture(file: FieldFile) -> FileResponse:
    """Return a photograph to be shown; kept by the reader's own browser alone."""
    response = FileResponse(file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
