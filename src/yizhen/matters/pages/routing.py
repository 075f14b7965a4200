"""Pages of dispatch rules: the versions, one rule, the cases and their workbook, a trial, what history suggests."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.actions import routing as actions
from yizhen.matters.actions import routing_cases
from yizhen.matters.models import RoutingCase, RoutingRule, RoutingRuleSet
from yizhen.matters.routing.forms import CaseForm, RuleForm, places_of_rules
from yizhen.matters.routing.history import classifier_for
from yizhen.matters.routing.learning import CONFIDENT, FEWEST
from yizhen.matters.routing.sheets import WrongCells, write_cases
from yizhen.matters.routing.versions import Version, rule_sets_visible_to
from yizhen.matters.routing.wording import conditions, explain
from yizhen.matters.rules import may_assign, may_write_routing
from yizhen.people.models import Account
from yizhen.people.queries import units_visible_to
from yizhen.places.models import Division
from yizhen.places.queries import city_code, divisions_visible_to
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.templatetags.yizhen import label

from .reader import reader

LARGEST_FILE = 2 * 1024 * 1024
SHOWN_ERRORS = 100


def _dispatcher(request: HttpRequest) -> Account:
    user = reader(request)
    if not may_assign(user):
        raise PermissionDenied(_("派件规则供派件的市、县和部门查看。"))
    return user


def _version(user: Account, number: str) -> Version | None:
    """Return the version that is asked for; without a number the newest that the user sees."""
    sets = rule_sets_visible_to(user)
    if not number:
        newest = sets.first()
        return Version(newest) if newest else None
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    return Version(get_object_or_404(sets, number=number))


def _draft(user: Account) -> RoutingRuleSet:
    if not may_write_routing(user):
        raise PermissionDenied(_("派件规则由市级评议办起草和生效。"))
    return get_object_or_404(rule_sets_visible_to(user), state="draft")


def _rule(user: Account, pk: int) -> RoutingRule:
    return get_object_or_404(RoutingRule.objects.select_related("rule_set"), pk=pk, rule_set=_draft(user))


def _place_names(user: Account) -> dict[str, str]:
    return {place.code: label(place) for place in places_of_rules(user)}


@login_required
def routing(request: HttpRequest) -> HttpResponse:
    """Show a version: its rules in order, its cases with pass or fail, and how it comes in force."""
    user = _dispatcher(request)
    return _routing_page(request, user, _version(user, request.GET.get("version", "")))


def _routing_page(
    request: HttpRequest,
    user: Account,
    version: Version | None,
    *,
    errors: dict[str, list[str]] | None = None,
    cell_errors: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    places = _place_names(user)
    typed = {key: request.POST.get(key, "") for key in request.POST if key == "reason" or key.startswith("case-")}
    context: dict[str, Any] = {
        "version": version,
        "versions": list(rule_sets_visible_to(user)),
        "may_write": may_write_routing(user),
        "editing": may_write_routing(user) and version is not None and not version.rule_set.is_frozen,
        "errors": errors or {},
        "cell_errors": (cell_errors or [])[:SHOWN_ERRORS],
        "more_errors": max(len(cell_errors or []) - SHOWN_ERRORS, 0),
        "typed": typed,
    }
    if version is not None:
        context["rules"] = [(rule, conditions(rule.as_rule(), places)) for rule in version.rules]
        context["proven"] = [
            (proven, explain(proven.proof.route.judgements, version.rules), (errors or {}).get(f"case-{proven.case.pk}"),
             typed.get(f"case-{proven.case.pk}", ""))
            for proven in version.proven
        ]  # fmt: skip
        context["failing"] = len(version.failing)
    return render(request, "matters/routing/rules.html", context, status=400 if errors or cell_errors else 200)


@require_POST
@login_required
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a new version."""
    user = _dispatcher(request)
    city = get_object_or_404(Division, code=city_code(user.scope_id))
    actions.draft_routing(user, city)
    return redirect("matters:routing")


@login_required
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a rule to the draft, or change one."""
    user = _dispatcher(request)
    found = None if pk is None else _rule(user, pk)
    rule_set = found.rule_set if found else _draft(user)
    form = RuleForm(user, request.POST or None, rule=found)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            saved = actions.save_rule(user, rule_set, found, **form.cleaned_data)
            messages.success(request, _("已存第 %(n)s 条规则。请看案例是否都通过。") % {"n": saved.order})
            return redirect("matters:routing")
    context = {"form": form, "rule": found, "rule_set": rule_set}
    return render(request, "matters/routing/rule.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def change_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a rule up or down, switch it off or on, or take it out of the draft."""
    user = _dispatcher(request)
    found, change = _rule(user, pk), request.POST.get("change", "")
    if change in {"up", "down"}:
        actions.move_rule(user, found, up=change == "up")
    elif change in {"off", "on"}:
        actions.switch_rule(user, found, active=change == "on")
    elif change == "remove":
        actions.remove_rule(user, found)
    return redirect(reverse("matters:routing") + "#rules")


