"""Pages of composite indices: the list, the designer, a version with its firmness, a place's tree, what was changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.indicators import designer
from yizhen.indicators.actions import indices as actions
from yizhen.indicators.forms import IndexForm
from yizhen.indicators.indices import words
from yizhen.indicators.indices.differences import differences
from yizhen.indicators.indices.model import build
from yizhen.indicators.indices.reading import figures_of, indices_visible_to, shown, versions_visible_to
from yizhen.indicators.indices.showing import choices_of, groups_of, named, parts_of, sensitivity_of, source_of
from yizhen.indicators.indices.spec import depth, used_groups
from yizhen.indicators.indices.timing import end_of, last_ended
from yizhen.indicators.indices.trees import tree_of
from yizhen.indicators.models import IndexVersion, Indicator, Observation
from yizhen.indicators.queries import indicators_visible_to
from yizhen.indicators.rules import may_design
from yizhen.people.models import Account
from yizhen.places.models import Category
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.templatetags.yizhen import label

from .reader import signed_in

FEW_RUNS, MANY_RUNS = 1000, 10_000


@login_required
def index_list(request: HttpRequest) -> HttpResponse:
    """List the indices of the city; the office starts another here."""
    user = signed_in(request)
    designing = may_design(user, user.scope_id)
    form = IndexForm(request.POST or None)
    if request.method == "POST":
        if not designing:
            raise PermissionDenied(_("只有市级评议办可以设计指数。"))
        if form.is_valid():
            with ErrorsAt(form):
                period = last_ended("quarterly", timezone.localdate())
                made = actions.design_index(user, **form.cleaned_data, division=user.scope, period=period)
                return redirect("indicators:index_edit", code=made.design_id, number=made.number)
    designs = indices_visible_to(user).prefetch_related("versions") if not user.is_admin else []
    rows = [
        {"design": design, "versions": [one for one in design.versions.all() if designing or one.is_frozen]}
        for design in designs
    ]
    return render(
        request,
        "indicators/indices/list.html",
        {"rows": rows, "form": form, "designing": designing},
        status=400 if form.errors else 200,
    )


def version_or_404(user: Account, code: str, number: int, *, whole: bool = False) -> IndexVersion:
    """Return a version that the user may open; ``whole`` with its stored figures and result."""
    versions = versions_visible_to(user)
    return get_object_or_404(versions.defer(None) if whole else versions, design=code, number=number)


@login_required
def index_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a version: places in the order of peer groups with their rank intervals, and everything to be careful of."""
    user = signed_in(request)
    version = version_or_404(user, code, number, whole=True)
    runs = MANY_RUNS if request.GET.get("runs") == str(MANY_RUNS) else FEW_RUNS
    it = shown(version, runs)
    names = words.Names(version.spec, it.data)
    return render(
        request,
        "indicators/indices/version.html",
        {
            "version": version, "it": it, "names": names, "designing": may_design(user, version.design.division_id),
            "versions": versions_visible_to(user).filter(design=code), "groups": groups_of(it, names),
            "parts": [{"code": part, "name": names[part]} for part in parts_of(it)],
            "cautions": [] if it.result["problem"] else list(words.cautions(version.spec, it.data, it.result, names)),
            "choices": choices_of(it, names), "sensitivity": sensitivity_of(it), "weights": named(it, "weights", names),
            "diagnostics": named(it, "diagnostics", names), "many": MANY_RUNS,
            "revised": [{**row, "name": names[row["indicator"]], "where": names.place(row["place"])} for row in it.revised],
            "facts": _facts(version), "source": source_of(it),
        },
    )  # fmt: skip


def _facts(version: IndexVersion) -> dict[str, Any]:
    spec = version.spec
    category = Category.objects.filter(code=spec["category"]).first() if spec["category"] else None
    top = str(depth(spec))
    return {
        "category": category, "normalisation": words.NORMALISATION_NAMES[spec["normalisation"]],
        "imputation": words.IMPUTATION_NAMES[spec["imputation"]], "treatment": words.treatment_name(spec["treatment"]),
        "inside": words.MEAN_NAMES[spec["means"].get("2", "arithmetic")],
        "across": words.MEAN_NAMES[spec["means"].get(top, "arithmetic")] if top != "2" else None,
        "floor": spec["floor"], "least": 100 * spec["least"], "pillars": len(used_groups(spec)),
    }  # fmt: skip


