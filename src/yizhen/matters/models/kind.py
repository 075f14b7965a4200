"""Kinds as configuration: what a city adds or changes, and what each matter was filed under."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yizhen.matters.kinds import KINDS, MatterKind, from_json

KIND_STATES = ("draft", "in_force", "retired")
_KNOWN = {kind.digest: kind for kind in KINDS.values()}  # what is frozen never changes


def frozen_kind(digest: str) -> MatterKind:
    """Return the kind that was frozen under a digest; each is read once."""
    if digest not in _KNOWN:
        _KNOWN[digest] = from_json(FrozenKind.objects.get(pk=digest).spec)
    return _KNOWN[digest]


def digest_of_kind(kind: MatterKind) -> str:
    """Return the digest under which a kind is frozen when a matter is filed; until then it is known to this process by it."""
    return _KNOWN.setdefault(kind.digest, kind).digest


class FrozenKind(models.Model):
    """The rules and texts of a kind as they stood when matters were filed. Never changed, never deleted."""

    digest = models.CharField(primary_key=True, max_length=64)
    code = models.CharField(max_length=24)
    spec = models.JSONField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "since"]

    def __str__(self) -> str:
        return f"{self.code} {self.digest[:8]}"


class OwnKind(models.Model):
    """A kind that was made or changed in the browser. It is put in force once all its cases come out as they should."""

    code = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField(default=1)
    spec = models.JSONField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in KIND_STATES], default="draft")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    put_in_force_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="own_kind_version_is_unique"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="draft"), name="own_kind_has_one_draft"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="in_force"), name="own_kind_is_in_force_once"),
            models.CheckConstraint(
                name="own_kind_in_force_by_somebody", condition=Q(state="draft") | Q(put_in_force_by__isnull=False)
            ),
            models.CheckConstraint(
                name="own_kind_in_force_by_second_person",
                condition=Q(put_in_force_by__isnull=True) | ~Q(put_in_force_by=F("by")),
                violation_error_message="种类须由另一个人启用 · A kind is put in force by a second person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def kind(self) -> MatterKind:
        """The kind as an object."""
        return from_json(self.spec)


class KindCase(models.Model):
    """One case that proves a kind: steps with their days, and where the matter must stand then and when it is due."""

    kind = models.ForeignKey(OwnKind, models.CASCADE, related_name="cases")
    number = models.PositiveSmallIntegerField()
    steps = models.TextField(max_length=2000)
    state = models.CharField(max_length=12)
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ["kind", "number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="kind_case_number_is_unique")]

    def __str__(self) -> str:
        return f"{self.kind_id}/{self.number}"
