"""Pages of the matters room."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.people.models import ROLES, Account
from yizhen.web.errors import by_field
from yizhen.web.fields import new_client_id
from yizhen.web.paging import paged

from . import actions
from .colours import Colour
from .copies import copies_of
from .desk.filters import LIGHT_NAMES, Filters
from .desk.replies import replies_for
from .duplicates import Hint, possible_duplicates, seen_by, sent_before
from .forms import NoticeForm, StepForm
from .forms_duties import DutyTaskForm
from .kinds import WORK_LINES
from .kinds.registry import kinds_in_force
from .letters import letters_of
from .lifecycle import DISPOSITIONS, STATE_NAMES, VERB_NAMES, Verb
from .models import Evidence, Matter, SupervisionNotice
from .pages.duties import gate_context
from .parts import SHOWN, may_have_parts, parts_by_year
from .queries import LINE, matters_visible_to
from .routing.wording import advice_in_words
from .rules import is_handler, may_assign, may_issue_notice, may_open, may_open_sealed, possible_steps
from .steps import filled_fields, offers, recipient, typed_fields
from .supervision import is_overdue, last_notice, needed_among

Errors = dict[str, list[str]]


def reader(request: HttpRequest) -> Account:
    """Return whoever is signed in."""
    assert isinstance(request.user, Account)
    return request.user


@login_required
def matter_list(request: HttpRequest) -> HttpResponse:
    """List the visible matters, filtered first, then searched and sorted."""
    user = reader(request)
    chosen, kinds = Filters.of(request.GET), kinds_in_force().values()
    page = paged(request, chosen.among(matters_visible_to(user)).only(*LINE), 30)
    context = {
        "page": page,
        "chosen": chosen,
        "kinds": [(kind.code, kind.name) for kind in kinds],
        "states": [(state.value, name) for state, name in STATE_NAMES.items()],
        "lines": WORK_LINES.items(),
        "lights": [(light.value, name) for light, name in LIGHT_NAMES.items()],
        "may_assign": may_assign(user),
        "may_register": any(may_open(user, kind) for kind in kinds),
    }
    return render(request, "matters/list.html", context)


@login_required
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """Show one matter: what, where, clock with derivation, possible steps, history."""
    user = reader(request)
    found = get_object_or_404(matters_visible_to(user).select_related("field_report"), number=number)
    errors: Errors = {}
    typed = dict.fromkeys(("verb", "text", "disposition"), "")
    if request.method == "POST":
        form = StepForm(request.POST, request.FILES)
        typed |= {key: value for key, value in request.POST.items() if isinstance(value, str)}
        if form.is_valid() and form.cleaned_data["verb"] in {verb.value for verb in Verb}:
            data = form.cleaned_data
            try:
                actions.take_step_with_files(
                    user,
                    found,
                    Verb(data["verb"]),
                    text=data["text"],
                    disposition=data["disposition"],
                    files=request.FILES.getlist("file"),
                    keep_place=data["keep_place"],
                    reason=data["reason"],
                    expected=data["expected"],
                    client_id=data["client_id"],
                    fields=typed_fields(typed),
                    **recipient(data["recipient"]),
                )
            except ValidationError as error:
                errors = by_field(error, other="text")
            else:
                messages.success(request, _("已记录：%(verb)s。") % {"verb": VERB_NAMES[Verb(data["verb"])]})
                return redirect("matters:matter", number=found.number)
        else:
            errors = {field: [str(text) for text in texts] for field, texts in form.errors.items()} or {
                "text": [_("没有这个步骤。")]
            }
        found.refresh_from_db()
    return matter_page(request, found, errors=errors, typed=typed)


def matter_page(
    request: HttpRequest,
    found: Matter,
    *,
    errors: Errors | None = None,
    typed: dict[str, str] | None = None,
    notice_errors: Errors | None = None,
    typed_answer: str = "",
    sealed_text: str = "",
    seal_errors: Errors | None = None,
    typed_purpose: str = "",
    aside_errors: dict[str | int, list[str]] | None = None,
    typed_aside: str = "",
) -> HttpResponse:
    """Write a matter's page, with what was typed into it and what is wrong with that."""
    user, today = reader(request), timezone.localdate()
    looks = Counter(found.openings.values_list("role", flat=True))
    steps = possible_steps(user, found)
    parts = list(matters_visible_to(user).filter(parent=found).order_by("due_on", "number"))
    clocks = list(found.clocks.all())
    return render(
        request,
        "matters/matter.html",
        {
            "matter": found,
            "today": today,
            "copies": copies_of(user, found),
            "advice": advice_in_words(user, found),
            "notices": found.notices.select_related("matter", "issued_by", "answered_by"),
            "needed": needed_among(user, [found]),
            "may_begin_orange": may_issue_notice(user, found)
            and is_overdue(found, today)
            and last_notice(found) is None,
            "may_answer": is_handler(user, found),
            "deadline": found.deadline,
            "events": found.events.prefetch_related("evidence"),
            "steps": offers(user, found, steps, typed or {}, errors or {}),
            "client_id": new_client_id(),
            "clocks": clocks,
            "due_at": next((clock.due_at for clock in clocks if clock.governs and clock.due_on == found.due_on), None),
            "parts": parts[:SHOWN],
            "part_years": parts_by_year(parts, today) if parts else [],
            "more_parts": max(len(parts) - SHOWN, 0),
            "may_have_parts": may_have_parts(user, found),
            "parent": matters_visible_to(user).filter(children=found).first(),
            "filled": filled_fields(found),
            "may_look": hasattr(found, "sealed") and may_open_sealed(user, found),
            "openings": [(dict(zip(("zh", "en"), ROLES[role], strict=True)), n) for role, n in looks.items()],
            "sealed_text": sealed_text,
            "seal_errors": seal_errors or {},
            "typed_purpose": typed_purpose,
            "letters": letters_of(found),
            "replies": replies_for(user, found, steps),
            "dispositions": DISPOSITIONS.items(),
            "disposition_name": DISPOSITIONS.get(found.disposition, ""),
            "errors": errors or {},
            "typed": typed or {},
            "notice_errors": notice_errors or {},
            "typed_answer": typed_answer,
            "aside_errors": aside_errors or {},
            "typed_aside": typed_aside,
        },
        status=400 if errors or notice_errors or seal_errors or aside_errors else 200,
    )


