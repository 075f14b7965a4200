"""Leaving a matter out of the rates: asked for, decided by a second person, open to appeal, counted in public."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .matter import Matter

WEIFANG = _("潍坊市12345政务服务便民热线条例第十九条")
REASONS = {
    "litigation": (_("已经或者应当通过诉讼、仲裁、纪检监察解决"), WEIFANG),
    "review_or_disclosure": (_("已经或者应当通过行政复议、政府信息公开办理"), WEIFANG),
    "in_petition": (_("已经进入信访渠道"), WEIFANG),
    "secret_or_private": (_("涉及国家秘密、商业秘密、个人隐私"), WEIFANG),
    "concluded": (_("已经依法办结，没有新的事实和理由"), WEIFANG),
    "not_entitled": (_("依法不属应办，已向诉求人说明"), _("济南市12345市民服务热线条例第二十四条")),
}


class Exclusion(models.Model):
    """One request to leave a matter out of the rates. Whoever asks never decides, and neither decides on an appeal.

    Nothing is granted in silence: the requester may appeal, and while an appeal waits the matter counts again.
    ``upheld`` False brings it back for good: it is not asked for a second time.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="exclusions")
    reason_code = models.CharField(max_length=24, choices=[(code, names[0]) for code, names in REASONS.items()])
    text = models.TextField(max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    decision_text = models.TextField(max_length=1000, blank=True)
    granted = models.BooleanField(null=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_text = models.TextField(max_length=1000, blank=True)
    appeal_decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    appeal_decided_on = models.DateField(null=True)
    appeal_decision_text = models.TextField(max_length=1000, blank=True)
    upheld = models.BooleanField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(granted__isnull=True) | Q(granted=True),
                name="exclusion_is_asked_once_at_a_time",
            ),
            models.CheckConstraint(name="exclusion_reason_is_listed", condition=Q(reason_code__in=list(REASONS))),
            models.CheckConstraint(name="exclusion_says_why", condition=~Q(text="")),
            models.CheckConstraint(
                name="exclusion_asker_never_decides",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                violation_error_message="申请人不得自己批准 · Nobody grants an exclusion to himself",
            ),
            models.CheckConstraint(
                name="exclusion_decided_is_complete",
                condition=Q(granted__isnull=True, decided_by__isnull=True, decided_on__isnull=True, decision_text="")
                | (Q(granted__isnull=False, decided_by__isnull=False, decided_on__isnull=False) & ~Q(decision_text="")),
            ),
            models.CheckConstraint(
                name="exclusion_only_a_granted_one_is_appealed",
                condition=Q(appealed_at__isnull=True, appeal_text="")
                | (Q(granted__isnull=False, granted=True, appealed_at__isnull=False) & ~Q(appeal_text="")),
            ),
            models.CheckConstraint(
                name="exclusion_appeal_decided_is_complete",
                condition=Q(upheld__isnull=True, appeal_decided_by__isnull=True, appeal_decided_on__isnull=True)
                | Q(
                    upheld__isnull=False,
                    appeal_decided_by__isnull=False,
                    appeal_decided_on__isnull=False,
                    appealed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="exclusion_appeal_is_decided_by_a_third",
                condition=Q(appeal_decided_by__isnull=True)
                | (~Q(appeal_decided_by=F("decided_by")) & ~Q(appeal_decided_by=F("asked_by"))),
                violation_error_message="申请人和批准人不得处理申诉 · An appeal is decided by a third person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.reason_code}"

    @property
    def reason(self) -> Any:
        """The reason in the page's language."""
        return REASONS[self.reason_code][0]

    @property
    def source(self) -> Any:
        """The article that the reason is taken from."""
        return REASONS[self.reason_code][1]

    @property
    def is_appealed(self) -> bool:
        """Whether an appeal waits for a decision."""
        return self.appealed_at is not None and self.upheld is None

    @property
    def in_effect(self) -> bool:
        """Whether the matter is left out now."""
        return bool(self.granted) and (self.appealed_at is None or bool(self.upheld))


IN_EFFECT = Q(granted=True) & (Q(appealed_at__isnull=True) | Q(upheld=True))
