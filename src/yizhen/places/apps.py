"""The places room."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Registers the places room."""

    name = "yizhen.places"
    verbose_name = "地方"