@login_required
def index_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Design a draft: a form of pillars, indicators and choices; what is wrong stands at its field, nothing is lost."""
    user = signed_in(request)
    version = version_or_404(user, code, number)
    if not may_design(user, version.design.division_id):
        raise PermissionDenied(_("只有市级评议办可以设计指数。"))
    if version.is_frozen:
        return redirect("indicators:index_version", code=code, number=number)
    catalogue = list(indicators_visible_to(user).filter(scored=True).order_by("domain", "code"))
    if request.method != "POST":
        return _designer(request, version, designer.form_of(version.spec, catalogue))
    form = designer.posted(request.POST, catalogue)
    spec = designer.spec_of(form, version.spec)
    wrong = bool(form.errors) or any(line.errors for line in (*form.groups, *form.indicators))
    try:
        if not wrong:
            actions.edit_index(user, version, spec)
    except ValidationError as error:
        form.refuse(by_field(error, other="period"))
        wrong = True
    if wrong:
        return _designer(request, version, form, status=400)
    messages.success(request, _("已保存。下面是按现在的数算出来的样子。"))
    return redirect("indicators:index_version", code=code, number=number)


def _designer(request: HttpRequest, version: IndexVersion, form: designer.Form, status: int = 200) -> HttpResponse:
    _add_spans(version, form)
    options = {
        "imputations": words.IMPUTATION_NAMES, "treatments": words.TREATMENT_NAMES, "means": words.MEAN_NAMES,
        "normalisations": words.NORMALISATION_NAMES, "means_otherwise": words.MEANS_OTHERWISE_NAMES,
        "treatments_otherwise": {
            name: words.treatment_name(name)
            for name in dict.fromkeys([*words.TREATMENT_NAMES, *version.spec["otherwise"]["treatments"]])
        },
    }  # fmt: skip
    pillars = [line.texts for line in form.groups if line.texts["code"]]
    return render(
        request,
        "indicators/indices/edit.html",
        {
            "version": version,
            "form": form,
            "options": options,
            "pillars": pillars,
            "categories": Category.objects.all(),
        },
        status=status,
    )


def _add_spans(version: IndexVersion, form: designer.Form) -> None:
    """Write beside each indicator from where to where its figures go in the period, so that goalposts are not blind."""
    try:
        end = end_of(form.texts["period"])
    except (ValueError, KeyError, IndexError):
        return
    taken = {line.key: last_ended(line.indicator.frequency, end) for line in form.indicators if line.indicator}
    spans = (
        Observation.objects.filter(
            division__code__startswith=version.design.division_id, division__level="township",
            period__in=set(taken.values()), indicator__in=list(taken),
        )
        .values("indicator_id", "period")
        .order_by("indicator_id")
        .annotate(low=Min("value"), high=Max("value"))
    )  # fmt: skip
    found = {(row["indicator_id"], row["period"]): row for row in spans}
    for line in form.indicators:
        row = found.get((line.key, taken[line.key]))
        line.span = f"{float(row['low']):,.6g} – {float(row['high']):,.6g}" if row else ""


@require_POST
@login_required
def index_again(request: HttpRequest, code: str) -> HttpResponse:
    """Start the next draft from the latest version."""
    user = signed_in(request)
    design = get_object_or_404(indices_visible_to(user), code=code)
    made = actions.new_version(user, design)
    return redirect("indicators:index_edit", code=code, number=made.number)


@require_POST
@login_required
def index_freeze(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Freeze a draft with its figures."""
    user = signed_in(request)
    version = version_or_404(user, code, number)
    try:
        actions.freeze_index(user, version, request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已定稿。规则、数据和结果从此不变。"))
    return redirect("indicators:index_version", code=code, number=number)


@login_required
def index_place(request: HttpRequest, code: str, number: int, division: str) -> HttpResponse:
    """Answer "where from?" for one place's score: the tree from the total down to the figures observed."""
    user = signed_in(request)
    version = version_or_404(user, code, number, whole=True)
    data = figures_of(version)
    model = build(version.spec, data)
    place = next((one for one in (model.places if model else []) if one["code"] == division), None)
    if model is None or place is None:
        raise Http404
    names = words.Names(version.spec, data)
    figures = {one["indicator"]: one for one in data["figures"] if one["place"] == division}
    nodes = [
        {
            "node": node, "name": names[node.code], "figure": figures.get(node.code),
            "method": words.MEAN_NAMES[node.method] if node.method else "",
        }
        for node in tree_of(model, division).walk()
    ]  # fmt: skip
    result = shown(version, FEW_RUNS).result
    row = next(one for one in result["places"] if one["place"] == division)
    return render(
        request,
        "indicators/indices/place.html",
        {
            "version": version, "place": place, "nodes": nodes, "row": row, "sentence": words.place_sentence(row),
            "category": names.categories.get(place["category"], ""),
        },
    )  # fmt: skip


@login_required
def index_changes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say in words what a version changed against the one before."""
    user = signed_in(request)
    version = version_or_404(user, code, number)
    before = versions_visible_to(user).filter(design=code, number__lt=number).order_by("-number").first()
    if before is None:
        raise Http404
    codes = {one["code"] for spec in (before.spec, version.spec) for one in spec["indicators"]}
    names = {one.code: label(one) for one in Indicator.objects.filter(code__in=codes)}
    return render(
        request,
        "indicators/indices/changes.html",
        {"version": version, "before": before, "rows": list(differences(before.spec, version.spec, names))},
    )
