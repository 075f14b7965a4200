"""The demo room."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the demo room."""

    name = "yizhen.demo"
