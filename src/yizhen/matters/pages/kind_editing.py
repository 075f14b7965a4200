"""Pages on which the city's office makes a kind: copy, edit, prove by a table of cases, put in force."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.actions import kinds as actions
from yizhen.matters.kind_forms import CopyForm, KindDesk
from yizhen.matters.kind_rules import may_configure, may_put_in_force
from yizhen.matters.kind_table import UnreadableCases, cases_workbook, checked_case, read_cases
from yizhen.matters.kinds.cases import FEWEST, Case, run_cases
from yizhen.matters.kinds.registry import all_kinds
from yizhen.matters.lifecycle import STATE_NAMES, VERB_NAMES
from yizhen.matters.models import OwnKind
from yizhen.people.models import Account
from yizhen.web.downloads import attachment

from .lifecycle import reader

EMPTY_CASES = 2
LARGEST = 2 * 1024 * 1024


def _office(request: HttpRequest) -> Account:
    user = reader(request)
    if not may_configure(user):
        raise PermissionDenied(_("事项种类由市级评议办设置。"))
    return user


def _draft(code: str) -> OwnKind:
    drafts = OwnKind.objects.select_related("by").prefetch_related("cases")
    return get_object_or_404(drafts, code=code, state="draft")


def _tell(request: HttpRequest, error: ValidationError) -> None:
    for text in error.messages:
        messages.error(request, text)


@require_POST
@login_required
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Copy a kind into a draft, and open it."""
    user = _office(request)
    known = all_kinds()
    if code not in known:
        return HttpResponse(status=404)
    form = CopyForm(request.POST)
    if form.is_valid():
        try:
            own = actions.copy_kind(user, known[code], **form.cleaned_data)
        except ValidationError as error:
            _tell(request, error)
        else:
            messages.success(request, _("已建草稿。现在生效的种类不变。"))
            return redirect("matters:kind_draft", code=own.code)
    else:
        for texts in form.errors.values():
            messages.error(request, str(texts[0]))
    return redirect("matters:kind", code=code)


@login_required
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Edit a draft."""
    user, own = _office(request), _draft(code)
    desk = KindDesk(own.spec, request.POST if request.method == "POST" else None)
    if request.method == "POST" and desk.is_valid():
        try:
            actions.edit_kind(user, own, desk.result)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                desk.tell(error.message_dict)
            else:
                desk.other += error.messages
        else:
            messages.success(request, _("已保存草稿。请运行用例。"))
            return redirect("matters:kind_cases", code=code)
    status = 400 if desk.has_errors else 200
    return render(request, "matters/kind_draft.html", {"own": own, "desk": desk}, status=status)


@login_required
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """Show the table of cases with what comes out of each, and change it."""
    user, own = _office(request), _draft(code)
    rows, wrong = _rows(actions.cases_of(own)), False
    if request.method == "POST":
        rows, typed, wrong = _typed(request)
        if not wrong:
            try:
                actions.set_cases(user, own, typed)
            except ValidationError as error:
                _tell(request, error)
            else:
                messages.success(request, _("已保存 %(n)d 个用例，结果见下表。") % {"n": len(typed)})
                return redirect("matters:kind_cases", code=code)
    return _cases_page(request, own, rows, 400 if wrong else 200)


def _rows(kept: list[Case]) -> list[dict[str, Any]]:
    rows = [
        {"steps": one.steps, "state": one.state, "due": one.due_on.isoformat() if one.due_on else ""} for one in kept
    ]
    return [*rows, *({"steps": "", "state": "", "due": ""} for _unused in range(EMPTY_CASES))]


def _typed(request: HttpRequest) -> tuple[list[dict[str, Any]], list[Case], bool]:
    """Return the rows as they were typed with their errors, the cases, and whether something is wrong."""
    post = request.POST
    columns = zip(post.getlist("steps"), post.getlist("state"), post.getlist("due"), strict=False)
    rows, kept, wrong = [], [], False
    for steps, state, due in list(columns)[: actions.MOST_CASES + EMPTY_CASES]:
        row: dict[str, Any] = {"steps": steps, "state": state, "due": due}
        if steps.strip():
            case, errors = checked_case(steps, state, due)
            row["errors"] = list(errors.values())
            wrong = wrong or bool(errors)
            kept.append(case)
        rows.append(row)
    return rows, kept, wrong


def _cases_page(
    request: HttpRequest, own: OwnKind, rows: list[dict[str, Any]], status: int = 200, cell_errors: Any = None
) -> HttpResponse:
    user = reader(request)
    outcomes = run_cases(own.kind, actions.cases_of(own))
    for row, outcome in zip(rows, outcomes, strict=False):
        if row["steps"] == outcome.case.steps:
            row["outcome"] = outcome
    passed = sum(outcome.passed for outcome in outcomes)
    context = {
        "own": own,
        "kind": own.kind,
        "rows": rows,
        "count": len(outcomes),
        "passed": passed,
        "fewest": FEWEST,
        "ready": len(outcomes) >= FEWEST and passed == len(outcomes),
        "is_second": may_put_in_force(user, own),
        "alone": Account.objects.filter(role="city_office", is_active=True).count() < 2,
        "states": [(state.value, name) for state, name in STATE_NAMES.items()],
        "verbs": [(verb.value, name) for verb, name in VERB_NAMES.items()],
        "cell_errors": (cell_errors or {}).items(),
    }
    return render(request, "matters/kind_cases.html", context, status=status)


@require_POST
@login_required
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Take a workbook of cases in place of those that stand; wrong cells are named and nothing is taken then."""
    user, own = _office(request), _draft(code)
    file = request.FILES.get("file")
    errors: dict[str, str] = {}
    if file is None or (file.size or 0) > LARGEST:
        errors[""] = _("请选择一个不超过 2 MB 的文件。")
    else:
        try:
            checked = read_cases(file.read(), file.name or "")
            errors = checked.errors
            if not errors:
                actions.set_cases(user, own, checked.cases)
        except (UnreadableCases, ValidationError) as error:
            errors[""] = error.messages[0] if isinstance(error, ValidationError) else str(error)
    if errors:
        return _cases_page(request, own, _rows(actions.cases_of(own)), 400, errors)
    messages.success(request, _("已换成文件里的 %(n)d 个用例，结果见下表。") % {"n": len(checked.cases)})
    return redirect("matters:kind_cases", code=code)


@login_required
def table_file(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the cases of a draft as a workbook that can be uploaded again."""
    _office(request)
    own = _draft(code)
    return attachment(cases_workbook(actions.cases_of(own), str(own)), f"cases-{code}.xlsx")


@require_POST
@login_required
def put_in_force(request: HttpRequest, code: str) -> HttpResponse:
    """Put a draft in force."""
    user, own = _office(request), _draft(code)
    try:
        actions.put_in_force(user, own)
    except ValidationError as error:
        _tell(request, error)
        return redirect("matters:kind_cases", code=code)
    messages.success(request, _("已启用。正在办的事项仍按登记时的规则。"))
    return redirect("matters:kind", code=code)


@require_POST
@login_required
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Give a draft up."""
    user, own = _office(request), _draft(code)
    try:
        actions.drop_draft(user, own)
    except ValidationError as error:
        _tell(request, error)
    else:
        messages.success(request, _("草稿已放弃。"))
    return redirect("matters:kinds")
