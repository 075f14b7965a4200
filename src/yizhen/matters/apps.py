"""The matters room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, frozen, guard_after_migrate


def _answered_once(table: str) -> list[Guard]:
    """Refuse changes of what was issued, of an answer once given, and deletion."""
    issued = [
        "matter_id",
        "spell",
        "colour",
        "follows_id",
        "major_reason",
        "issued_on",
        "answer_due_on",
        "issued_by_id",
    ]
    answered = ["answer", "answered_at", "answered_by_id"]
    changed, again = (
        " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns) for columns in (issued, answered)
    )
    return [Guard(table, "UPDATE", f"{changed} OR (OLD.answered_at IS NOT NULL AND ({again}))"), Guard(table, "DELETE")]


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
                *_answered_once("matters_supervisionnotice"),
                *frozen(
                    "matters_matter",
                    ["number", "kind", "title", "text", "division_id", "addressee_id", "opened_at", "due_on", "clock"],
                ),
            ],
        )
