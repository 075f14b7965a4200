"""The party room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, changes, guard_after_migrate

LISTED = changes("client_id", "division_id", "year", "what", "basis", "due_on", "listed_by_id", "listed_at")
PLANNED = changes("client_id", "division_id", "sort", "planned_on", "subject", "planned_by_id", "planned_at")


class PartyConfig(AppConfig):
    """Registers the party room."""

    name = "yizhen.party"
    verbose_name = "党建作风"

    def ready(self) -> None:
        """Install the triggers that keep what was listed, checked, planned and recorded as it was."""
        guard_after_migrate(
            self,
            [
                Guard(
                    "party_responsibilityitem",
                    "UPDATE",
                    f"({LISTED}) OR OLD.state = 'checked' OR OLD.state = 'dropped'"
                    " OR (NEW.state = 'checked' AND OLD.state <> 'reported')",
                ),
                Guard("party_responsibilityitem", "DELETE"),
                Guard("party_meeting", "UPDATE", f"({PLANNED}) OR OLD.held IS NOT NULL"),
                Guard("party_meeting", "DELETE"),
            ],
        )
