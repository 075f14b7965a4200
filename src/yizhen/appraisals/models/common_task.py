"""What became of a problem that several speakers share: a task of a department."""

from django.db import models

from .campaign import Campaign
from .session import Problem


class CommonTask(models.Model):
    """A common problem that was sent to a department: which problems it gathers, and the matter that carries it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="common_tasks")
    matter = models.OneToOneField("matters.Matter", models.PROTECT, related_name="common_task")
    problems = models.ManyToManyField(Problem, related_name="common_tasks")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.matter)
