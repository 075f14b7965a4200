"""Pages of the exchange room."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.kinds import WORK_LINES
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.fields import new_client_id
from yizhen.web.forms import posted
from yizhen.web.paging import paged

from . import actions, talking
from .forms import AdoptForm, CiteForm, NoteForm, TextForm
from .models import NoteFigure, PracticeNote, Question
from .queries import (
    Search,
    categories_of,
    citable,
    cited_indicators,
    for_list,
    notes_visible_to,
    outcomes_of,
    pairs_of,
    whole,
)
from .rules import (
    may_adopt,
    may_answer,
    may_ask,
    may_change,
    may_check,
    may_publish,
    may_read,
    may_withdraw,
    may_write,
)


def reader(request: HttpRequest) -> Account:
    """Return who asks, if notes are shown to that post at all."""
    return who_asks(request, may_read, _("经验由乡镇（街道）、部门、县和市查看。"))


@login_required
def notes(request: HttpRequest) -> HttpResponse:
    """List the published notes of the city, newest first; one's own drafts above them."""
    user = reader(request)
    visible = notes_visible_to(user)
    chosen = Search.of(request.GET)
    published = visible.filter(state="published")
    page = paged(request, for_list(chosen.among(published)), 20)
    context = {
        "page": page, "chosen": chosen, "drafts": for_list(visible.filter(state__in=["draft", "checked"])),
        "indicators": cited_indicators(published), "categories": categories_of(published),
        "lines": WORK_LINES.items(), "may_write": may_write(user),
    }  # fmt: skip
    return render(request, "exchange/notes.html", context)


