"""Pages of signs: mine to explain, those that I may see, one of them."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.matters.actions.signals import decide_signal, explain_signal, find_signals
from yizhen.matters.models import Signal
from yizhen.matters.periods import Period, offered, period_of
from yizhen.matters.signals.picture import drawing
from yizhen.matters.signals.queries import signals_visible_to
from yizhen.matters.signals.rules import may_decide, may_explain, may_find, sees_signals
from yizhen.matters.signals.words import WORDS, measured_on, measurement
from yizhen.people.models import Account


def _user(request: HttpRequest) -> Account:
    user = request.user
    assert isinstance(user, Account)
    if not sees_signals(user):
        raise PermissionDenied(_("信号先给被提示的单位看，再由市、县核实。"))
    return user


def _over() -> list[Period]:
    return [period for period in offered() if period.seen_to == period.last]


@login_required
def signals(request: HttpRequest) -> HttpResponse:
    """Show what waits for the own unit's explanation, and what else the user may see."""
    user = _user(request)
    found = list(signals_visible_to(user))
    context = {
        "waiting": [one for one in found if may_explain(user, one)],
        "deciding": [one for one in found if may_decide(user, one)],
        "rest": [one for one in found if not may_explain(user, one) and not may_decide(user, one)],
        "may_find": may_find(user),
        "periods": _over(),
        "words": WORDS.values(),
        "measurement": measurement(),
        "measured_on": measured_on(),
    }
    return render(request, "matters/signals.html", context)


@require_POST
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Have signs looked for in a period. What was found is not told here: the units see theirs first."""
    user = _user(request)
    if not may_find(user):
        raise PermissionDenied(_("信号由市级办公室计算。"))
    typed = request.POST.get("appraisal", "")
    try:
        period = period_of(request.POST.get("period", ""))
        find_signals(user, user.scope, period, date.fromisoformat(typed) if typed else None)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except ValueError:
        messages.error(request, _("请选择期间；日期写成 2026-03-02 的样子。"))
    else:
        messages.success(request, _("已计算。有信号的单位先看到并说明，五个工作日后或说明后这里才能看到。"))
    return redirect("matters:signals")


@login_required
def signal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sign with what was expected, how it works, and what the unit says."""
    return _page(request, _user(request), _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Signal:
    return get_object_or_404(signals_visible_to(_user(request)), pk=pk)


def _page(request: HttpRequest, user: Account, found: Signal, errors: list[str] | None = None) -> HttpResponse:
    statistic = found.statistic
    context = {
        "signal": found,
        "period": period_of(found.period),
        "words": WORDS[found.code],
        "picture": drawing(found),
        "own": 100 * statistic["count"] / statistic["of"],
        "expected": 100 * statistic["expected"],
        "low": 100 * statistic["low"],
        "high": 100 * statistic["high"],
        "expected_count": statistic["expected"] * statistic["of"],
        "measurement": measurement(),
        "measured_on": measured_on(),
        "may_explain": may_explain(user, found),
        "may_decide": may_decide(user, found),
        "errors": errors or [],
        "typed": request.POST.get("text", ""),
    }
    return render(request, "matters/signal.html", context, status=400 if errors else 200)


@require_POST
@login_required
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain a sign."""
    user, found = _user(request), _found(request, pk)
    try:
        explain_signal(user, found, request.POST.get("text", ""))
    except ValidationError as error:
        return _page(request, user, found, error.messages)
    messages.success(request, _("已说明。从现在起，上级看到这个信号时，旁边就是您的说明。"))
    return redirect("matters:signal", pk=pk)


@require_POST
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an explanation, or uphold the sign."""
    user, found = _user(request), _found(request, pk)
    try:
        decide_signal(user, found, request.POST.get("text", ""), accepted=request.POST.get("answer") == "accept")
    except ValidationError as error:
        return _page(request, user, found, error.messages)
    messages.success(request, _("已认定。"))
    return redirect("matters:signal", pk=pk)
