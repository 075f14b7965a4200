"""The matters room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, frozen, guard_after_migrate


class MattersConfig(AppConfig):
    """Registers the matters room."""

    name = "yizhen.matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Install the triggers that keep history as it was written."""
        guard_after_migrate(
            self,
            [
                *append_only("matters_event"),
                *append_only("matters_evidence"),
                *append_only("matters_lookback"),
                *frozen(
                    "matters_matter", ["number", "kind", "title", "text", "division_id", "opened_at", "due_on", "clock"]
                ),
            ],
        )
