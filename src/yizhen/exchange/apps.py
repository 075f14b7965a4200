"""The exchange room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, changes, guard_after_migrate

ORIGIN = changes("client_id", "division_id", "written_by_id", "written_at")
CONTENT = changes(
    "work_line", "title", "problem", "steps", "cost", "person_days", "failed", "contact", "changed_by_id", "checked_by_id",
    "checked_at", "check_text", "published_by_id", "published_at",
)  # fmt: skip
# What is published only leaves the page by being withdrawn.
PUBLISHED = f"OLD.state = 'published' AND ({CONTENT} OR NEW.state NOT IN ('published', 'withdrawn'))"
JUMPED = "NEW.state = 'published' AND OLD.state NOT IN ('checked', 'published')"
STATE_OF = "(SELECT n.state FROM exchange_practicenote n WHERE n.id = {row}.note_id)"
OWN = (
    "EXISTS (SELECT 1 FROM exchange_practicenote n WHERE n.id = NEW.note_id"
    " AND (n.state <> 'published' OR n.division_id = NEW.division_id))"
)


class ExchangeConfig(AppConfig):
    """Registers the exchange room."""

    name = "yizhen.exchange"
    verbose_name = "交流"

    def ready(self) -> None:
        """Install the triggers that keep notes, citations, questions and adoptions as they were."""
        guard_after_migrate(
            self,
            [
                Guard(
                    "exchange_practicenote",
                    "UPDATE",
                    f"({ORIGIN}) OR OLD.state = 'withdrawn' OR ({PUBLISHED}) OR ({JUMPED})",
                ),
                Guard("exchange_practicenote", "DELETE"),
                Guard("exchange_notefigure", "INSERT", f"{STATE_OF.format(row='NEW')} <> 'draft'"),
                Guard("exchange_notefigure", "UPDATE"),
                Guard("exchange_notefigure", "DELETE", f"{STATE_OF.format(row='OLD')} <> 'draft'"),
                *append_only("exchange_question"),
                *append_only("exchange_answer"),
                Guard("exchange_adoption", "INSERT", OWN),
                *append_only("exchange_adoption"),
            ],
        )
