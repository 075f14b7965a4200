"""Questions about a note and their answers: posts ask and answer, and what was said stays."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .note import PracticeNote


class Question(models.Model):
    """A question that a post asks about a published note. Append-only."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    note = models.ForeignKey(PracticeNote, models.PROTECT, related_name="questions")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="question_is_asked", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.note_id} {self.pk}"


class Answer(models.Model):
    """An answer of the township that wrote the note. Append-only; a better answer is another one."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="answer_is_given", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.question_id} {self.pk}"
