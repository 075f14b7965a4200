"""Pages of assessment schemes: the list, a scheme with its items and result, its weights, a township's tree."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators.actions import schemes as actions
from yizhen.indicators.forms import EntryForm, ItemForm, SchemeForm
from yizhen.indicators.indices import words
from yizhen.indicators.indices.model import build
from yizhen.indicators.indices.reading import versions_visible_to
from yizhen.indicators.indices.trees import tree_of
from yizhen.indicators.models import AssessmentScheme, SchemeEntry
from yizhen.indicators.rules import may_design, may_import
from yizhen.indicators.schemes.assessing import parts_of_index
from yizhen.indicators.schemes.reading import entries_of, result_of, schemes_visible_to
from yizhen.people.models import Account
from yizhen.places.models import Category
from yizhen.places.queries import townships_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.templatetags.yizhen import label

from .reader import signed_in


@login_required
def scheme_list(request: HttpRequest) -> HttpResponse:
    """List the schemes; the office starts another on a frozen index."""
    user = signed_in(request)
    designing = may_design(user, user.scope_id)
    form = SchemeForm(versions_visible_to(user).filter(state="frozen"), request.POST or None)
    if request.method == "POST":
        if not designing:
            raise PermissionDenied(_("只有市级评议办可以制定考核方案。"))
        if form.is_valid():
            with ErrorsAt(form):
                made = actions.make_scheme(user, **form.cleaned_data)
                return redirect("indicators:scheme", code=made.pk)
    return render(
        request,
        "indicators/schemes/list.html",
        {"schemes": schemes_visible_to(user), "form": form, "designing": designing},
        status=400 if form.errors else 200,
    )


def _scheme(user: Account, code: str) -> AssessmentScheme:
    return get_object_or_404(schemes_visible_to(user), pk=code)


@login_required
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """Show a scheme: weights by category, items, entries, and each category's townships with their intervals."""
    user = signed_in(request)
    return _page(request, user, _scheme(user, code))


def _page(request: HttpRequest, user: Account, found: AssessmentScheme, **forms: Any) -> HttpResponse:
    names = words.Names(found.index.spec, found.index.data or {})
    result = result_of(found)
    items = {item.pk: item for item in found.items.select_related("approver")}
    works = may_import(user) and not found.is_frozen
    townships = townships_visible_to(user).filter(code__startswith=found.division_id, retired_on__isnull=True)
    bad = any(form.errors for form in forms.values())
    return render(
        request,
        "indicators/schemes/scheme.html",
        {
            "scheme": found, "names": names, "items": list(items.values()), "today": timezone.localdate(),
            "parts": parts_of_index(found.index), "weights": _weights(found), "groups": _groups(result, names, items),
            "entries": entries_of(user, found), "result": result, "designing": may_design(user, found.division_id),
            "left_out": names.listed(result["left_out"]),
            "item_form": forms.get("item_form") or ItemForm(),
            "entry_form": forms.get("entry_form") or EntryForm(found.items.all(), townships), "works": works,
        },
        status=400 if bad else 200,
    )  # fmt: skip


def _weights(found: AssessmentScheme) -> list[dict[str, Any]]:
    """Return one row a category with its weights by part."""
    rows: dict[str, dict[str, Any]] = {}
    for one in found.weights.select_related("category"):
        row = rows.setdefault(one.category_id, {"category": one.category, "of": {}})
        row["of"][one.part] = one.weight
    for row in rows.values():
        row["total"] = sum(row["of"].values())
    return list(rows.values())


