"""Pages of enterprises: the register, a firm, its officer, requests and visits."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yizhen.growth.models import Enterprise
from yizhen.growth.models.enterprise import CHOICE_NAMES
from yizhen.growth.policies.conditions import FACTS, Answer, wanted_facts
from yizhen.growth.policies.queries import explained_for, fees_visible_to, redemptions_visible_to
from yizhen.growth.policies.words import ANSWERS, condition_words, fact_name, value_words
from yizhen.matters.kinds.registry import kind_of
from yizhen.matters.rules import may_open
from yizhen.matters.steps import field_offers, typed_fields
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.forms import posted
from yizhen.web.paging import paged

from . import actions
from .forms import EnterpriseForm, OfficerForm, RegisterForm, RequestForm, VisitForm
from .queries import enterprises_visible_to, officers_for, payments_visible_to, requests_of, visits_of, working
from .rules import may_assign_officer, may_change, may_read, may_register

PER_PAGE = 50


def reader(request: HttpRequest) -> Account:
    """Return who asks, if enterprises are shown to that role at all."""
    return who_asks(request, may_read, _("企业由所在乡镇（街道）、主管部门和市县查看。"))


def found(request: HttpRequest, pk: int) -> Enterprise:
    """Return a firm of the user's circle, or nothing at all."""
    return get_object_or_404(enterprises_visible_to(reader(request)), pk=pk)


def filtered(request: HttpRequest, user: Account) -> Any:
    """Return the firms of the user's circle that a list was narrowed to."""
    visible = enterprises_visible_to(user)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("place", "scale", "q", "key", "left")}
    if not asked["left"]:
        visible = working(visible)
    if asked["place"]:
        visible = visible.filter(division=asked["place"])
    if asked["scale"] in FACTS["scale"].choices:
        visible = visible.filter(scale=asked["scale"])
    if asked["key"]:
        visible = visible.filter(is_key=True)
    if asked["q"]:
        visible = visible.filter(Q(name_zh__icontains=asked["q"]) | Q(credit_code__startswith=asked["q"].upper()))
    return visible.order_by("division", "pk"), asked


