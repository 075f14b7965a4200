"""The portal room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers the portal room."""

    name = "yizhen.portal"
