"""Pages of policies: the catalogue, a policy with its take-up, who qualifies, and the checklist of fees."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.growth.enterprises.queries import enterprises_visible_to
from yizhen.growth.models import Policy
from yizhen.growth.models.policy import KINDS
from yizhen.people.asking import who_asks
from yizhen.people.models import Account
from yizhen.web.downloads import attachment
from yizhen.web.errors import ErrorsAt, by_field
from yizhen.web.fields import new_client_id
from yizhen.web.forms import posted
from yizhen.web.templatetags.yizhen import label

from . import actions
from .conditions import Answer, explain
from .forms import FeeForm, PolicyForm
from .queries import fees_visible_to, firms_for, in_force, lists_visible_to, matched, met_by, policies_visible_to
from .rules import may_change, may_draft, may_make_list, may_read
from .take_up import take_up
from .words import condition_words, fact_name

SHOWN = 200


def reader(request: HttpRequest) -> Account:
    """Return who asks, if policies are shown to that role."""
    return who_asks(request, may_read, _("惠企政策目录由乡镇（街道）、部门和市县查看。"))


def found(request: HttpRequest, pk: int) -> Policy:
    """Return a policy that the user sees."""
    return get_object_or_404(policies_visible_to(reader(request)), pk=pk)


def with_words(policies: Any) -> list[tuple[Policy, list[str]]]:
    """Return policies with their conditions in words."""
    return [(one, [condition_words(each.condition) for each in one.conditions.all()]) for one in policies]


@login_required
def policies(request: HttpRequest) -> HttpResponse:
    """List the policies: those in force, drafts of who drafts, and earlier ones when asked for."""
    user = reader(request)
    visible = policies_visible_to(user)
    current = in_force(visible)
    kind = request.GET.get("kind", "")
    if kind in KINDS:
        current = current.filter(kind=kind)
    drafts = [one for one in with_words(visible.filter(in_force_from__isnull=True)) if may_change(user, one[0])]
    earlier = request.GET.get("earlier") == "1"
    ended = visible.filter(in_force_from__isnull=False).exclude(pk__in=in_force(visible).order_by().values("pk"))
    context = {
        "rows": with_words(current.order_by("code")), "drafts": drafts, "kinds": KINDS.items(), "kind": kind,
        "may_draft": may_draft(user), "ended": with_words(ended) if earlier else [], "earlier": earlier,
    }  # fmt: skip
    return render(request, "growth/policies/list.html", context)


@login_required
def draft(request: HttpRequest) -> HttpResponse:
    """Draft a policy."""
    user = reader(request)
    if not may_draft(user):
        raise PermissionDenied(_("政策由主管部门起草。"))
    form = PolicyForm(user, posted(request))
    if form.is_valid():
        values = form.values()
        if user.role == "department":
            values["department"] = user.unit
        with ErrorsAt(form):
            made = actions.draft_policy(user, conditions=form.typed_conditions(), **values)
            messages.success(request, _("草稿已保存。"))
            return redirect("growth:policy", made.pk)
    context = {"form": form, "title": _("起草政策")}
    return render(request, "growth/policies/form.html", context, status=400 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    policy, user = found(request, pk), reader(request)
    if not may_change(user, policy) or policy.in_force_from is not None:
        raise PermissionDenied(_("您不能修改这项政策；生效的只能另出一版。"))
    form = PolicyForm(user, posted(request), instance=Policy.objects.get(pk=policy.pk))
    if form.is_valid():
        with ErrorsAt(form):
            actions.change_policy(user, policy, conditions=form.typed_conditions(), **form.values())
            messages.success(request, _("已保存。"))
            return redirect("growth:policy", policy.pk)
    context = {"form": form, "title": _("修改草稿"), "policy": policy}
    return render(request, "growth/policies/form.html", context, status=400 if form.errors else 200)


@login_required
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a policy: for whom, what, on which basis, and how far it has reached."""
    return policy_page(request, found(request, pk))


