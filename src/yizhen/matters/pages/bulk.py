"""One step for many matters: choose, look, do, and see what became of each."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from yizhen.matters import actions
from yizhen.matters.desk.bulk import LIMIT, OWN_LOOK, STEP_NAMES, BulkStep, chosen_among, offers_for
from yizhen.matters.forms_desk import BulkForm
from yizhen.matters.models import BulkItem, BulkRun, Matter
from yizhen.people.models import Account
from yizhen.web.errors import by_field
from yizhen.web.fields import new_client_id

from .reader import reader


@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """Show the chosen matters and the steps that are possible for all of them; on POST take the step."""
    user = reader(request)
    if request.method == "GET":
        numbers = list(dict.fromkeys(request.GET.getlist("m")))
        matters = _chosen(user, numbers) if len(numbers) <= LIMIT else []
        return _page(request, matters, numbers, step=request.GET.get("step", ""))
    form = BulkForm(request.POST)
    numbers = list(dict.fromkeys(request.POST.getlist("m")))
    matters = _chosen(user, numbers) if len(numbers) <= LIMIT else []
    errors = {field: [str(text) for text in texts] for field, texts in form.errors.items()}
    if len(numbers) <= LIMIT and not errors:
        data = form.cleaned_data
        try:
            run = actions.take_bulk(
                user, BulkStep(data["step"]), matters, text=data["text"], client_id=data["client_id"]
            )
        except ValidationError as error:
            errors = by_field(error)
        else:
            return redirect("matters:bulk_run", pk=run.pk)
    typed = request.POST.get("text", "")[:4000]
    return _page(request, matters, numbers, step=request.POST.get("step", ""), errors=errors, typed=typed)


def _chosen(user: Account, numbers: list[str]) -> list[Matter]:
    matters = chosen_among(user, numbers)
    if len(matters) != len(numbers):
        raise Http404
    return matters


def _page(
    request: HttpRequest,
    matters: list[Matter],
    numbers: list[str],
    *,
    step: str,
    errors: dict[str, list[str]] | None = None,
    typed: str = "",
) -> HttpResponse:
    offers = offers_for(reader(request), matters)
    context = {
        "matters": matters,
        "count": len(numbers),
        "limit": LIMIT,
        "too_many": len(numbers) > LIMIT,
        "offers": offers,
        "chosen": next((offer for offer in offers if offer.step == step), None),
        "own_look": OWN_LOOK,
        "errors": errors or {},
        "typed": typed,
        "client_id": new_client_id(),
    }
    wrong = bool(errors) or len(numbers) > LIMIT
    return render(request, "matters/bulk.html", context, status=400 if wrong else 200)


@login_required
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what became of each matter of a run of the user's own."""
    run = get_object_or_404(BulkRun, by=reader(request), pk=pk)
    items = list(run.items.select_related("matter__division", "matter__addressee"))
    context = {
        "run": run,
        "name": STEP_NAMES[BulkStep(run.step)],
        "items": items,
        "numbers": Counter(item.outcome for item in items),
        "waiting": [item for item in items if item.outcome == BulkItem.WAITING],
    }
    return render(request, "matters/bulk_run.html", context)
