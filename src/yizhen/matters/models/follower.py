"""Residents who follow a matter that somebody else has raised."""

from django.db import models
from django.db.models import Q

from .matter import Matter


class Follower(models.Model):
    """One code that follows a matter: its hash and the day. Nobody is named, and the code opens public facts alone."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="followers")
    code_hash = models.CharField(max_length=64, unique=True)
    client_id = models.CharField(max_length=64, unique=True)
    since = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="follower_has_a_code", condition=~Q(code_hash=""))]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.since}"
