"""Pages of consultations for offices."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yizhen.needs.models import Consultation
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .forms import ConsultationForm, InvitationForm, OutcomeForm, StopForm
from .invitations import print_invitations
from .queries import consultations_visible_to, with_numbers
from .results import result_of
from .rules import may_ask, may_read, may_run


def reader(request: HttpRequest) -> Account:
    """Return who asks, if consultations are shown to that role.

    Raises:
        PermissionDenied: otherwise.
    """
    return who_asks(request, may_read, _("问需问计由乡镇（街道）、村、部门和市县查看。"))


@login_required
def consultations(request: HttpRequest) -> HttpResponse:
    """List the consultations that the user may see, the latest first; debts stand out."""
    user = reader(request)
    rows = [(one, may_run(user, one)) for one in with_numbers(consultations_visible_to(user))]
    if request.GET.get("owed"):
        rows = [(one, own) for one, own in rows if one.state == "owed"]
    if request.GET.get("place"):
        rows = [(one, own) for one, own in rows if one.division_id == request.GET["place"]]
    return render(request, "needs/consultations.html", {"rows": rows, "may_ask": may_ask(user)})


@login_required
def draft(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Draft a question, or change a draft."""
    user = reader(request)
    before = _own(request, pk) if pk is not None else None
    if not may_ask(user):
        raise PermissionDenied(_("您的单位不发起问需问计。"))
    instance = Consultation.objects.get(pk=before.pk) if before else None
    form = ConsultationForm(user, posted(request), instance=instance)
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.draft_consultation(user, before=before, **form.cleaned_data)
            messages.success(request, _("已保存草稿。公开以前都能改。"))
            return redirect("needs:consultation", made.pk)
    return render(
        request, "needs/draft.html", {"form": form, "consultation": before}, status=400 if form.errors else 200
    )


@login_required
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a consultation: the question, its result once it has ended, and what was done with it."""
    return _page(request, get_object_or_404(consultations_visible_to(reader(request)), pk=pk))


@require_POST
@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a question."""
    found = _own(request, pk)
    try:
        actions.open_consultation(reader(request), found)
    except ValidationError as error:
        return _page(request, found, errors=error.messages, status=400)
    messages.success(request, _("已公开。问题和选项从现在起不能再改。"))
    return redirect("needs:consultation", found.pk)


@require_POST
@login_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a question before its last day."""
    found = _own(request, pk)
    form = StopForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.stop_consultation(reader(request), found, form.cleaned_data["stop_reason"])
            messages.success(request, _("已停止，原因已公开。还要答复已经收到的回答怎样用。"))
            return redirect("needs:consultation", found.pk)
    return _page(request, found, stop_form=form, status=400)


@never_cache
@require_POST
@login_required
def invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """Print codes, once."""
    found = _own(request, pk)
    form = InvitationForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            codes = print_invitations(reader(request), found, **form.cleaned_data)
            grouped = [f"{code[:5]}-{code[5:]}" for code in codes]
            return render(request, "needs/invitations.html", {"consultation": found, "codes": grouped})
    return _page(request, found, invitation_form=form, status=400)


@require_POST
@login_required
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done with a consultation."""
    found = _own(request, pk)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.tell_outcome(reader(request), found, **form.cleaned_data)
            messages.success(request, _("已公开答复。"))
            return redirect("needs:consultation", found.pk)
    return _page(request, found, outcome_form=form, status=400)


def _own(request: HttpRequest, pk: int) -> Consultation:
    user = reader(request)
    found = get_object_or_404(consultations_visible_to(user), pk=pk)
    if not may_run(user, found):
        raise PermissionDenied(_("这是别的单位发起的。"))
    return found


def _page(request: HttpRequest, found: Consultation, *, status: int = 200, **more: Any) -> HttpResponse:
    user = reader(request)
    own, state = may_run(user, found), found.state
    ended = state in {"owed", "answered"}
    context = {
        "consultation": found, "own": own, "ended": ended,
        "result": result_of(found) if ended else None,
        "answered": found.answers.count() if own and state == "open" else None,
        "texts": found.texts.all() if own and ended else [],
        "unused": found.invitations.count() if own and found.audience == "invited" else None,
        "invitation_form": more.pop("invitation_form", None) or InvitationForm(),
        "outcome_form": more.pop("outcome_form", None) or OutcomeForm(),
        "stop_form": more.pop("stop_form", None) or StopForm(),
        **more,
    }  # fmt: skip
    return render(request, "needs/consultation.html", context, status=status)
