"""The places room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, decided_once, guard_after_migrate

DECLARED = ("division_id", "first", "last", "reason", "basis", "by_id", "at")


class PlacesConfig(AppConfig):
    """Registers the places room."""

    name = "yizhen.places"
    verbose_name = "地方"

    def ready(self) -> None:
        """Install the triggers that keep calendars as they were when deadlines were counted with them."""
        guard_after_migrate(
            self,
            [
                *append_only("places_calendarversion"),
                *append_only("places_calendarday"),
                *decided_once("places_localclosure", DECLARED, decided="OLD.withdrawn_at IS NOT NULL"),
            ],
        )
