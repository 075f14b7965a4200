"""The base room: components and middleware that know no domain."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the base room."""

    name = "yizhen.web"
