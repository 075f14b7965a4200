"""The people room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the people room."""

    name = "yizhen.people"
    verbose_name = "人员"
