"""Composite indices: a design, its versions, and what a frozen version was computed from."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yizhen.places.models import Division


class IndexDesign(models.Model):
    """An index that a city's office designs. What it is made of is in its versions."""

    code = models.SlugField(primary_key=True, max_length=24)
    division = models.ForeignKey(Division, models.PROTECT, related_name="index_designs")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["division", "code"]
        constraints = [models.UniqueConstraint(fields=["division", "name_zh"], name="index_names_differ")]

    def __str__(self) -> str:
        return self.name_zh


class IndexVersion(models.Model):
    """One version of a design. ``spec`` is free while it is a draft; frozen, nothing of it changes (a trigger refuses).

    A frozen version keeps the figures it was computed from with their provenance (``data``), what came out (``result``),
    and the SHA-256 of the canonical texts of both ``spec`` and ``data``.
    """

    design = models.ForeignKey(IndexDesign, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    spec = models.JSONField()
    state = models.CharField(max_length=8, default="draft", choices=[("draft", "draft"), ("frozen", "frozen")])
    spec_sha256 = models.CharField(max_length=64, blank=True)
    data_sha256 = models.CharField(max_length=64, blank=True)
    data = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["design", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="index_versions_are_numbered"),
            models.UniqueConstraint(fields=["design"], condition=Q(state="draft"), name="index_has_one_draft"),
            models.CheckConstraint(
                name="index_frozen_is_hashed_and_reasoned",
                condition=Q(state="draft", spec_sha256="", data__isnull=True, frozen_at__isnull=True)
                | Q(
                    state="frozen", data__isnull=False, result__isnull=False, frozen_at__isnull=False,
                )
                & ~Q(spec_sha256="") & ~Q(data_sha256="") & ~Q(reason=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.design_id} {self.number}"

    @property
    def is_frozen(self) -> bool:
        """Whether nothing of it can change any more."""
        return self.state == "frozen"
