"""Which context makes townships alike: declared once by the city, the same for all."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yizhen.places.models import Division


class NeighbourRule(models.Model):
    """The variables by which a city finds each township's nearest ones: things that no township office decides."""

    city = models.OneToOneField(Division, models.PROTECT, related_name="+")
    variables = models.JSONField(default=list)
    number = models.PositiveSmallIntegerField(default=4)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="neighbours_are_a_few",
                condition=Q(number__gte=3, number__lte=20),
                violation_error_message="取 3 到 20 个 · Between 3 and 20",
            )
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.variables}"
