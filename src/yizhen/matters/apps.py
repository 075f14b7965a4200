"""The matters room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, decided_once, frozen, guard_after_migrate

from .duties import guards as duties

ISSUED = (
    "matter_id", "spell", "colour", "follows_id", "major_reason", "issued_on", "answer_due_on", "issued_by_id",
)  # fmt: skip


class MattersConfig(AppConfig):
    """Registers the matters room."""

    name = "yizhen.matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Install the triggers that keep history as it was written."""
        guard_after_migrate(
            self,
            [
                *duties.GUARDS,
                *append_only("matters_event"),
                *append_only("matters_evidence"),
                *append_only("matters_lookback"),
                *decided_once("matters_supervisionnotice", ISSUED, decided="OLD.answered_at IS NOT NULL"),
                *frozen(
                    "matters_matter",
                    ["number", "kind", "title", "text", "division_id", "addressee_id", "opened_at", "due_on", "clock"],
                ),
            ],
        )
