"""Pages of admissions: asked, decided, and by which clocks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.clocks import light
from yizhen.matters import actions
from yizhen.matters.duties.clocks import decision_due, earliest_start
from yizhen.matters.duties.queries import admissions_visible_to, terms_of
from yizhen.matters.duties.rules import may_ask_admission, may_decide_admission, may_keep_duties
from yizhen.matters.forms_duties import AdmissionForm, DecisionForm, TermsForm
from yizhen.matters.models import AdmissionTerms
from yizhen.places.queries import city_code
from yizhen.web.errors import ErrorsAt

from .reader import signed_in


@login_required
def admissions(request: HttpRequest) -> HttpResponse:
    """List requests: what waits, what was admitted and still runs, what was refused or is over."""
    user, today = signed_in(request), timezone.localdate()
    listed = list(admissions_visible_to(user))
    running = [one for one in listed if one.state == "granted" and one.ends_on >= today]
    waiting = sorted((one for one in listed if one.state == "applied"), key=lambda one: one.due_on)
    context = {
        "waiting": [(one, light(one.due_on, today).value) for one in waiting],
        "running": running,
        "ended": [one for one in listed if one.state == "refused" or (one.state == "granted" and one.ends_on < today)],
        "minutes": sum(one.minutes for one in running if one.starts_on <= today),
        "terms": terms_of(city_code(user.scope_id)),
        "may_ask": may_ask_admission(user),
        "may_keep": may_keep_duties(user),
    }
    return render(request, "matters/admissions/list.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Ask for work to be admitted; both clocks are shown before it is sent."""
    user, today = signed_in(request), timezone.localdate()
    if not may_ask_admission(user):
        raise PermissionDenied(_("由市直部门申请准入。"))
    terms = terms_of(city_code(user.scope_id))
    earliest = earliest_start(terms, today)
    form = AdmissionForm(request.POST or None, initial={"starts_on": earliest.due})
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            made = actions.ask_admission(user, **form.cleaned_data)
            messages.success(request, _("已申请，审定期限是 %(day)s。") % {"day": made.due_on.isoformat()})
            return redirect("matters:admission", number=made.number)
    context = {"form": form, "terms": terms, "earliest": earliest, "due": decision_due(terms, today)}
    return render(request, "matters/admissions/new.html", context, status=400 if form.errors else 200)


@login_required
def admission(request: HttpRequest, number: str) -> HttpResponse:
    """Show a request with its clocks; the city office decides here."""
    user = signed_in(request)
    found = get_object_or_404(admissions_visible_to(user), number=number)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        if not may_decide_admission(user, found):
            raise PermissionDenied(_("由市级评议办审定，申请人不能审定自己的申请。"))
        if form.is_valid():
            with ErrorsAt(form):
                granted = form.cleaned_data["decision"] == "granted"
                actions.decide_admission(user, found, granted=granted, reason=form.cleaned_data["reason"])
                messages.success(request, _("已审定。"))
                return redirect("matters:admission", number=number)
    context = {
        "request_": found,
        "form": form,
        "may_decide": found.state == "applied" and may_decide_admission(user, found),
        "light": light(found.due_on, timezone.localdate(), done_on=found.decided_on).value,
        "deadline": found.deadline,
        "earliest": found.earliest,
    }
    return render(request, "matters/admissions/admission.html", context, status=400 if form.errors else 200)


@login_required
def terms(request: HttpRequest) -> HttpResponse:
    """Set the city's working days for admissions."""
    user = signed_in(request)
    if not may_keep_duties(user):
        raise PermissionDenied(_("履职事项清单由市级评议办维护。"))
    kept = AdmissionTerms.objects.filter(division=user.scope).first() or AdmissionTerms()
    form = TermsForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        with ErrorsAt(form):
            actions.set_admission_terms(user, **form.cleaned_data)
            messages.success(request, _("已保存。已经提出的申请按原来的期限。"))
            return redirect("matters:admissions")
    return render(request, "matters/admissions/terms.html", {"form": form}, status=400 if form.errors else 200)