@login_required
def write(request: HttpRequest) -> HttpResponse:
    """Begin a note."""
    user = reader(request)
    if not may_write(user):
        raise PermissionDenied(_("经验由乡镇（街道）写。"))
    form = NoteForm(posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.write_note(user, **form.cleaned_data)
            messages.success(request, _("已存为草稿。下一步：引用数字，再请同事核对。"))
            return redirect("exchange:note", made.pk)
    context = {"form": form, "title": _("写一条经验")}
    return render(request, "exchange/form.html", context, status=400 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a note before it is published."""
    user, found = _found(request, pk)
    if not may_change(user, found):
        raise PermissionDenied(_("只有本乡镇（街道）能改，发布以后不能再改。"))
    instance = PracticeNote.objects.get(pk=found.pk)
    form = NoteForm(posted(request), instance=instance)
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_note(user, found, **form.cleaned_data)
            messages.success(request, _("已保存。改过的要重新核对。"))
            return redirect("exchange:note", found.pk)
    context = {"form": form, "title": _("修改经验"), "note": found}
    return render(request, "exchange/form.html", context, status=400 if form.errors else 200)


@login_required
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a note: what was tried, the cited numbers, what failed, questions, and what became of adoptions."""
    return _page(request, *_found(request, pk))


@login_required
def figure(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer "where from?" for a cited figure, as it was frozen."""
    user = reader(request)
    visible = NoteFigure.objects.filter(note__in=notes_visible_to(user).values("pk"))
    found = get_object_or_404(visible.select_related("note__division", "indicator"), pk=pk)
    return render(request, "exchange/figure.html", {"figure": found, "note": found.note, "content": found.content})


@require_POST
@login_required
def cite(request: HttpRequest, pk: int) -> HttpResponse:
    """Cite an approved figure."""
    user, found = _found(request, pk)
    if not may_change(user, found):
        raise PermissionDenied(_("只有本乡镇（街道）能改，发布以后不能再改。"))
    form = CiteForm(citable(user, found), request.POST)
    return _sent(
        request, found, "cite_form", form,
        lambda data: actions.cite(user, found, data["figure"], data["moment"]), _("已引用，数字已固定。"),
    )  # fmt: skip


@require_POST
@login_required
def uncite(request: HttpRequest, pk: int, figure: int) -> HttpResponse:
    """Take a citation off."""
    user, found = _found(request, pk)
    actions.uncite(user, get_object_or_404(NoteFigure.objects.select_related("note"), pk=figure, note=found))
    messages.success(request, _("已去掉。"))
    return redirect("exchange:note", found.pk)


@require_POST
@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a note."""
    user, found = _found(request, pk)
    text = request.POST.get("text", "")[:300]
    return _plain(
        request, found, lambda: actions.check_note(user, found, text), _("已核对，可以发布。"), check_text=text
    )


@require_POST
@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a note."""
    user, found = _found(request, pk)
    return _plain(request, found, lambda: actions.publish_note(user, found), _("已发布，全市都看得到。"))


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a note."""
    user, found = _found(request, pk)
    why = request.POST.get("why", "")[:300]
    return _plain(request, found, lambda: actions.withdraw_note(user, found, why), _("已撤下。"), withdraw_text=why)


@require_POST
@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about a note."""
    user, found = _found(request, pk)
    form = TextForm(request.POST)
    return _sent(request, found, "ask_form", form, lambda data: talking.ask(user, found, **data), _("已提问。"))


@require_POST
@login_required
def answer(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """Answer a question."""
    user, found = _found(request, pk)
    asked = get_object_or_404(Question.objects.select_related("note"), pk=question, note=found)
    form = TextForm(request.POST)
    return _sent(
        request, found, "answer_form", form, lambda data: talking.answer(user, asked, **data), _("已回答。"),
        answering=asked.pk,
    )  # fmt: skip


@require_POST
@login_required
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Adopt a practice."""
    user, found = _found(request, pk)
    form = AdoptForm(request.POST)
    return _sent(
        request, found, "adopt_form", form, lambda data: talking.adopt(user, found, **data),
        _("已登记采用。以后每有新一期数，这里就会对照。"),
    )  # fmt: skip


def _found(request: HttpRequest, pk: int) -> tuple[Account, PracticeNote]:
    user = reader(request)
    return user, get_object_or_404(whole(notes_visible_to(user)), pk=pk)


def _sent(
    request: HttpRequest, found: PracticeNote, name: str, form: BaseForm, job: Callable[[dict[str, Any]], Any],
    said: str, **more: Any,
) -> HttpResponse:  # fmt: skip
    if form.is_valid():
        with ErrorsAt(form):
            job(form.cleaned_data)
            messages.success(request, said)
            return redirect("exchange:note", found.pk)
    return _page(request, reader(request), found, status=400, **{name: form}, **more)


def _plain(request: HttpRequest, found: PracticeNote, job: Callable[[], Any], said: str, **typed: str) -> HttpResponse:
    try:
        job()
    except ValidationError as error:
        return _page(
            request,
            reader(request),
            found,
            status=400,
            errors=by_field(error, "text", "why", other="form"),
            typed=typed,
        )
    messages.success(request, said)
    return redirect("exchange:note", found.pk)


def _page(request: HttpRequest, user: Account, found: PracticeNote, *, status: int = 200, **more: Any) -> HttpResponse:
    changing = may_change(user, found)
    adopted = {one.division_id for one in found.adoptions.all()}
    context = {
        "note": found, "today": timezone.localdate(), "pairs": pairs_of(found), "outcomes": outcomes_of(found),
        "may_change": changing, "may_check": may_check(user, found), "may_publish": may_publish(user, found),
        "may_withdraw": may_withdraw(user, found), "may_ask": may_ask(user, found), "may_answer": may_answer(user, found),
        "may_adopt": may_adopt(user, found) and user.scope_id not in adopted,
        "cite_form": CiteForm(citable(user, found)) if changing else None, "ask_form": TextForm(),
        "adopt_form": AdoptForm(), "once": new_client_id(),
    }  # fmt: skip
    return render(request, "exchange/note.html", context | more, status=status)