def _groups(result: dict[str, Any], names: words.Names, items: dict[int, Any]) -> list[dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for row in result["places"]:
        group = made.setdefault(
            row["category"], {"name": names.categories.get(row["category"], _("未分类")), "rows": []}
        )
        group["rows"].append({
            **row, "name": names.place(row["place"]), "veto_names": [label(items[pk]) for pk in row["vetoes"] if pk in items],
        })  # fmt: skip
    return list(made.values())


@login_required
def scheme_weights(request: HttpRequest, code: str) -> HttpResponse:
    """Set the weights of each category; what does not sum to 100 is marked at its row."""
    user = signed_in(request)
    found = _scheme(user, code)
    if not may_design(user, found.division_id):
        raise PermissionDenied(_("只有市级评议办可以制定考核方案。"))
    parts = parts_of_index(found.index)
    texts = {(row["category"].pk, part): str(weight) for row in _weights(found) for part, weight in row["of"].items()}
    errors: dict[str, list[str]] = {}
    categories = Category.objects.filter(pk__in={place["category"] for place in (found.index.data or {})["places"]})
    if request.method == "POST":
        texts = {
            (category.pk, part["code"]): request.POST.get(f"w_{category.pk}_{part['code']}", "").strip()
            for category in categories
            for part in parts
        }
        errors = _weigh(user, found, texts)
        if not errors:
            messages.success(request, _("权重已保存。"))
            return redirect("indicators:scheme", code=code)
    rows = [
        {
            "category": category, "errors": errors.get(category.pk, []),
            "cells": [{"part": part, "text": texts.get((category.pk, part["code"]), "")} for part in parts],
        }
        for category in categories
    ]  # fmt: skip
    context = {"scheme": found, "rows": rows, "parts": parts, "errors": errors.get("", [])}
    return render(request, "indicators/schemes/weights.html", context, status=400 if errors else 200)


def _weigh(user: Account, found: AssessmentScheme, texts: dict[tuple[str, str], str]) -> dict[str, list[str]]:
    weights: dict[str, dict[str, int]] = {}
    errors: dict[str, list[str]] = {}
    for (category, part), text in texts.items():
        if text.isdecimal() and len(text) < 4:
            weights.setdefault(category, {})[part] = int(text)
        else:
            errors[category] = [_("权重是 0 到 100 的整数。")]
    if errors:
        return errors
    try:
        actions.weigh(user, found, weights)
    except ValidationError as error:
        return by_field(error)
    return {}


@require_POST
@login_required
def scheme_item(request: HttpRequest, code: str) -> HttpResponse:
    """Add a bonus, a deduction or a veto."""
    user = signed_in(request)
    found = _scheme(user, code)
    form = ItemForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.add_item(user, found, **form.cleaned_data)
            messages.success(request, _("已加入方案。"))
            return redirect("indicators:scheme", code=code)
    return _page(request, user, found, item_form=form)


@require_POST
@login_required
def scheme_entry(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an item for or against a township."""
    user = signed_in(request)
    found = _scheme(user, code)
    townships = townships_visible_to(user).filter(code__startswith=found.division_id, retired_on__isnull=True)
    form = EntryForm(found.items.all(), townships, request.POST)
    if form.is_valid():
        fields = form.cleaned_data
        with ErrorsAt(form):
            actions.enter_item(user, **{**fields, "points": fields["points"] or 0})
            messages.success(request, _("已登记，等另一个人审批。"))
            return redirect("indicators:scheme", code=code)
    return _page(request, user, found, entry_form=form)


@require_POST
@login_required
def scheme_decide(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """Approve or refuse an entry."""
    user = signed_in(request)
    found = _scheme(user, code)
    held = get_object_or_404(
        SchemeEntry.objects.select_related("item__approver", "item__scheme"), pk=entry, item__scheme=found
    )
    try:
        actions.decide_entry(
            user, held, approved=request.POST.get("verdict") == "approve", note=request.POST.get("note", "")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已审批。"))
    return redirect("indicators:scheme", code=code)


@require_POST
@login_required
def scheme_freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Freeze a scheme with its result."""
    user = signed_in(request)
    try:
        actions.freeze_scheme(user, _scheme(user, code), request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已定稿。权重、条目和结果从此不变。"))
    return redirect("indicators:scheme", code=code)


@login_required
def scheme_place(request: HttpRequest, code: str, division: str) -> HttpResponse:
    """Answer "where from?" for one township: weights of its category, adjustments, vetoes, down to the figures."""
    user = signed_in(request)
    found = _scheme(user, code)
    result = result_of(found)
    row = next((one for one in result["places"] if one["place"] == division), None)
    model = build(found.index.spec, found.index.data or {})
    if row is None or model is None:
        raise Http404
    data = found.index.data or {}
    names = words.Names(found.index.spec, data)
    figures = {one["indicator"]: one for one in data["figures"] if one["place"] == division}
    present = sum(row["weights"][part] for part, score in row["parts"].items() if score is not None)
    parts = []
    for child in tree_of(model, division).children:
        if child.code in row["weights"]:
            child.share = None if child.score is None else row["weights"][child.code] / present
            parts.append([{
                "node": node, "name": names[node.code], "figure": figures.get(node.code),
                "method": words.MEAN_NAMES[node.method] if node.method else "",
            } for node in child.walk()])  # fmt: skip
    items = {item.pk: item for item in found.items.select_related("approver")}
    lines = [{**line, "of": items[line["item"]]} for line in row["lines"]]
    own = [one for one in entries_of(user, found) if one.division_id == division]
    return render(
        request,
        "indicators/schemes/place.html",
        {
            "scheme": found, "row": row, "place": {"code": division, "name": names.place(division)},
            "parts": parts, "lines": lines, "vetoes": [items[pk] for pk in row["vetoes"]], "result": result,
            "entries": own, "category": names.categories.get(row["category"], ""),
            "mean": words.MEAN_NAMES[model.index.rules.methods[-1]],
        },
    )  # fmt: skip


@login_required
def scheme_table(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the result as a workbook, category by category."""
    user = signed_in(request)
    found = _scheme(user, code)
    names = words.Names(found.index.spec, found.index.data or {})
    items = {item.pk: item for item in found.items.all()}
    parts = parts_of_index(found.index)
    head = [
        _("分类"), _("区划代码"), _("地方"), *(label(part) for part in parts), _("基础分"), _("加分"), _("扣分"), _("得分"),
        _("十次有九次从"), _("十次有九次到"), _("同类名次范围从"), _("同类名次范围到"), _("一票否决"), _("否决之后"),
    ]  # fmt: skip
    rows = [
        [
            group["name"], row["place"], row["name"], *(row["parts"].get(part["code"]) for part in parts), row["base"],
            row["bonus"], row["deduction"], row["score"], row["from"], row["to"], row["low"], row["high"],
            _("、").join(row["veto_names"]), row["after"] if row["ranked"] else _("不参加比较"),
        ]
        for group in _groups(result_of(found), names, items) for row in group["rows"]
    ]  # fmt: skip
    footer = f"{label(found)} · {found.sha256[:12]}"
    return attachment(write_workbook([Sheet(_("各地"), [head, *rows], footer)]), f"yizhen-{found.pk}.xlsx")
