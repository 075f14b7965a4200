"""Small pictures of evidence."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from yizhen.matters.models import Evidence
from yizhen.matters.queries import matters_visible_to

from .reader import signed_in


@login_required
def thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the small picture of a photograph, drawn by us, to whoever may see its matter."""
    visible = Evidence.objects.filter(event__matter__in=matters_visible_to(signed_in(request))).exclude(thumbnail="")
    piece = get_object_or_404(visible, pk=pk)
    response = FileResponse(piece.thumbnail.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
