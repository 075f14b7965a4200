"""The indicators room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, guard_after_migrate


class IndicatorsConfig(AppConfig):
    """Registers the indicators room."""

    name = "yizhen.indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        """Install the triggers that keep the history of values and the replies as they were written."""
        guard_after_migrate(self, [*append_only("indicators_valuechange"), *append_only("indicators_formrefusal")])
