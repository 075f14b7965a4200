"""Pages of the duty list: the list, one item, the gate's answer, and how the office keeps it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.matters import actions
from yizhen.matters.duties.changes import changes_between
from yizhen.matters.duties.gate import DUTY_KINDS, OPEN, TO_BE_ADMITTED
from yizhen.matters.duties.queries import (
    ground_for,
    items_visible_to,
    list_in_force,
    lists_visible_to,
    refusals_visible_to,
    tasks_citing,
)
from yizhen.matters.duties.rules import may_ask_admission, may_keep_duties
from yizhen.matters.duties.words import answer_in_words, cited_in_words
from yizhen.matters.duties.workbook import CellError, read_list, write_list
from yizhen.matters.forms_duties import DutyItemForm, DutyListForm
from yizhen.matters.kinds import WORK_LINES
from yizhen.matters.models import DutyItem, DutyList
from yizhen.matters.rules import may_assign
from yizhen.people.models import Account, Unit
from yizhen.places.queries import city_code
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt

from .reader import signed_in


def _edition(user: Account, asked: str) -> DutyList | None:
    """Return the edition that was asked for, or the one in force."""
    if asked.isdecimal() and len(asked) < 10:
        return lists_visible_to(user).filter(pk=int(asked)).first()
    if user.is_admin:
        return None
    return list_in_force(city_code(user.scope_id), timezone.localdate())


@login_required
def duty_list(request: HttpRequest) -> HttpResponse:
    """List the duty items of an edition, by kind."""
    user = signed_in(request)
    chosen = {key: request.GET.get(key, "")[:40] for key in ("edition", "kind", "line", "q")}
    edition = _edition(user, chosen["edition"])
    items = items_visible_to(user).filter(duty_list=edition) if edition else DutyItem.objects.none()
    counts = items.aggregate(**{kind.value: Count("pk", filter=Q(kind=kind.value)) for kind in DUTY_KINDS})
    found = list(_filtered(items, chosen).annotate(task_count=Count("tasks")).order_by("code"))
    context: dict[str, Any] = {
        "edition": edition,
        "editions": lists_visible_to(user),
        "chosen": chosen,
        "filtered": any(chosen[key] for key in ("kind", "line", "q")),
        "groups": [
            (kind.value, name, counts[kind.value], [item for item in found if item.kind == kind])
            for kind, name in DUTY_KINDS.items()
        ],
        "found": len(found),
        "kinds": [(kind.value, name) for kind, name in DUTY_KINDS.items()],
        "lines": WORK_LINES.items(),
        "may_keep": may_keep_duties(user),
        "may_ask": may_ask_admission(user),
        "refusals": refusals_visible_to(user)[:10],
    }
    return render(request, "matters/duties/list.html", context)


def _filtered(items: QuerySet[DutyItem], chosen: dict[str, str]) -> QuerySet[DutyItem]:
    if chosen["kind"]:
        items = items.filter(kind=chosen["kind"])
    if chosen["line"]:
        items = items.filter(work_line=chosen["line"])
    text = chosen["q"].strip()
    if text:
        words = ("code", "name_zh", "name_en", "lead__name_zh", "lead__name_en")
        wanted = Q()
        for name in words:
            wanted |= Q(**{f"{name}__icontains": text})
        items = items.filter(wanted)
    return items


@login_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one item: what it is, what the gate says to the reader, and the tasks that cite it."""
    user = signed_in(request)
    found = get_object_or_404(items_visible_to(user), pk=pk)
    context = {
        "item": found,
        "cited": cited_in_words(found),
        "tasks": tasks_citing(user, found)[:100],
        "refusals": refusals_visible_to(user).filter(item=found)[:20],
        "may_keep": may_keep_duties(user),
        "answer": _answer(user, found) if may_assign(user) else None,
    }
    return render(request, "matters/duties/item.html", context)


def _answer(user: Account, found: DutyItem | None) -> dict[str, Any]:
    ground = ground_for(user, found)
    return {
        "open": ground in OPEN,
        "text": answer_in_words(ground, found),
        "cited": cited_in_words(found) if found else "",
        "may_ask": ground in TO_BE_ADMITTED and may_ask_admission(user),
        "item": found,
    }


