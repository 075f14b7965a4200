"""Pages on which matters are registered, and sealed records opened."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yizhen.people.models import Account
from yizhen.web.errors import by_field

from . import actions
from .duplicates import Hint, possible_duplicates, seen_by, sent_before
from .forms import RegisterForm
from .kinds import MatterKind
from .kinds.registry import kinds_in_force
from .queries import matters_visible_to
from .rules import may_open
from .steps import field_offers, typed_fields
from .views import matter_page, reader


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Show the kinds that the user may register."""
    user = reader(request)
    parent = request.GET.get("parent", "")[:20]
    kinds = [kind for kind in kinds_in_force().values() if may_open(user, kind) and not (parent and kind.sealed)]
    if not kinds:
        raise PermissionDenied(_("您不能登记事项。"))
    return render(request, "matters/register.html", {"kinds": kinds, "parent": parent})


@never_cache
@login_required
def register_kind(request: HttpRequest, code: str) -> HttpResponse:
    """Take a matter of one kind; the follow-up code is shown once."""
    user = reader(request)
    kind = kinds_in_force().get(code)
    if kind is None:
        raise Http404
    if not may_open(user, kind):
        raise PermissionDenied(_("您不能登记这一种事项。"))
    form = RegisterForm(user, kind, request.POST or None, initial={"parent": request.GET.get("parent")})
    errors: dict[str, list[str]] = {}
    hints = _hints(request, user, kind, form)
    if request.method == "POST" and form.is_valid() and not hints:
        given = dict(form.cleaned_data)
        for name in ("accused_units", "accused_places"):
            given[name] = list(given.get(name, ()))
        try:
            matter, follow = actions.register_matter(user, kind, fields=typed_fields(request.POST), **given)
        except ValidationError as error:
            errors = by_field(error)
            for name, texts in errors.items():
                if not name.startswith("field_"):
                    form.add_error(name if name in form.fields else None, texts)
        else:
            grouped = f"{follow[:5]}-{follow[5:]}" if follow else ""
            return render(request, "matters/registered.html", {"matter": matter, "code": grouped, "kind": kind})
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    context = {
        "form": form,
        "kind": kind,
        "hints": hints,
        "offers": field_offers(kind.fields_of("open"), typed, errors),
    }
    return render(request, "matters/register_kind.html", context, status=400 if form.errors or errors else 200)


def _hints(request: HttpRequest, user: Account, kind: MatterKind, form: RegisterForm) -> list[Hint]:
    """Return matters that may be the one about to be registered, until somebody says that they are not."""
    if request.method != "POST" or request.POST.get("own") or not form.is_valid():
        return []
    given = form.cleaned_data
    if given.get("parent") or sent_before(f"register:{user.pk}:{given['client_id']}"):
        return []
    return seen_by(user, possible_duplicates(kind.code, [given["division"]], given["title"], given["text"]))


@never_cache
@require_POST
@login_required
def open_sealed(request: HttpRequest, number: str) -> HttpResponse:
    """Show who asked, once, and keep that somebody looked and why."""
    user = reader(request)
    found = get_object_or_404(matters_visible_to(user).filter(sealed__isnull=False), number=number)
    purpose = request.POST.get("purpose", "")[:300]
    try:
        text = actions.look_into_sealed(user, found, purpose)
    except ValidationError as error:
        return matter_page(request, found, seal_errors=by_field(error), typed_purpose=purpose)
    messages.success(request, _("已记录这次查看。"))
    return matter_page(request, found, sealed_text=text)
