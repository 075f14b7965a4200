"""Pages of the people room."""

import time

from axes.helpers import get_client_ip_address
from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yizhen.places.models import Division

from . import actions, devices
from .forms import AccountForm, FirstRunForm, OfficialForm, PasswordForm
from .integrity.actions import see_relations
from .middleware import staff_mode_required
from .models import RELATIONS, Account, Official
from .queries import accounts_visible_to, has_administrators, officials_visible_to
from .rules import may_declare, may_enter_staff_mode

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _next(request: HttpRequest) -> str:
    """Return where to go after signing in: an address of this site, or Today."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return reverse("console:today")


def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with username and password."""
    if not has_administrators() and not Account.objects.exists():
        return redirect("people:first_run")
    error = ""
    if request.method == "POST":
        user = authenticate(
            request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
        )
        if isinstance(user, Account):
            login(request, user)
            # Five in a row lock: a right password ends the row.
            reset(ip=get_client_ip_address(request), username=user.username)
            actions.note_sign_in(user)
            response = redirect(_next(request))
            devices.remember(response, user)
            return response
        error = _("用户名或密码不对。连续五次输错将锁定十分钟。")
    return render(
        request, "people/sign_in.html", {"error": error, "next": _next(request)}, status=200 if not error else 400
    )


def sign_in_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show whom a one-time link signs in, and sign in when the button is pressed: previews must not use it up."""
    account = actions.account_of_link(secret)
    if request.method == "POST":
        account = actions.use_sign_in_link(secret)
        if account is not None:
            login(request, account, backend=BACKEND)
            response = redirect("console:today")
            devices.remember(response, account)
            return response
    return render(request, "people/sign_in_link.html", {"account": account}, status=200 if account else 410)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    response = redirect("people:sign_in")
    devices.forget(response)
    return response


def first_run(request: HttpRequest) -> HttpResponse:
    """Create the three separated administrators of a new site; gone for ever afterwards."""
    city = Division.objects.filter(parent__isnull=True).order_by("code").first()
    if has_administrators() or city is None:
        return render(request, "people/first_run_done.html", {"city": city}, status=410 if city else 503)
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.found_site(city, form.administrators())
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                for text in texts:
                    form.add_error(field if field in form.fields else None, text)
        else:
            messages.success(request, _("三名管理员已建立。请分别登录，由系统管理员开设业务账号。"))
            return redirect("people:sign_in")
    groups = [
        (role, title, explanation, form[f"{role}.username"], form[f"{role}.password"])
        for role, title, explanation in (
            ("system_admin", _("系统管理员"), _("开设账号、维护配置；看不到业务数据。")),
            ("security_admin", _("安全管理员"), _("停用、恢复账号；看不到业务数据。")),
            ("audit_admin", _("审计管理员"), _("只读审计记录。")),
        )
    ]
    return render(request, "people/first_run.html", {"form": form, "groups": groups, "city": city})


@login_required
def staff_mode(request: HttpRequest) -> HttpResponse:
    """Enter staff mode: confirm the password (or, for accounts without one, the username)."""
    user = request.user
    assert isinstance(user, Account)
    if not may_enter_staff_mode(user):
        raise PermissionDenied(_("您的岗位没有管理模式。"))
    error = ""
    if request.method == "POST":
        typed = request.POST.get("confirm", "")
        right = user.check_password(typed) if user.has_usable_password() else typed.strip() == user.username
        if right:
            request.session["staff_mode_until"] = time.time() + settings.STAFF_MODE_SECONDS
            actions.note_staff_mode(user, entered=True)
            return redirect(_next(request))
        error = _("不对，请再试一次。")
    return render(
        request,
        "people/staff_mode.html",
        {"error": error, "next": _next(request), "by_password": user.has_usable_password()},
    )


@require_POST
@login_required
def leave_staff_mode(request: HttpRequest) -> HttpResponse:
    """Leave staff mode."""
    request.session.pop("staff_mode_until", None)
    assert isinstance(request.user, Account)
    actions.note_staff_mode(request.user, entered=False)
    return redirect("console:today")


@login_required
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts and open new ones."""
    user = request.user
    assert isinstance(user, Account)
    if user.role not in {"system_admin", "security_admin"}:
        raise PermissionDenied(_("只有系统管理员和安全管理员可以查看账号。"))
    form = AccountForm(request.POST or None)
    link = ""
    if request.method == "POST":
        if getattr(request, "staff_mode_until", 0) <= time.time():
            return redirect(reverse("people:staff_mode") + "?next=" + reverse("people:accounts"))
        if renewed := request.POST.get("renew", ""):
            account = get_object_or_404(accounts_visible_to(user), pk=int(renewed) if renewed.isdecimal() else 0)
            secret = actions.renew_link(user, account)
            link = request.build_absolute_uri(reverse("people:sign_in_by_link", args=[secret]))
            form = AccountForm()
        elif form.is_valid():
            try:
                account = actions.open_account(user, **form.cleaned_data)
            except ValidationError as error:
                for field, texts in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, texts)
            else:
                secret = actions.make_sign_in_link(account)
                link = request.build_absolute_uri(reverse("people:sign_in_by_link", args=[secret]))
                form = AccountForm()
    return render(request, "people/accounts.html", {"accounts": accounts_visible_to(user), "form": form, "link": link})


