"""The writers of accounts."""

import hashlib
import secrets
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.places.models import Division

from .models import ADMIN_ROLES, Account, Appointment, Official, Relation, SignInLink, Unit
from .queries import has_administrators
from .rules import may_declare, may_open_account, may_switch_account


@event("people.account_opened")
class AccountOpened:
    """An account was opened."""

    username: str
    role: str


@event("people.account_switched")
class AccountSwitched:
    """An account was suspended or resumed."""

    active: bool
    reason: str


@event("people.signed_in")
class SignedIn:
    """Somebody signed in."""

    by: str


@event("people.staff_mode")
class StaffModeChanged:
    """Staff mode was entered or left."""

    entered: bool


@event("people.password_set")
class PasswordSet:
    """An account's holder set the password."""


@event("people.link_renewed")
class LinkRenewed:
    """A new one-time link was made for an account, and its password cleared."""

    username: str


@event("people.appointed")
class Appointed:
    """An official took a post."""

    title: str


@transaction.atomic
def open_account(
    actor: Account | None,
    *,
    username: str,
    display_name: str,
    role: str,
    scope: Division,
    unit: Unit | None = None,
    password: str | None = None,
    demo: bool = False,
) -> Account:
    """Open the account of a post. ``actor`` is None only for set-up (wizard, demo, tests).

    Raises:
        PermissionDenied: when the actor may not open accounts of this role.
        ValidationError: keyed by field, when a value is missing, taken or too weak.
    """
    if actor is not None and not may_open_account(actor, role):
        raise PermissionDenied(_("只有系统管理员可以开设业务账号。"))
    account = Account(
        username=username.strip(), display_name=display_name.strip(), role=role, scope=scope, unit=unit, is_demo=demo
    )
    if password is None:
        account.set_unusable_password()
    else:
        try:
            validate_password(password, account)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        account.set_password(password)
    account.full_clean()
    account.save()
    record(actor, AccountOpened(username=account.username, role=role), f"people.account:{account.pk}", scope=scope.code)
    return account


@transaction.atomic
def found_site(city: Division, administrators: dict[str, tuple[str, str]]) -> list[Account]:
    """Create the three separated administrators of a new site, once.

    Args:
        city: the city that the site serves.
        administrators: role → (username, password) for each of the three roles.

    Raises:
        PermissionDenied: when the site has administrators already.
        ValidationError: keyed ``role.field``, when a value is missing, repeated or too weak.
    """
    Division.objects.select_for_update().get(pk=city.pk)
    if has_administrators():
        raise PermissionDenied(_("本站已完成首次设置。"))
    names = {"system_admin": _("系统管理员"), "security_admin": _("安全管理员"), "audit_admin": _("审计管理员")}
    errors: dict[str, list[str]] = {}
    passwords = [administrators[role][1] for role in ADMIN_ROLES]
    if len(set(passwords)) < len(passwords):
        errors["audit_admin.password"] = [_("三名管理员不得使用相同的密码。")]
    made = []
    for role in ADMIN_ROLES:
        username, password = administrators[role]
        try:
            with transaction.atomic():
                made.append(
                    open_account(
                        None, username=username, display_name=names[role], role=role, scope=city, password=password
                    )
                )
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                errors.setdefault(f"{role}.{field}", []).extend(messages)
    if errors:
        raise ValidationError(errors)
    return made


@transaction.atomic
def switch_account(actor: Account, account: Account, *, active: bool, reason: str) -> Account:
    """Suspend or resume an account.

    Raises:
        PermissionDenied: when the actor is not the security administrator, or it is his own account.
        ValidationError: when no reason is given.
    """
    if not may_switch_account(actor, account):
        raise PermissionDenied(_("只有安全管理员可以停用或恢复他人的账号。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明原因。")})
    account = Account.objects.select_for_update().get(pk=account.pk)
    account.is_active = active
    account.save(update_fields=["is_active"])
    record(
        actor,
        AccountSwitched(active=active, reason=reason.strip()),
        f"people.account:{account.pk}",
        scope=account.scope_id,
    )
    return account


@transaction.atomic
def set_password(account: Account, password: str) -> Account:
    """Set one's own password.

    Raises:
        ValidationError: keyed ``password``, when it is too weak.
    """
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    account.set_password(password)
    account.save(update_fields=["password"])
    record(account, PasswordSet(), f"people.account:{account.pk}", scope=account.scope_id)
    return account


@transaction.atomic
def make_sign_in_link(account: Account, *, valid: timedelta = timedelta(days=2)) -> str:
    """Return the secret of a new one-time sign-in link; only its hash is kept."""
    secret = secrets.token_urlsafe(18)
    SignInLink.objects.create(
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(), account=account, expires_at=timezone.now() + valid
    )
    return secret


