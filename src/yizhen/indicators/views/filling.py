"""Pages of filling: what I have to fill, a place's sheet, what waits for approval, what it adds up to."""

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.indicators import actions
from yizhen.indicators.actions import BadWorkbook, EditConflict, Typed
from yizhen.indicators.filling import (
    LADDER,
    FilledSheet,
    approvals_of,
    due_approvals,
    due_fillings,
    history_of,
    numeric_items,
    progress,
    roll_up,
    sheet_of,
    sheets_of,
    steps_below,
    submissions_visible_to,
)
from yizhen.indicators.models import Collection, Submission
from yizhen.indicators.registry import collections_visible_to
from yizhen.indicators.rules import may_approve, may_fill, may_open
from yizhen.indicators.sheets import UnreadableSheet, form_workbook, read_form
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import divisions_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.errors import by_field
from yizhen.web.templatetags.yizhen import figure

from .reader import in_chinese, signed_in

UPLOAD_LIMIT = 10 * 1024 * 1024
MOST_CELLS = 500


@login_required
def filling(request: HttpRequest) -> HttpResponse:
    """List what is to be filled, what waits for approval, and every window that the reader has to do with."""
    user = signed_in(request)
    today = timezone.localdate()
    return render(
        request,
        "indicators/filling.html",
        {
            "due": due_fillings(user, today),
            "approvals": due_approvals(user),
            "collections": collections_visible_to(user)[:60],
            "today": today,
        },
    )


def _collection(user: Account, pk: int) -> Collection:
    return get_object_or_404(collections_visible_to(user), pk=pk)


def _level(user: Account, collection: Collection, wanted: str = "") -> Division:
    """Return the place whose part of a collection is looked at: the wanted one, if it lies in reach; else one's own."""
    own = collection.scope if len(user.scope_id) <= len(collection.scope_id) else user.scope
    if not wanted or wanted == own.code:
        return own
    return get_object_or_404(Division, code=wanted, code__startswith=own.code, level__in=LADDER)


def _submission(user: Account, pk: int, code: str) -> Submission:
    return get_object_or_404(submissions_visible_to(user), collection_id=pk, division_id=code)


@login_required
def collection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one window at one's own level: who is in, what it adds up to, what to approve or return."""
    user = signed_in(request)
    found = _collection(user, pk)
    level = _level(user, found, request.GET.get("place", ""))
    below = steps_below(found, level)
    approvals = approvals_of(found)
    listed = submissions_visible_to(user).filter(collection=found, division__code__startswith=level.code)
    submissions = [] if below else list(listed.order_by("division_id"))
    children = [
        {"division": place, "progress": progress(found, place.code), "approval": approvals.get(place.code), "sums": roll_up(found, place)}
        for place in Division.objects.filter(code__in=below).order_by("code")
    ]  # fmt: skip
    return render(
        request,
        "indicators/collection.html",
        {
            "collection": found,
            "level": level,
            "progress": progress(found, level.code),
            "items": numeric_items(found),
            "sums": roll_up(found, level),
            "children": children,
            "submissions": submissions,
            "approval": approvals.get(level.code),
            "may_approve": level.level != found.form.level and may_approve(user, found, level),
            "may_fill": may_fill(user, found.form, user.scope_id),
            "over": approvals.get(level.parent_id or "") if level.parent_id else None,
            "may_open": may_open(user, found.form),
            "today": timezone.localdate(),
        },
    )


