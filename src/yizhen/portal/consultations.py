"""Consultations for everybody: read the question, answer it without an account, see what was done with it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from yizhen.needs.consultations.actions import give_answer
from yizhen.needs.consultations.forms import AnswerForm
from yizhen.needs.consultations.queries import public_consultations
from yizhen.needs.consultations.results import result_of
from yizhen.needs.models import Consultation
from yizhen.web.errors import ErrorsAt

ORDER = ("open", "announced", "owed", "answered")


def consultations(request: HttpRequest) -> HttpResponse:
    """List the questions: those that can be answered now, those that wait for the office's word, those that have it."""
    found = sorted(public_consultations(), key=lambda one: ORDER.index(one.state))
    return render(request, "portal/consultations.html", {"consultations": found})


def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question and take an answer; after its last day its result and what was done with it."""
    found = get_object_or_404(public_consultations(), pk=pk)
    if request.method == "POST":
        return _answered(request, found)
    ended = found.state in {"owed", "answered"}
    context = {
        "consultation": found, "form": AnswerForm(found) if found.state == "open" else None,
        "result": result_of(found) if ended else None,
    }  # fmt: skip
    return render(request, "portal/consultation.html", context)


def _answered(request: HttpRequest, found: Consultation) -> HttpResponse:
    form = AnswerForm(found, request.POST)
    context = {"consultation": found, "form": form}
    if form.is_valid():
        with ErrorsAt(form):
            new = give_answer(found, **form.cleaned_data)
            return render(request, "portal/answered.html", {"consultation": found, "new": new})
    return render(request, "portal/consultation.html", context, status=400)
