"""Pages of the right of refusal: on what ground, the reply, and the document."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.official import write_official
from yizhen.matters import actions
from yizhen.matters.duties.letters import reply
from yizhen.matters.duties.queries import list_in_force, refusals_visible_to
from yizhen.matters.duties.rules import may_refuse_task
from yizhen.matters.forms_duties import RefusalForm
from yizhen.matters.queries import matters_visible_to
from yizhen.places.queries import city_code
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt

from .reader import signed_in


@login_required
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse a task that the duty list does not hold: the reply is written here."""
    user = signed_in(request)
    matter = get_object_or_404(matters_visible_to(user), number=number)
    if not may_refuse_task(user, matter):
        raise PermissionDenied(_("由承办的乡镇（街道）在接收之前拒绝。"))
    cited = getattr(matter, "duty", None)
    form = RefusalForm(user, request.POST if request.method == "POST" else None, cites=cited is not None)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            made = actions.refuse_task(user, matter, item=form.cleaned_data["item"])
            return redirect("matters:refusal", number=made.number)
    context = {
        "form": form,
        "matter": matter,
        "edition": list_in_force(city_code(matter.division_id), timezone.localdate()),
        "cited": cited,
    }
    return render(request, "matters/duties/refuse.html", context, status=400 if form.errors else 200)


@login_required
def refusal(request: HttpRequest, number: str) -> HttpResponse:
    """Show a reply to whoever sees its matter."""
    found = get_object_or_404(refusals_visible_to(signed_in(request)), number=number)
    return render(request, "matters/duties/refusal.html", {"refusal": found, "paragraphs": found.text.split("\n")})


@login_required
def document(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the reply out as .docx in the layout of GB/T 9704."""
    found = get_object_or_404(refusals_visible_to(signed_in(request)), number=number)
    return attachment(write_official(reply(found)), f"{found.number}.docx")
