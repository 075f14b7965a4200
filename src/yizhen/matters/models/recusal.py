"""Recusals: posts that have declared an interest in a matter and leave it to others."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .matter import Matter


class Recusal(models.Model):
    """A post that stands aside from a matter, from a moment on: it takes no step of it (Regulations on Petition Work art. 28).

    The reason is for the organisation office alone; everybody else reads which post stands aside and no more. Only somebody
    else than the post itself lifts it, with words; a lifted one stays as it was.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="recusals")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recusals")
    reason = models.CharField(max_length=400)
    declared_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "account"],
                condition=Q(lifted_at__isnull=True),
                name="recusal_is_declared_once",
                violation_error_message="这个岗位已经回避 · This post stands aside already",
            ),
            models.CheckConstraint(name="recusal_has_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="recusal_is_lifted_by_another",
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=models.F("account")),
                violation_error_message="不能解除自己的回避 · Nobody lifts his own recusal",
            ),
            models.CheckConstraint(
                name="recusal_lifting_is_whole",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_why="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.account_id}"