@require_POST
@login_required
def issue_notice(request: HttpRequest, number: str) -> HttpResponse:
    """Issue a supervision notice, and go back to the list that offered it or to the matter."""
    user = reader(request)
    found = get_object_or_404(matters_visible_to(user), number=number)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return matter_page(request, found, notice_errors={f: [str(t) for t in ts] for f, ts in form.errors.items()})
    data = form.cleaned_data
    try:
        notice = actions.issue_notice(
            user, found, Colour(data["colour"]), days=data["days"], major_reason=data["major_reason"]
        )
    except ValidationError as error:
        return matter_page(request, found, notice_errors=by_field(error))
    messages.success(
        request, _("已发%(colour)s：%(number)s。") % {"colour": notice.colour_name, "number": notice.number}
    )
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("matters:matter", number=found.number)


def _notice(request: HttpRequest, pk: int) -> SupervisionNotice:
    visible = SupervisionNotice.objects.select_related(
        "matter__division", "issued_by", "answered_by", "follows__matter"
    ).filter(matter__in=matters_visible_to(reader(request)))
    return get_object_or_404(visible, pk=pk)


@require_POST
@login_required
def answer_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a supervision notice."""
    notice = _notice(request, pk)
    text = request.POST.get("answer", "")[:1000]
    try:
        actions.answer_notice(reader(request), notice, text)
    except ValidationError as error:
        return matter_page(request, notice.matter, notice_errors=by_field(error), typed_answer=text)
    messages.success(request, _("已答复。事项仍须办结并由别人核验。"))
    return redirect("matters:matter", number=notice.matter.number)


@login_required
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a supervision notice as a sheet of A4 to print."""
    found = _notice(request, pk)
    return render(
        request,
        "matters/notice.html",
        {"notice": found, "matter": found.matter, "days_late": (found.issued_on - found.matter.due_on).days},
    )


@login_required
def assign(request: HttpRequest) -> HttpResponse:
    """Send a task down to townships."""
    user = reader(request)
    if not may_assign(user):
        raise PermissionDenied(_("只有市、县和部门可以交办任务。"))
    form = DutyTaskForm(user, request.POST or None, initial={"duty": request.GET.get("duty")})
    hints: list[Hint] = []
    if "check" in request.POST:
        form = DutyTaskForm(user, initial=form.kept())
    elif request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data["townships"] = list(data["townships"])
        if not request.POST.get("own") and not sent_before(f"task:{data['client_id']}:"):
            hints = seen_by(user, possible_duplicates("assigned_task", data["townships"], data["title"], data["text"]))
    if request.method == "POST" and form.is_valid() and not hints:
        try:
            made = actions.assign_duty(user, **data)
        except ValidationError as error:
            fields = by_field(error)
            for field, texts in fields.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            messages.success(request, _("已交办 %(count)s 件，各镇分别核验销号。") % {"count": len(made)})
            return redirect("matters:list")
    context = {"form": form, "hints": hints, **gate_context(user, form.chosen(), asked=request.method == "POST")}
    return render(request, "matters/assign.html", context, status=400 if form.errors else 200)


@login_required
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a piece of evidence to whoever may see its matter."""
    piece = get_object_or_404(Evidence.objects.filter(event__matter__in=matters_visible_to(reader(request))), pk=pk)
    return FileResponse(piece.file.open("rb"), as_attachment=True, filename=piece.name)