@login_required
def gate_answer(request: HttpRequest) -> HttpResponse:
    """Say whether the reader may assign an item today: a fragment that the assign page puts below the field."""
    user = signed_in(request)
    if not may_assign(user):
        raise PermissionDenied(_("只有市、县和部门可以交办任务。"))
    asked = request.GET.get("duty", "")
    found = get_object_or_404(items_visible_to(user), pk=int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    return render(request, "matters/duties/_answer.html", {"answer": _answer(user, found)})


def gate_context(user: Account, found: DutyItem | None, *, asked: bool) -> dict[str, Any]:
    """Return what the assign page shows of the gate for the item chosen so far; nothing is said before it was asked."""
    answer = _answer(user, found)
    return {"answer": answer | {"asks": not asked and found is None and not answer["open"]}}


@login_required
def download(request: HttpRequest) -> HttpResponse:
    """Hand the list out as a workbook that can be imported again."""
    user = signed_in(request)
    edition = get_object_or_404(lists_visible_to(user), pk=_key(_edition(user, request.GET.get("edition", ""))))
    items = items_visible_to(user).filter(duty_list=edition)
    footer = f"{edition.division.name_zh} {edition.edition} {edition.basis} {timezone.localdate().isoformat()}"
    return attachment(write_list(items, footer), f"{edition.division.name_zh}履职事项清单.xlsx")


def _key(edition: DutyList | None) -> int:
    return edition.pk if edition else 0


def _keeper(request: HttpRequest) -> Account:
    user = signed_in(request)
    if not may_keep_duties(user):
        raise PermissionDenied(_("履职事项清单由市级评议办维护。"))
    return user


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """Hand an empty workbook out."""
    _keeper(request)
    return attachment(write_list([]), "yizhen-duties.xlsx")


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook: errors by cell, or a draft that is compared with what is in force."""
    user = _keeper(request)
    form = DutyListForm(request.POST or None, request.FILES or None)
    errors: list[CellError] = []
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        units = {unit.code: unit for unit in Unit.objects.filter(division__code__startswith=user.scope_id)}
        read = read_list(values.pop("file"), units)
        errors = read.errors
        if not errors:
            with ErrorsAt(form):
                made = actions.draft_list(user, read.items, **values)
                return redirect("matters:duty_draft", pk=made.pk)
    drafts = lists_visible_to(user).filter(in_force=False)
    return render(
        request,
        "matters/duties/import.html",
        {"form": form, "errors": errors[:200], "error_count": len(errors), "drafts": drafts},
        status=400 if errors or form.errors else 200,
    )


@login_required
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a draft would change; put it in force or throw it away."""
    user = signed_in(request)
    made = get_object_or_404(lists_visible_to(user).filter(in_force=False), pk=pk)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "discard":
                actions.discard_list(user, made)
                messages.success(request, _("草稿已丢弃，清单没有变化。"))
                return redirect("matters:duties_import")
            if request.POST.get("do") == "force":
                actions.put_in_force(user, made)
                messages.success(request, _("“%(edition)s”已生效。") % {"edition": made.edition})
                return redirect("matters:duties")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    before = list_in_force(made.division_id, made.valid_from)
    old = before.items.select_related("lead") if before else []
    context = {"edition": made, "before": before, "changes": changes_between(old, made.items.select_related("lead"))}
    return render(request, "matters/duties/draft.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Add one item to the edition in force."""
    return _keep(request, None)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one item."""
    return _keep(request, get_object_or_404(items_visible_to(_keeper(request)), pk=pk))


def _keep(request: HttpRequest, found: DutyItem | None) -> HttpResponse:
    user = _keeper(request)
    form = DutyItemForm(user, request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            kept = actions.keep_item(user, found, **form.cleaned_data)
            messages.success(request, _("已保存：%(item)s。") % {"item": kept})
            return redirect("matters:duty", pk=kept.pk)
    return render(
        request, "matters/duties/edit.html", {"form": form, "item": found}, status=400 if form.errors else 200
    )