def policy_page(request: HttpRequest, one: Policy, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return a policy's page; ``more`` is what is wrong or was typed."""
    user = reader(request)
    mine = may_change(user, one)
    state = one.state
    versions = policies_visible_to(user).filter(division=one.division_id, code=one.code).exclude(pk=one.pk)
    fee_form = more.pop("fee_form", None) or (FeeForm() if mine and state == "draft" and one.kind == "fee" else None)
    context = {
        "policy": one, "state": state, "conditions": [condition_words(each.condition) for each in one.conditions.all()],
        "may_change": mine, "may_make_list": may_make_list(user, one) and state == "in_force", "fee_form": fee_form,
        "fees": one.fee_items.all(), "versions": versions,
        "take_up": take_up(one, _("合计"), _("规模不明")) if one.is_redeemed and state != "draft" else None,
        "lists": lists_visible_to(user).filter(policy=one), "client_id": new_client_id(), **more,
    }  # fmt: skip
    return render(request, "growth/policies/policy.html", context, status=status)


def _done(request: HttpRequest, one: Policy, job: Callable[[Account], Any], said: str, **more: Any) -> HttpResponse:
    try:
        job(reader(request))
    except ValidationError as error:
        return policy_page(request, one, status=400, errors=by_field(error, "reason", other="form"), **more)
    messages.success(request, said)
    return redirect("growth:policy", one.pk)


@require_POST
@login_required
def force(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft in force."""
    one = found(request, pk)
    return _done(request, one, lambda user: actions.put_policy_in_force(user, one), _("已生效。内容不能再改。"))


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a policy."""
    one, reason = found(request, pk), request.POST.get("reason", "")[:400]
    return _done(request, one, lambda user: actions.end_policy(user, one, reason), _("已终止。"), reason=reason)


@require_POST
@login_required
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next version of a policy."""
    one = found(request, pk)
    try:
        made = actions.new_version(reader(request), one)
    except ValidationError as error:
        return policy_page(request, one, status=400, errors={"form": error.messages})
    messages.success(request, _("新一版草稿已建好，公平竞争审查要重新做。"))
    return redirect("growth:policy", made.pk)


@require_POST
@login_required
def fees(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a fee on the checklist of a draft, or take one off."""
    one, user = found(request, pk), reader(request)
    if not may_change(user, one):
        raise PermissionDenied(_("您不能修改这项政策。"))
    remove = request.POST.get("remove", "")
    if remove.isascii() and remove.isdigit() and len(remove) < 12:
        return _done(request, one, lambda user: actions.unlist_fee(user, one, int(remove)), _("已从清单删去。"))
    form = FeeForm(request.POST)
    if form.is_valid():
        with ErrorsAt(form):
            actions.list_fee(user, one, **form.cleaned_data)
            messages.success(request, _("已列入清单。"))
            return redirect("growth:policy", one.pk)
    return policy_page(request, one, status=400, fee_form=form)


@login_required
def qualifying(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which firms of the user's circle qualify, which lack data, and why; as a page or a workbook."""
    one, user = found(request, pk), reader(request)
    place = request.GET.get("place", "")[:12]
    firms = firms_for(user, one)
    if place:
        firms = firms.filter(division=place)
    result = matched(one, firms)
    wanted = result.keys(Answer.MET) + result.keys(Answer.UNKNOWN)
    kept = firms.filter(pk__in=wanted).select_related("division").order_by("division", "pk")
    is_book = request.GET.get("format") == "xlsx"
    if not is_book:
        kept = kept.filter(pk__in=result.keys(Answer.MET)[:SHOWN] + result.keys(Answer.UNKNOWN)[:SHOWN])
    today = timezone.localdate()
    rows = [(firm, explain(one.rule, firm.facts, firm.division_id, today)) for firm in kept]
    if is_book:
        return _workbook(user, one, rows)
    seen = set(
        enterprises_visible_to(user).filter(pk__in=[firm.pk for firm, _made in rows]).values_list("pk", flat=True)
    )
    context = {
        "policy": one, "conditions": [condition_words(each.condition) for each in one.conditions.all()], "place": place,
        "met": [(firm, firm.pk in seen) for firm, made in rows if made.answer is Answer.MET],
        "lacking": [(firm, firm.pk in seen, [fact_name(fact) for fact in made.missing]) for firm, made in rows if made.missing],
        "counts": {"met": result.count(Answer.MET), "lacking": result.count(Answer.UNKNOWN), "failed": result.count(Answer.FAILED)},
        "shown": SHOWN,
    }  # fmt: skip
    return render(request, "growth/policies/qualifying.html", context)


def _workbook(user: Account, policy: Policy, rows: list[tuple[Any, Any]]) -> HttpResponse:
    titles = [_("企业名称"), _("统一社会信用代码"), _("乡镇（街道）"), _("结论"), _("还缺的数据")]
    lines = [
        [
            firm.name_zh, firm.credit_code, firm.division.name_zh, _("符合") if made.answer is Answer.MET else _("缺数据"),
            _("、").join(fact_name(fact) for fact in made.missing),
        ]
        for firm, made in rows
    ]  # fmt: skip
    footer = f"{label(user.scope)} · {timezone.localdate().isoformat()}"
    content = write_workbook([Sheet(policy.name_zh, [titles, *lines], footer)])
    return attachment(content, f"{policy.code}-{timezone.localdate().isoformat()}.xlsx")


@login_required
def checklist(request: HttpRequest) -> HttpResponse:
    """Show the burden-reduction checklist: which fees are abolished, waived or lowered, on which basis, for whom."""
    user = reader(request)
    items = list(fees_visible_to(user))
    by_key = {
        one.pk: (one, words)
        for one, words in with_words(policies_visible_to(user).filter(pk__in={fee.policy_id for fee in items}))
    }
    met = met_by(user, [one for one, _words in by_key.values()])
    groups = [
        (one, words, met[key], [fee for fee in items if fee.policy_id == key]) for key, (one, words) in by_key.items()
    ]
    if request.GET.get("format") == "xlsx":
        titles = [_("收费项目"), _("怎样减"), _("原来的标准"), _("现在的标准"), _("依据"), _("适用企业"), _("主管部门")]
        rows = [
            [
                fee.name_zh, str(fee.get_change_display()), fee.before, fee.after, fee.basis_zh, _("；").join(by_key[fee.policy_id][1]),
                fee.policy.department.name_zh,
            ]
            for fee in items
        ]  # fmt: skip
        footer = f"{label(user.scope)} · {timezone.localdate().isoformat()}"
        return attachment(write_workbook([Sheet(_("减负清单"), [titles, *rows], footer)]), "burden-reduction.xlsx")
    return render(request, "growth/policies/checklist.html", {"groups": groups})