@transaction.atomic
def renew_link(actor: Account, account: Account) -> str:
    """Make a new one-time link for a business account whose link has expired or whose password is forgotten.

    Clears the password, so that whoever held it notices: nobody signs in silently for somebody else.

    Raises:
        PermissionDenied: when the actor may not open accounts of this role.
    """
    if not may_open_account(actor, account.role):
        raise PermissionDenied(_("只有系统管理员可以给业务账号重发链接。"))
    account.set_unusable_password()
    account.save(update_fields=["password"])
    account.sign_in_links.filter(used_at__isnull=True).delete()
    record(actor, LinkRenewed(username=account.username), f"people.account:{account.pk}", scope=account.scope_id)
    return make_sign_in_link(account)


def account_of_link(secret: str) -> Account | None:
    """Return whom an unused link would sign in, or None when it is unknown, used or expired."""
    link = (
        SignInLink.objects.select_related("account")
        .filter(
            secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
            used_at__isnull=True,
            expires_at__gt=timezone.now(),
            account__is_active=True,
        )
        .first()
    )
    return link.account if link else None


@transaction.atomic
def use_sign_in_link(secret: str) -> Account | None:
    """Use a link up and return its account; None when somebody was faster, or it is unknown or expired."""
    account = account_of_link(secret)
    if account is None:
        return None
    used = SignInLink.objects.filter(
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(), used_at__isnull=True
    ).update(used_at=timezone.now())
    if not used:
        return None
    record(account, SignedIn(by="one-time link"), f"people.account:{account.pk}", scope=account.scope_id)
    return account


@transaction.atomic
def note_sign_in(account: Account) -> None:
    """Record that an account signed in with its password."""
    record(account, SignedIn(by="password"), f"people.account:{account.pk}", scope=account.scope_id)


@transaction.atomic
def note_staff_mode(account: Account, *, entered: bool) -> None:
    """Record that staff mode was entered or left."""
    record(account, StaffModeChanged(entered=entered), f"people.account:{account.pk}", scope=account.scope_id)


@transaction.atomic
def appoint(
    actor: Account | None,
    *,
    name: str,
    division: Division,
    title: str,
    began_on: date,
    birth_month: str = "",
    education: str = "",
    account: Account | None = None,
    post: str = "other",
) -> Official:
    """Enter an official and the post that he or she holds.

    Raises:
        PermissionDenied: when the actor is not the organisation office of this scope.
    """
    if actor is not None and not (actor.role == "city_office" and actor.covers(division.code)):
        raise PermissionDenied(_("只有组织部门可以登记任职。"))
    official = Official.objects.create(name=name, birth_month=birth_month, education=education, account=account)
    Appointment.objects.create(official=official, division=division, post=post, title=title, began_on=began_on)
    record(actor, Appointed(title=title), f"people.official:{official.pk}", scope=division.code)
    return official


SHORTEST_NAME, MOST_RELATIONS = 2, 60


@event("people.relation_declared")
class RelationDeclared:
    """An official declared a relative, or took a declaration back. The name stays out of the record."""

    relation: str
    withdrawn: bool


@transaction.atomic
def declare_relation(actor: Account, official: Official, *, name: str, relation: str) -> Relation:
    """Declare a relative of an official: himself, or the organisation office for him. The same name once.

    Raises:
        PermissionDenied: when it is neither.
        ValidationError: keyed by field.
    """
    if not may_declare(actor, official):
        raise PermissionDenied(_("只有本人或组织部门可以申报亲属关系。"))
    declared = Relation(official=official, name=name.strip(), relation=relation, declared_by=actor)
    if (same := official.relations.filter(name=declared.name).first()) is not None:
        return same
    if len(declared.name) < SHORTEST_NAME or any(mark.isdigit() for mark in declared.name):
        raise ValidationError({"name": _("请写全名：两个字以上，不含数字。")})
    if official.relations.count() >= MOST_RELATIONS:
        raise ValidationError({"name": _("最多申报 %(n)s 人。") % {"n": MOST_RELATIONS}})
    declared.full_clean(exclude=["official", "declared_by"])
    declared.save()
    record(
        actor,
        RelationDeclared(relation=relation, withdrawn=False),
        f"people.official:{official.pk}",
        scope=actor.scope_id,
    )
    return declared


@transaction.atomic
def withdraw_relation(actor: Account, declared: Relation) -> None:
    """Take a declaration back: the row goes, because nothing else needs the name."""
    if not may_declare(actor, declared.official):
        raise PermissionDenied(_("只有本人或组织部门可以申报亲属关系。"))
    record(
        actor,
        RelationDeclared(relation=declared.relation, withdrawn=True),
        f"people.official:{declared.official_id}",
        scope=actor.scope_id,
    )
    declared.delete()