@login_required
def sheet(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Show a place's sheet; posted, save every cell that it holds, and hand it in if asked."""
    user = signed_in(request)
    submission = _submission(user, pk, code)
    made = sheet_of(user, submission, timezone.localdate())
    if request.method != "POST":
        return _sheet_page(request, made)
    typed = _typed(request)
    try:
        actions.write_cells(user, submission, typed)
        if request.POST.get("do") == "hand_in":
            actions.hand_in(user, submission)
    except ValidationError as error:
        keyed = by_field(error)
        return _sheet_page(
            request, sheet_of(user, submission, timezone.localdate()), typed=typed, errors=keyed, status=400
        )
    except EditConflict as conflict:
        errors = {code: [_conflict_words(value.shown)] for code, value in conflict.current.items()}
        now = sheet_of(user, submission, timezone.localdate())
        return _sheet_page(request, now, typed=typed, errors=errors, status=409)
    if request.POST.get("do") == "hand_in":
        messages.success(request, _("已报送，等上级核准。"))
        return redirect("indicators:collection", pk=pk)
    messages.success(request, _("已保存。"))
    return redirect("indicators:sheet", pk=pk, code=code)


def _conflict_words(shown: str) -> str:
    return _("别的窗口已把这一格改为“%(value)s”。您填的还在格里，核对后再保存。") % {"value": shown or "—"}


def _typed(request: HttpRequest) -> dict[str, Typed]:
    typed = {}
    for name in list(request.POST)[: 3 * MOST_CELLS]:
        if name.startswith("cell-"):
            code = name.removeprefix("cell-")
            version = request.POST.get(f"version-{code}", "0")
            typed[code] = Typed(
                request.POST[name], int(version) if version.isdecimal() and len(version) < 9 else 0,
                request.POST.get(f"remark-{code}", ""),
            )  # fmt: skip
    return typed


def _sheet_page(
    request: HttpRequest,
    made: FilledSheet,
    *,
    typed: dict[str, Typed] | None = None,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    collection = made.submission.collection
    known = errors or {}
    codes = {cell.field.code for cell in made.cells}
    return render(
        request,
        "indicators/sheet.html",
        {
            "sheet": made,
            "submission": made.submission,
            "collection": collection,
            "rows": [
                {
                    "cell": cell,
                    "text": typed[cell.field.code].text if typed and cell.field.code in typed else cell.text,
                    "remark": typed[cell.field.code].remark if typed and cell.field.code in typed else "",
                    "errors": known.get(cell.field.code, []),
                }
                for cell in made.cells
            ],
            "errors": [text for code, texts in known.items() if code not in codes for text in texts],
            "may_return": made.submission.state in {"submitted", "approved"}
            and user.scope_id != made.submission.division_id
            and may_approve(user, collection, user.scope),
            "may_extend": may_open(user, collection.form) and made.submission.state in {"open", "returned"},
        },
        status=status,
    )


@require_POST
@login_required
def cell(request: HttpRequest, pk: int, code: str) -> JsonResponse:
    """Save one cell as it is left; answers what stands there now, so that nothing typed is lost unnoticed."""
    user = signed_in(request)
    submission = _submission(user, pk, code)
    try:
        body = json.loads(request.body[:20_000])
        field, typed = str(body["field"]), Typed(str(body["text"])[:400], int(body["version"]))
        (field + typed.text).encode()
    except (ValueError, KeyError, TypeError, OverflowError, RawPostDataException):
        return JsonResponse({"error": _("看不懂这次请求。")}, status=400)
    if "\0" in field + typed.text:
        return JsonResponse({"error": _("看不懂这次请求。")}, status=400)
    try:
        (value,) = actions.write_cells(user, submission, {field: typed})
    except PermissionDenied as error:
        return JsonResponse({"error": str(error)}, status=403)
    except EditConflict as conflict:
        (now,) = conflict.current.values()
        return JsonResponse({"error": _conflict_words(now.shown), "version": now.version}, status=409)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    fresh = sheet_of(user, submission, timezone.localdate())
    found = {one.field.code: [f.message for f in one.findings] for one in fresh.cells if one.item.asks}
    return JsonResponse(
        {"text": value.shown, "version": value.version, "findings": found, "filled": fresh.filled, "asked": fresh.asked}
    )


@login_required
def history(request: HttpRequest, pk: int, code: str, field: str) -> HttpResponse:
    """Show what stood in a cell before, and what was said of it."""
    user = signed_in(request)
    submission = _submission(user, pk, code)
    item = get_object_or_404(submission.collection.form.items.select_related("field"), field_id=field)
    return render(
        request,
        "indicators/cell.html",
        {"submission": submission, "collection": submission.collection, "field": item.field, "changes": history_of(user, submission, field)},
    )  # fmt: skip


@require_POST
@login_required
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve one's own level."""
    user = signed_in(request)
    found = _collection(user, pk)
    level = _level(user, found)
    try:
        actions.approve(user, found, level, request.POST.get("missing_reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已核准。下面的格子已锁定；要改，先退回。"))
    return redirect("indicators:collection", pk=pk)


@require_POST
@login_required
def give_back(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Return a place's form with a reason."""
    user = signed_in(request)
    try:
        actions.give_back(user, _submission(user, pk, code), request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已退回。"))
    return redirect("indicators:sheet", pk=pk, code=code)


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


@require_POST
@login_required
def extend(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Let one place fill after the window has closed."""
    user = signed_in(request)
    submission = _submission(user, pk, code)
    # No day at all is one that is past: the action says what it should be, and who may set it.
    until = _day(request.POST.get("until", "")) or date.min
    try:
        actions.extend_window(user, submission, until, request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已延期。"))
    return redirect("indicators:sheet", pk=pk, code=code)


@login_required
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the form out for filling offline: the reader's own places, what is known filled in and locked."""
    user = signed_in(request)
    found = _collection(user, pk)
    submissions = list(submissions_visible_to(user).filter(collection=found))
    sheets = sheets_of(user, found, submissions, timezone.localdate())
    content = form_workbook(found, sheets, chinese=in_chinese())
    return attachment(content, f"yizhen-{found.form.code}-{found.period}.xlsx")


@require_POST
@login_required
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a filled workbook; every wrong cell is named by its address, and then nothing is written."""
    user = signed_in(request)
    found = _collection(user, pk)
    file = request.FILES.get("file")
    errors: list[tuple[str, str]] = []
    if file is None:
        errors = [("", _("请选择文件。"))]
    elif file.size is None or file.size > UPLOAD_LIMIT:
        errors = [("", _("文件超过 10 MB,请分成几个文件。"))]
    else:
        try:
            changed = actions.write_workbook_cells(user, found, read_form(file.read()))
        except UnreadableSheet as error:
            errors = [("", str(error))]
        except BadWorkbook as bad:
            errors = bad.errors
        else:
            messages.success(
                request,
                _("已读入，%(n)s 格有变化。") % {"n": figure(changed)}
                if changed
                else _("已读入，和现有的一样，没有变化。"),
            )
            return redirect("indicators:collection", pk=pk)
    context: dict[str, Any] = {"collection": found, "errors": errors[:200], "more": max(len(errors) - 200, 0)}
    return render(request, "indicators/upload_errors.html", context, status=400)


@login_required
def rolled_up(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Show where a sum comes from: each field of a place with its parts."""
    user = signed_in(request)
    found = _collection(user, pk)
    place = get_object_or_404(divisions_visible_to(user), code=code)
    if not place.code.startswith(found.scope_id) or not (user.covers(place.code) or may_open(user, found.form)):
        raise PermissionDenied(_("不在您的范围内。"))
    sums = roll_up(found, place)
    names = {one.code: one for one in Division.objects.filter(code__startswith=place.code, level=found.form.level)}
    rows = [
        {"item": item, "sum": sums[str(item.field_id)], "parts": [(names[c], n) for c, n in sorted(sums[str(item.field_id)].parts.items())]}
        for item in numeric_items(found)
    ]  # fmt: skip
    return render(request, "indicators/rolled_up.html", {"collection": found, "place": place, "rows": rows})
