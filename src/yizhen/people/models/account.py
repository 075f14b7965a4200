"""Accounts: the log-in of a post."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from yizhen.audit.prepared import Prepared
from yizhen.places.models import Division

from .unit import Unit

ROLES = {
    "city_office": ("市委组织部门（评议办）", "City organisation office"),
    "department": ("市直部门", "City department"),
    "county": ("县（市、区）", "County"),
    "township_head": ("乡镇（街道）党政正职", "Township head"),
    "township_office": ("乡镇（街道）办公室", "Township office"),
    "village": ("村（社区）", "Village or community"),
    "grid_worker": ("网格员", "Grid worker"),
    "scrutineer": ("监票人", "Scrutineer"),
    "teller": ("计票人", "Teller"),
    "system_admin": ("系统管理员", "System administrator"),
    "security_admin": ("安全管理员", "Security administrator"),
    "audit_admin": ("审计管理员", "Audit administrator"),
}
PLACE_NAMES = Prepared(lambda code: Division.objects.filter(code=code).order_by().values_list("name_zh", "name_en"))
BALLOT_ROLES = ("scrutineer", "teller")  # see a campaign and its ballot, no matters
ADMIN_ROLES = ("system_admin", "security_admin", "audit_admin")


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by username; making one is :func:`yizhen.people.actions.open_account`."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Return the account of a username."""
        return self.get(username=username)


class Account(AbstractBaseUser):
    """The log-in of one post: one role over one scope (a division prefix).

    One role an account, so the three administrators exclude each other by construction (GB/T 22239-2019, 8.1.5).
    """

    username = models.CharField(max_length=40, unique=True)
    display_name = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=[(code, names[0]) for code, names in ROLES.items()])
    scope = models.ForeignKey(Division, models.PROTECT, related_name="accounts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="accounts")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="account_role_is_known",
                condition=Q(role__in=list(ROLES)),
                violation_error_message="没有这个角色 · No such role",
            ),
            models.CheckConstraint(
                name="account_department_has_unit",
                condition=Q(unit__isnull=False) | ~Q(role="department"),
                violation_error_message="部门账号须指定部门 · A department account needs its department",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def role_name(self) -> dict[str, str]:
        """The role's names in both languages."""
        zh, en = ROLES[self.role]
        return {"zh": zh, "en": en}

    @cached_property
    def where(self) -> dict[str, str]:
        """The names of the department, or of the place that the account is over: every page says them."""
        if self.role == "department" and self.unit is not None:
            return {"zh": self.unit.name_zh, "en": self.unit.name_en}
        zh, en = PLACE_NAMES.first(self.scope_id) or (self.scope_id, "")
        return {"zh": zh, "en": en}

    @property
    def is_admin(self) -> bool:
        """Whether this is one of the three separated administrators, who see no business data."""
        return self.role in ADMIN_ROLES

    @property
    def is_for_ballots(self) -> bool:
        """Whether this account serves ballots alone: a scrutineer or a teller, who sees no matters."""
        return self.role in BALLOT_ROLES

    def covers(self, code: str) -> bool:
        """Return whether a place lies in the account's scope."""
        return bool(code) and code.startswith(self.scope_id)

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002
        """Return False: rights live in each room's rules, never in a permission table."""
        return False