@login_required
def firms(request: HttpRequest) -> HttpResponse:
    """List the firms of the user's circle by place."""
    user = reader(request)
    visible, asked = filtered(request, user)
    page = paged(request, visible, PER_PAGE)
    context = {
        "page": page, "asked": asked, "scales": CHOICE_NAMES["scale"].items(), "may_register": may_register(user),
        "narrowed": any(asked.values()), "facts": len(FACTS),
        "rows": [(one, sum(value in (None, "") for value in one.facts.values())) for one in page],
    }  # fmt: skip
    return render(request, "growth/enterprises/list.html", context)


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Enter a firm."""
    user = reader(request)
    form = RegisterForm(user, posted(request))
    if form.is_valid():
        with ErrorsAt(form):
            made = actions.register_enterprise(user, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("growth:firm", made.pk)
    context = {"form": form, "title": _("登记企业")}
    return render(request, "growth/enterprises/form.html", context, status=400 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a firm."""
    enterprise, user = found(request, pk), reader(request)
    if not may_change(user, enterprise):
        raise PermissionDenied(_("您不能修改这家企业。"))
    form = EnterpriseForm(user, posted(request), instance=Enterprise.objects.get(pk=enterprise.pk))
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_enterprise(user, enterprise, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("growth:firm", enterprise.pk)
    wanted = [fact_name(fact) for fact, _n in wanted_facts([one for _policy, one in explained_for(user, enterprise)])]
    context = {"form": form, "title": _("修改企业"), "enterprise": enterprise, "wanted": wanted}
    return render(request, "growth/enterprises/form.html", context, status=400 if form.errors else 200)


@login_required
def firm(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a firm: facts, what fits it and why, what would decide more, requests, visits, what it is owed and was granted."""
    return firm_page(request, found(request, pk))


@require_POST
@login_required
def officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the post that serves a firm."""
    enterprise, user = found(request, pk), reader(request)
    if not may_assign_officer(user, enterprise):
        raise PermissionDenied(_("服务专员由企业所在的乡镇（街道）和市县指定。"))
    form = OfficerForm(officers_for(enterprise), request.POST)
    return done(
        request, enterprise, form, lambda: actions.assign_officer(user, enterprise, form.cleaned_data["officer"]), "officer_form"
    )  # fmt: skip


@never_cache
@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Register what a firm asks as a matter; the code by which the firm follows it is shown once."""
    enterprise, user = found(request, pk), reader(request)
    kind = kind_of(actions.REQUEST)
    if not (may_change(user, enterprise) and may_open(user, kind)):
        raise PermissionDenied(_("您不能替这家企业登记诉求。"))
    sent = posted(request)
    form = RequestForm(sent)
    errors: dict[str, list[str]] = {}
    if sent is not None and form.is_valid():
        try:
            matter, code = actions.register_request(user, enterprise, fields=typed_fields(sent), **form.cleaned_data)
        except ValidationError as error:
            errors = by_field(error)
            for name, texts in errors.items():
                if not name.startswith("field_"):
                    form.add_error(name if name in form.fields else None, texts)
        else:
            grouped = f"{code[:5]}-{code[5:]}" if code else ""
            context = {"matter": matter, "code": grouped, "enterprise": enterprise}
            return render(request, "growth/enterprises/asked.html", context)
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    context = {
        "form": form, "enterprise": enterprise, "kind": kind, "offers": field_offers(kind.fields_of("open"), typed, errors),
    }  # fmt: skip
    return render(request, "growth/enterprises/ask.html", context, status=400 if form.errors or errors else 200)


@login_required
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show on one page what to know before a visit, and take what the firm asked."""
    enterprise, user = found(request, pk), reader(request)
    form = VisitForm(posted(request))
    if request.method == "POST":
        if not may_change(user, enterprise):
            raise PermissionDenied(_("您不能记录这家企业的走访。"))
        if form.is_valid():
            with ErrorsAt(form):
                actions.record_visit(user, enterprise, **form.cleaned_data)
                messages.success(request, _("已记录。要办的事，请从企业页登记为诉求。"))
                return redirect("growth:visit", enterprise.pk)
    context = {**about(user, enterprise), "form": form, "may_change": may_change(user, enterprise)}
    return render(request, "growth/enterprises/visit.html", context, status=400 if form.errors else 200)


def about(user: Account, enterprise: Enterprise) -> dict[str, Any]:
    """Return everything that a firm's page and its visit's sheet show. A constant number of queries."""
    explained = explained_for(user, enterprise)
    matters = requests_of(user, enterprise)
    fitting = {policy.pk for policy, one in explained if one.answer is Answer.MET}
    return {
        "enterprise": enterprise,
        "facts": [(fact_name(name), value_words(name, value)) for name, value in enterprise.facts.items()],
        "policies": [
            (policy, ANSWERS[one.answer], one.answer.name.lower(), _reasons(one)) for policy, one in explained
        ],
        "wanted": [(fact_name(fact), number) for fact, number in wanted_facts([one for _policy, one in explained])],
        "open_matters": [one for one in matters if one.state not in {"closed", "withdrawn"}],
        "earlier_matters": [one for one in matters if one.state in {"closed", "withdrawn"}],
        "visits": list(visits_of(enterprise)[:10]),
        "payments": list(payments_visible_to(user).filter(enterprise=enterprise).order_by("paid_on", "due_on", "pk")),
        "redemptions": list(redemptions_visible_to(user).filter(enterprise=enterprise)),
        "fees": [one for one in fees_visible_to(user) if one.policy_id in fitting],
    }


def _reasons(explained: Any) -> list[tuple[str, str, str, Any]]:
    """Return (condition, what is known, code, answer) of each condition."""
    return [
        (
            condition_words(one.condition), value_words(one.condition.fact, one.value), one.answer.name.lower(),
            ANSWERS[one.answer],
        )
        for one in explained.reasons
    ]  # fmt: skip


def firm_page(request: HttpRequest, enterprise: Enterprise, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return a firm's page; ``more`` are forms with what was typed."""
    user = reader(request)
    may_assign = may_assign_officer(user, enterprise)
    offered = more.pop("officer_form", None)
    if may_assign and enterprise.is_key and offered is None:
        offered = OfficerForm(officers_for(enterprise), initial={"officer": enterprise.officer_id})
    context = {
        **about(user, enterprise), "may_change": may_change(user, enterprise), "officer_form": offered,
        "may_ask": may_change(user, enterprise) and may_open(user, kind_of(actions.REQUEST)), **more,
    }  # fmt: skip
    return render(request, "growth/enterprises/firm.html", context, status=status)


def done(request: HttpRequest, enterprise: Enterprise, form: Any, job: Callable[[], Any], name: str) -> HttpResponse:
    """Do something with a firm and return to its page, or show there what is wrong."""
    if form.is_valid():
        with ErrorsAt(form):
            job()
            messages.success(request, _("已保存。"))
            return redirect("growth:firm", enterprise.pk)
    return firm_page(request, enterprise, status=400, **{name: form})
