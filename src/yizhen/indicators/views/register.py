"""Pages of the register of forms: applied for, decided, refused, and what they cost."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.official import write_official
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators import actions
from yizhen.indicators.burden import Load, Meter, burden
from yizhen.indicators.forms import ApplicationForm, CollectionForm, DecisionForm, RefusalForm
from yizhen.indicators.gate import pass_gate
from yizhen.indicators.known import Known, known_values
from yizhen.indicators.models import DataField, RegisteredForm
from yizhen.indicators.periods import containing
from yizhen.indicators.refusing import GROUNDS, reply
from yizhen.indicators.registry import collections_visible_to, forms_visible_to, refusals_visible_to
from yizhen.indicators.rules import may_apply, may_decide, may_open, may_refuse_forms, may_withdraw
from yizhen.places.queries import divisions_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt
from yizhen.web.templatetags.yizhen import label, unit

from .reader import signed_in


@login_required
def forms(request: HttpRequest) -> HttpResponse:
    """List the register: what may be asked, what waits, what was refused."""
    user = signed_in(request)
    today = timezone.localdate()
    listed = list(forms_visible_to(user))
    return render(
        request,
        "indicators/forms.html",
        {
            "live": [form for form in listed if form.is_live(today)],
            "waiting": [form for form in listed if form.state == "applied"],
            "ended": [form for form in listed if form.state != "applied" and not form.is_live(today)],
            "refusals": refusals_visible_to(user)[:20],
            "may_apply": may_apply(user),
            "may_refuse": may_refuse_forms(user),
        },
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Apply for a form."""
    user = signed_in(request)
    if not may_apply(user):
        raise PermissionDenied(_("由市直部门或市级评议办申请报表。"))
    form = ApplicationForm(request.POST or None, department=user.unit)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with ErrorsAt(form):
            made = actions.apply_for_form(user, values.pop("lines"), **values)
            messages.success(request, _("已申请。下面是关口核对的结果。"))
            return redirect("indicators:form", code=made.code)
    return render(request, "indicators/form_new.html", {"form": form}, status=400 if form.errors else 200)


def _form_page(
    request: HttpRequest,
    found: RegisteredForm,
    *,
    decision: DecisionForm | None = None,
    window: CollectionForm | None = None,
    rules: str | None = None,
    wrong_rules: list[str] | None = None,
) -> HttpResponse:
    user = signed_in(request)
    today = timezone.localdate()
    waiting = found.state == "applied"
    gate = pass_gate(found, today) if waiting else None
    opens = may_open(user, found) and found.is_live(today)
    wrong = wrong_rules or any(form is not None and form.errors for form in (decision, window))
    return render(
        request,
        "indicators/form.html",
        {
            "form": found,
            "gate": gate,
            "items": found.items.select_related("field__owner"),
            "rules": found.rules.all(),
            "typed_rules": rules,
            "wrong_rules": wrong_rules,
            "collections": collections_visible_to(user).filter(form=found),
            "may_decide": waiting and may_decide(user, found),
            "may_change": may_withdraw(user, found),
            "may_open": opens,
            "decision": decision or DecisionForm(initial={"decision": gate.advice if gate else ""}),
            "window": window
            or CollectionForm(initial={"period": containing(today, found.frequency), "opens_on": today}),
            "live": found.is_live(today),
        },
        status=400 if wrong else 200,
    )


@login_required
def form(request: HttpRequest, code: str) -> HttpResponse:
    """Show a form: what the gate found, what was decided, its rules, its windows."""
    return _form_page(request, get_object_or_404(forms_visible_to(signed_in(request)), code=code))


@require_POST
@login_required
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Decide on an application."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    decision = DecisionForm(request.POST)
    if decision.is_valid():
        with ErrorsAt(decision):
            actions.decide_form(user, found, **decision.cleaned_data)
            messages.success(request, _("已审定。"))
            return redirect("indicators:form", code=code)
    return _form_page(request, found, decision=decision)


