"""The console room."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Registers the console room."""

    name = "yizhen.console"