@login_required
def cases_workbook(request: HttpRequest) -> HttpResponse:
    """Hand out the cases as a workbook, with the codes that may be written."""
    user = _dispatcher(request)
    version = _version(user, request.GET.get("version", ""))
    if version is None:
        raise Http404
    places = divisions_visible_to(user).exclude(level="grid")
    content = write_cases(version.cases, units_visible_to(user), places)
    name = _("派件案例-第%(n)s版") % {"n": version.rule_set.number}
    return attachment(content, f"{name}.xlsx")


@require_POST
@login_required
def upload_cases(request: HttpRequest) -> HttpResponse:
    """Extend the draft's cases by a workbook; nothing is taken when a cell is wrong."""
    user = _dispatcher(request)
    rule_set, file = _draft(user), request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_FILE:
        why = _("请选择案例表（.xlsx，不超过 2 MB）。")
        return _routing_page(request, user, Version(rule_set), cell_errors=[("", why)])
    units = {unit.code: unit for unit in units_visible_to(user)}
    places = {place.code: place for place in Division.objects.filter(code__startswith=rule_set.city_id)}
    try:
        added, changed = routing_cases.import_cases(user, rule_set, file.read(), units, places)
    except WrongCells as error:
        return _routing_page(request, user, Version(rule_set), cell_errors=error.errors)
    messages.success(request, _("新增 %(a)s 个案例，修改 %(b)s 个。") % {"a": added, "b": changed})
    return redirect(reverse("matters:routing") + "#cases")


@require_POST
@login_required
def remove_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a case that this draft has added."""
    user = _dispatcher(request)
    found = get_object_or_404(RoutingCase.objects.select_related("rule_set"), pk=pk, rule_set=_draft(user))
    try:
        routing_cases.remove_case(user, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reverse("matters:routing") + "#cases")


@require_POST
@login_required
def put_in_force(request: HttpRequest) -> HttpResponse:
    """Put the draft in force when all cases pass, or each failing one is changed with a reason."""
    user = _dispatcher(request)
    rule_set = _draft(user)
    fields = [key for key in request.POST if key.startswith("case-") and key[5:].isdecimal() and len(key) < 24]
    changes = {int(key[5:]): request.POST.get(key, "") for key in fields}
    try:
        actions.put_in_force(user, rule_set, reason=request.POST.get("reason", ""), changes=changes)
    except ValidationError as error:
        return _routing_page(request, user, Version(rule_set), errors=by_field(error))
    messages.success(request, _("第 %(n)s 版已生效。") % {"n": rule_set.number})
    return redirect("matters:routing")


@login_required
def trial(request: HttpRequest) -> HttpResponse:
    """Send something through the rules, hear what history suggests, and keep it as a case of the draft.

    A suggestion stands beside the field; it is taken over only by its own button.
    """
    user = _dispatcher(request)
    version = _version(user, "")
    form, do = CaseForm(user, request.POST or None), request.POST.get("do", "")
    may_add = may_write_routing(user) and version is not None and not version.rule_set.is_frozen
    context: dict[str, Any] = {"version": version, "may_add": may_add}
    if request.method == "POST" and do == "adopt":
        form = CaseForm(user, _with(request, "expected", request.POST.get("suggested", "")))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if do == "add":
            with ErrorsAt(form):
                case = routing_cases.add_case(user, _draft(user), **data)
                messages.success(request, _("已加为案例 %(n)s。") % {"n": case.number})
                return redirect(reverse("matters:routing") + "#cases")
        elif do == "suggest":
            context["suggestion"] = _suggestion(user, data["text"])
        if version is not None:
            sent = version.route(RoutingCase(**data).as_thing())
            context["lines"], context["sent"] = explain(sent.judgements, version.rules), sent
    return render(request, "matters/routing/trial.html", context | {"form": form}, status=400 if form.errors else 200)


def _with(request: HttpRequest, name: str, value: str) -> Any:
    data = request.POST.copy()
    data[name] = value
    return data


def _suggestion(user: Account, text: str) -> dict[str, Any]:
    """Return what history suggests, with the names of the units."""
    classifier = classifier_for(city_code(user.scope_id))
    made = classifier.suggest(text)
    names = {unit.code: unit for unit in units_visible_to(user)}
    return {
        "made": made,
        "unit": names.get(getattr(made, "unit", "")),
        "second": names.get(getattr(made, "second", "")),
        "percent": round(100 * getattr(made, "confidence", 0)),
        "needed": round(100 * CONFIDENT),
        "fewest": FEWEST,
    }


@login_required
def learning(request: HttpRequest) -> HttpResponse:
    """Show what the suggestion has learnt from, and how often it was right on what it had not seen."""
    user = _dispatcher(request)
    classifier = classifier_for(city_code(user.scope_id))
    names = {unit.code: unit for unit in units_visible_to(user)}
    return render(
        request,
        "matters/routing/learning.html",
        {
            "assessment": classifier.assessment,
            "examples": [(names.get(code, code), count) for code, count in classifier.examples.items()],
            "too_few": [(names.get(code, code), count) for code, count in classifier.too_few.items()],
            "fewest": FEWEST,
            "confident": round(100 * CONFIDENT),
        },
    )
