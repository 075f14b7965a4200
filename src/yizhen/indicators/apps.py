"""The indicators room."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Registers the indicators room."""

    name = "yizhen.indicators"
    verbose_name = "指标"
