"""The needs room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, changes, guard_after_migrate

ASKED = changes(
    "client_id", "division_id", "unit_id", "title", "text", "options", "several", "wants_text", "audience", "by_lot",
    "opens_on", "closes_on", "asked_by_id", "made_at", "opened_at",
)  # fmt: skip


OPENED = "EXISTS (SELECT 1 FROM needs_consultation c WHERE c.id = {}.consultation_id AND c.opened_at IS NOT NULL)"
ANSWERED = OPENED.removesuffix(")") + " AND c.stopped_on IS NULL)"
STOPPED = changes("stopped_on", "stop_reason")
DELIVERED = changes(
    "client_id", "division_id", "unit_id", "policy", "document", "text", "whom", "delivered_on", "channel", "reached", "source", "by_id", "at"
)  # fmt: skip


class NeedsConfig(AppConfig):
    """Registers the needs room."""

    name = "yizhen.needs"
    verbose_name = "问需问计"

    def ready(self) -> None:
        """Install the triggers that keep a question as it was asked and answers as they were given."""
        guard_after_migrate(
            self,
            [
                Guard(
                    "needs_consultation",
                    "UPDATE",
                    f"OLD.opened_at IS NOT NULL AND ({ASKED}) OR OLD.stopped_on IS NOT NULL AND ({STOPPED})",
                ),
                Guard("needs_consultation", "DELETE"),
                Guard("needs_consultation_places", "INSERT", OPENED.format("NEW")),
                Guard("needs_consultation_places", "UPDATE"),
                Guard("needs_consultation_places", "DELETE", OPENED.format("OLD")),
                *append_only("needs_invitationbatch"),
                Guard("needs_invitation", "UPDATE"),
                Guard("needs_answer", "INSERT", "NOT " + ANSWERED.format("NEW")),
                *append_only("needs_answer"),
                *append_only("needs_freetext"),
                *append_only("needs_outcome"),
                *append_only("needs_outcome_matters"),
                *append_only("needs_housingreport"),
                Guard("needs_delivery", "UPDATE", DELIVERED),
                Guard("needs_delivery", "DELETE"),
            ],
        )
