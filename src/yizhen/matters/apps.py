"""The matters room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, decided_once, frozen, guard_after_migrate

ISSUED = (
    "matter_id", "spell", "colour", "follows_id", "major_reason", "issued_on", "answer_due_on", "issued_by_id",
)  # fmt: skip

OF_RULES_IN_FORCE = (
    "EXISTS (SELECT 1 FROM matters_routingruleset s WHERE s.id = {row}.rule_set_id AND s.state = 'frozen')"
)


def routing_guards() -> list[Guard]:
    """Return what keeps dispatch rules that were put in force, with their cases, as they were."""
    tables = ("matters_routingrule", "matters_routingcase")
    rows = (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    return [
        Guard("matters_routingruleset", "UPDATE", "OLD.state = 'frozen'"),
        Guard("matters_routingruleset", "DELETE", "OLD.state = 'frozen'"),
        *(Guard(table, verb, OF_RULES_IN_FORCE.format(row=row)) for table in tables for verb, row in rows),
    ]


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
                *append_only("matters_follower"),
                *routing_guards(),
                *decided_once("matters_supervisionnotice", ISSUED, decided="OLD.answered_at IS NOT NULL"),
                *frozen(
                    "matters_matter",
                    ["number", "kind", "title", "text", "division_id", "addressee_id", "opened_at", "due_on", "clock"],
                ),
            ],
        )