@require_POST
@login_required
@staff_mode_required
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Suspend or resume an account."""
    assert isinstance(request.user, Account)
    account = get_object_or_404(accounts_visible_to(request.user), pk=pk)
    try:
        actions.switch_account(
            request.user, account, active=request.POST.get("active") == "1", reason=request.POST.get("reason", "")
        )
    except ValidationError as error:
        messages.error(request, "; ".join(error.messages))
    return redirect("people:accounts")


@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Set one's own password: the first time after a one-time link, or a new one."""
    user = request.user
    assert isinstance(user, Account)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_password(user, form.cleaned_data["password"])
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field, texts)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已设好。下次用用户名和密码登录。"))
            return redirect("console:today")
    return render(request, "people/password.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def officials(request: HttpRequest) -> HttpResponse:
    """List the officials in office and enter new ones: who may be chosen to report."""
    user = request.user
    assert isinstance(user, Account)
    if user.role not in {"city_office", "county"}:
        raise PermissionDenied(_("只有组织部门可以查看任职。"))
    form = OfficialForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.appoint(user, **form.cleaned_data)
        messages.success(request, _("已登记。"))
        return redirect("people:officials")
    return render(
        request,
        "people/officials.html",
        {"officials": officials_visible_to(user).prefetch_related("appointments__division"), "form": form},
        status=400 if form.errors else 200,
    )


@login_required
def relations(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and take an official's declared relatives, and keep that somebody else looked: for recusals alone."""
    user = request.user
    assert isinstance(user, Account)
    official = get_object_or_404(Official, pk=pk)
    if not may_declare(user, official):
        raise Http404
    errors: list[str] = []
    if request.method == "POST":
        try:
            if "withdraw" in request.POST:
                declared = official.relations.filter(
                    pk=request.POST["withdraw"] if request.POST["withdraw"].isdecimal() else 0
                ).first()
                if declared is not None:
                    actions.withdraw_relation(user, declared)
                    messages.success(request, _("已撤回。"))
            else:
                actions.declare_relation(
                    user, official, name=request.POST.get("name", ""), relation=request.POST.get("relation", "")
                )
                messages.success(request, _("已申报，用于回避。"))
        except ValidationError as error:
            errors = list(error.messages)
        else:
            return redirect("people:relations", pk=pk)
    see_relations(user, official)
    return render(
        request,
        "people/relations.html",
        {
            "official": official,
            "relations": official.relations.all(),
            "kinds": RELATIONS.items(),
            "errors": errors,
            "typed": request.POST,
        },
        status=400 if errors else 200,
    )