@require_POST
@login_required
def take(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Say of one line that it is a field that exists, or what is different."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    item = get_object_or_404(found.items, pk=pk)
    field = DataField.objects.filter(pk=request.POST.get("field", "")).first()
    try:
        actions.take_field(user, item, field, request.POST.get("difference", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("indicators:form", code=code)


@require_POST
@login_required
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Take lines out of an application."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    positions = [int(one) for one in request.POST.getlist("line") if one.isdecimal() and len(one) < 5]
    try:
        number = actions.drop_lines(user, found, positions)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("删去了 %(n)s 项。") % {"n": number})
    return redirect("indicators:form", code=code)


@require_POST
@login_required
def set_rules(request: HttpRequest, code: str) -> HttpResponse:
    """Replace the validation rules."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    text = request.POST.get("rules", "")[:5000]
    try:
        actions.set_rules(user, found, [line for line in text.splitlines() if line.strip()])
    except ValidationError as error:
        return _form_page(request, found, rules=text, wrong_rules=error.messages)
    messages.success(request, _("校验规则已保存。"))
    return redirect("indicators:form", code=code)


@require_POST
@login_required
def open_window(request: HttpRequest, code: str) -> HttpResponse:
    """Open a form for filling."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    window = CollectionForm(request.POST)
    if window.is_valid():
        with ErrorsAt(window):
            made = actions.open_collection(user, found, **window.cleaned_data)
            messages.success(request, _("已下发，各地可以填报。"))
            return redirect("indicators:collection", pk=made.pk)
    return _form_page(request, found, window=window)


@require_POST
@login_required
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take a form out of the register."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    try:
        actions.withdraw_form(user, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已停用，不再填报。"))
    return redirect("indicators:form", code=code)


@login_required
def known_table(request: HttpRequest, code: str) -> HttpResponse:
    """Hand a form out as a table made of what is known: nobody has to fill it."""
    user = signed_in(request)
    found = get_object_or_404(forms_visible_to(user), code=code)
    items = [item for item in found.items.select_related("field__owner", "field__indicator") if item.field is not None]
    fields = [item.field for item in items if item.field is not None and item.field.readers == "all"]
    places = list(divisions_visible_to(user).filter(level=found.level, code__startswith=user.scope_id))
    known = known_values(fields, [place.code for place in places], containing(timezone.localdate(), found.frequency))
    head = [
        _("区划代码"),
        _("地方"),
        *(f"{label(one)} ({unit(one.unit)})" if one.unit else label(one) for one in fields),
    ]
    rows = []
    for place in places:
        cells = [known.get((one.code, place.code)) for one in fields]
        rows.append([place.code, label(place), *(_cell(one) for one in cells)])
    sources = sorted({one.source for one in known.values()})
    footer = f"{found.code} {label(found)} · {timezone.localdate().isoformat()} · {'、'.join(sources)}"
    return attachment(write_workbook([Sheet(found.code, [head, *rows], footer)]), f"yizhen-{found.code}.xlsx")


def _cell(known: Known | None) -> Decimal | str:
    if known is None:
        return ""
    return known.text if known.number is None else known.number


@login_required
def refuse(request: HttpRequest) -> HttpResponse:
    """Refuse a form that is not in the register: the reply is written here."""
    user = signed_in(request)
    if not may_refuse_forms(user):
        raise PermissionDenied(_("由要填表的乡镇、村或县拒绝。"))
    form = RefusalForm(request.POST or None, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            made = actions.refuse_form(user, **form.cleaned_data)
            return redirect("indicators:refusal", number=made.number)
    return render(request, "indicators/refuse.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def refusal(request: HttpRequest, number: str) -> HttpResponse:
    """Show a reply."""
    found = get_object_or_404(refusals_visible_to(signed_in(request)), number=number)
    return render(
        request,
        "indicators/refusal.html",
        {"refusal": found, "grounds": [GROUNDS[one] for one in found.grounds], "paragraphs": found.text.split("\n")},
    )


@login_required
def refusal_document(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the reply out as .docx in the layout of GB/T 9704."""
    found = get_object_or_404(refusals_visible_to(signed_in(request)), number=number)
    return attachment(write_official(reply(found)), f"{found.number}.docx")


def _meter(request: HttpRequest) -> Meter:
    user = signed_in(request)
    if user.is_admin or user.is_for_ballots or user.role == "grid_worker":
        raise PermissionDenied(_("这一页供填表和发表的单位使用。"))
    return burden(user, timezone.localdate())


@login_required
def burden_table(request: HttpRequest) -> HttpResponse:
    """Hand the burden meter out as a workbook: who asks, who fills, and the months, a sheet each."""
    meter = _meter(request)
    counts = [_("报表"), _("份数"), _("格数"), _("小时"), _("省下的小时")]
    footer = f"{label(signed_in(request).scope)} · {timezone.localdate().isoformat()}"

    def loads(title: str, head: str, found: Mapping[Any, Load]) -> Sheet:
        rows = [
            [who.code, label(who), load.forms, load.fillings, load.cells, round(load.hours, 1), round(load.spared_hours, 1)]
            for who, load in sorted(found.items(), key=lambda pair: pair[0].code)
        ]  # fmt: skip
        return Sheet(title, [[_("代码"), head, *counts], *rows], footer)

    months = [[month, fillings, round(minutes / 60, 1)] for month, fillings, minutes in meter.months]
    sheets = [
        loads(_("谁在要（部门）"), _("部门"), meter.by_department),
        loads(_("谁在填（乡镇、街道）"), _("地方"), meter.by_township),
        Sheet(_("近十二个月下发的填报"), [[_("月份"), _("份数"), _("小时")], *months], footer),
    ]
    return attachment(write_workbook(sheets), f"yizhen-burden-{signed_in(request).scope_id}.xlsx")


@login_required
def burden_meter(request: HttpRequest) -> HttpResponse:
    """Show what forms cost, by department and township, and over time."""
    meter = _meter(request)
    most = max((load.minutes for load in [*meter.by_department.values(), *meter.by_township.values()]), default=0)
    peak = max((minutes for _month, _fillings, minutes in meter.months), default=0)
    return render(
        request,
        "indicators/burden.html",
        {
            "meter": meter,
            "departments": sorted(meter.by_department.items(), key=lambda pair: pair[0].code),
            "townships": sorted(meter.by_township.items(), key=lambda pair: pair[0].code),
            "most": most or 1,
            "peak": peak or 1,
            "today": timezone.localdate(),
        },
    )
