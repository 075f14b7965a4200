"""Pages of letters to whoever asked."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from yizhen.documents.official import write_official
from yizhen.matters.letters import Letter, letter_blocks, letter_document, letters_of, signature
from yizhen.matters.models import Matter
from yizhen.matters.queries import matters_visible_to
from yizhen.web.downloads import attachment

from .reader import signed_in


def _letter(request: HttpRequest, number: str, verb: str) -> tuple[Matter, Letter]:
    matter = get_object_or_404(matters_visible_to(signed_in(request)), number=number)
    letter = next((one for one in letters_of(matter) if one.verb == verb), None)
    if letter is None:
        raise Http404
    return matter, letter


@login_required
def letter(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Show a letter as it will be printed."""
    matter, found = _letter(request, number, verb)
    blocks = [(type(block).__name__, block.text) for block in letter_blocks(matter, found)]
    context = {"matter": matter, "letter": found, "blocks": blocks, "signature": signature(matter)}
    return render(request, "matters/letter.html", context)


@login_required
def document(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Hand a letter out as .docx in the layout of GB/T 9704."""
    matter, found = _letter(request, number, verb)
    return attachment(write_official(letter_document(matter, found)), f"{matter.number}-{found.verb}.docx")
