"""Livelihood projects for residents: what was promised, what came of it, why it is late. No account, no cookie, no script."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from yizhen.livelihood.models import ANSWERS, STAGES, Project
from yizhen.livelihood.projects.actions import give_verdict
from yizhen.livelihood.projects.judging import FINDINGS, open_judgements
from yizhen.livelihood.projects.lights import light
from yizhen.livelihood.projects.pictures import picture
from yizhen.livelihood.projects.queries import public_photos, public_projects, state_of_project, steps_of
from yizhen.livelihood.projects.verdicts import verdicts_on
from yizhen.places.models import Division
from yizhen.web.fields import new_client_id
from yizhen.web.paging import paged

SHOWN = {code: name for code, name in STAGES.items() if code != "candidate"}
PAGE = 30


def projects(request: HttpRequest) -> HttpResponse:
    """List the published projects, by place; nothing is ranked."""
    asked = {name: request.GET.get(name, "") for name in ("place", "stage")}
    visible = public_projects()
    places = Division.objects.filter(code__in=visible.order_by().values("division")).select_related("parent")
    if asked["place"]:
        visible = visible.filter(division=asked["place"])
    if asked["stage"] in SHOWN:
        visible = visible.filter(stage=asked["stage"])
    page = paged(request, visible, PAGE)
    rows = [(one, light(state_of_project(one, steps_of(one)))) for one in page.object_list]
    context = {"rows": rows, "page": page, "places": places.order_by("code"), "stages": SHOWN.items(), "asked": asked}
    return render(request, "portal/projects.html", context)


def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one project as residents may read it."""
    return _page(request, get_object_or_404(public_projects(), pk=pk))


@csrf_exempt  # no cookie is needed, and no account stands behind an answer that another page could borrow
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a resident's verdict. The number that the page drew by chance keeps a form from counting twice."""
    found = get_object_or_404(public_projects(), pk=pk)
    if request.method != "POST":
        return _page(request, found)
    try:
        if not request.POST.get("here"):
            raise ValidationError(_("请先勾选：我住在这里，或者用过它。"))
        give_verdict(found, client_id=request.POST.get("client_id", ""), answer=request.POST.get("answer", ""))
    except ValidationError as problem:
        return _page(request, found, error=" ".join(problem.messages), status=400)
    return _page(request, found, thanks=True)


def _page(
    request: HttpRequest, found: Project, *, error: str = "", thanks: bool = False, status: int = 200
) -> HttpResponse:
    steps = steps_of(found)
    context = {
        "project": found, "steps": steps, "light": light(state_of_project(found, steps)),
        "photos": public_photos().filter(project=found), "over": max(found.paid - found.budget, 0),  # type: ignore[attr-defined]
        "reasons": found.payments.exclude(reason="").filter(amount__gt=0), "finding": FINDINGS[open_judgements([found])[found.pk]],
        "verdicts": verdicts_on([found])[found.pk], "answers": ANSWERS.items(), "client_id": new_client_id(), "thanks": thanks,
        "error": error,
        "typed": request.POST.get("answer", ""),
    }  # fmt: skip
    return render(request, "portal/project.html", context, status=status)


def photo(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001
    """Hand out a photograph of a published project."""
    return picture(get_object_or_404(public_photos(), pk=pk).file)


def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001
    """Hand out the small picture of a photograph of a published project."""
    return picture(get_object_or_404(public_photos(), pk=pk).thumbnail)
