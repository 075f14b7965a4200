"""The matters room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, changes, decided_once, guard_after_migrate

from .duties import guards as duties
from .grids import guards as grids

ISSUED = (
    "matter_id", "spell", "colour", "follows_id", "major_reason", "issued_on", "answer_due_on", "issued_by_id",
)  # fmt: skip
ASKED = ("clock_id", "reason", "asked_by_id", "asked_on", "due_before")
FIXED = changes("number", "kind", "title", "text", "opened_at", "frozen_id", "fields", "parent_id")
# Where a matter goes changes only when it is dispatched, and its due date only to one that a clock of its own says.
PLACED = changes("division_id", "addressee_id", "dispatcher_id")
CLOCKED = (
    "EXISTS (SELECT 1 FROM matters_matterclock c WHERE c.matter_id = NEW.id AND c.governs AND c.due_on = NEW.due_on"
    " AND c.derivation = NEW.clock)"
)
MOVED = f"(({PLACED}) AND OLD.state NOT IN ('filed', 'returned')) OR (({changes('due_on', 'clock')}) AND NOT {CLOCKED})"
# A matter is not done over the heads of its parts.
UNFINISHED = (
    "NEW.state IN ('handled', 'verified', 'closed') AND OLD.state <> NEW.state AND EXISTS (SELECT 1 FROM matters_matter c"
    " WHERE c.parent_id = NEW.id AND c.state NOT IN ('closed', 'withdrawn'))"
)
# Nothing is opened below what is done.
BELOW_DONE = (
    "NEW.parent_id IS NOT NULL AND EXISTS (SELECT 1 FROM matters_matter p WHERE p.id = NEW.parent_id"
    " AND p.state IN ('handled', 'verified', 'reviewing', 'closed', 'withdrawn'))"
)
ASKED_OUT = ("matter_id", "reason_code", "text", "asked_by_id", "asked_on")
DECIDED_OUT = (
    "OLD.granted = FALSE OR OLD.upheld IS NOT NULL"
    f" OR (OLD.granted IS NOT NULL AND ({changes('granted', 'decided_by_id', 'decided_on', 'decision_text')}))"
    f" OR (OLD.appealed_at IS NOT NULL AND ({changes('appealed_at', 'appeal_text')}))"
)
FOUND = ("code", "period", "division_id", "unit_id", "statistic", "found_on", "found_by_id", "opens_on")
HEARD = (
    f"(OLD.explained_on IS NOT NULL AND ({changes('explanation', 'explained_by_id', 'explained_on')}))"
    " OR OLD.decided_on IS NOT NULL"
)
# Only a call that was verified and closed is rated.
UNRATABLE = "NOT EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = NEW.matter_id AND m.kind = 'whistle' AND m.state = 'closed')"

# Who stands aside takes no step: only what whoever asked may say of the answer is left.
RECUSED = ("matter_id", "account_id", "reason", "declared_at")
STOOD_ASIDE = (
    "EXISTS (SELECT 1 FROM matters_recusal r WHERE r.matter_id = NEW.matter_id AND r.account_id = NEW.by_id"
    " AND r.lifted_at IS NULL) AND NEW.verb NOT IN ('verdict_satisfied', 'verdict_unsatisfied', 'ask_first_review',"
    " 'ask_second_review')"
)

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


# What was proved and put in force stays as it was: a change is a new version.
PROVED = "SELECT k.state FROM matters_ownkind k WHERE k.id ="
OWN_KINDS = (
    Guard("matters_ownkind", "UPDATE", f"OLD.state <> 'draft' AND ({changes('code', 'version', 'spec', 'by_id')})"),
    Guard("matters_ownkind", "DELETE", "OLD.state <> 'draft'"),
    Guard("matters_kindcase", "INSERT", f"({PROVED} NEW.kind_id) <> 'draft'"),
    Guard("matters_kindcase", "UPDATE", f"({PROVED} OLD.kind_id) <> 'draft'"),
    Guard("matters_kindcase", "DELETE", f"({PROVED} OLD.kind_id) <> 'draft'"),
)


class MattersConfig(AppConfig):
    """Registers the matters room."""

    name = "yizhen.matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Register the room's lookup, and install the triggers that keep history as it was written."""
        from . import lookups  # noqa: F401  # its models are there only now

        guard_after_migrate(
            self,
            [
                *duties.GUARDS,
                *grids.GUARDS,
                *append_only("matters_event"),
                *append_only("matters_evidence"),
                *append_only("matters_lookback"),
                *decided_once("matters_recusal", RECUSED, decided="OLD.lifted_at IS NOT NULL"),
                Guard("matters_event", "INSERT", STOOD_ASIDE),
                *append_only("matters_follower"),
                *append_only("matters_fieldreport"),
                *routing_guards(),
                *decided_once("matters_supervisionnotice", ISSUED, decided="OLD.answered_at IS NOT NULL"),
                *append_only("matters_frozenkind"),
                *append_only("matters_sealedopening"),
                *append_only("matters_accused"),
                *append_only("matters_whistlerating"),
                *append_only("matters_rateweights"),
                *append_only("matters_draw"),
                *decided_once("matters_callback", ("draw_id", "matter_id"), decided="OLD.reached IS NOT NULL"),
                *decided_once("matters_exclusion", ASKED_OUT, decided=DECIDED_OUT),
                Guard("matters_whistlerating", "INSERT", UNRATABLE),
                *decided_once("matters_signal", FOUND, decided=HEARD),
                *OWN_KINDS,
                *decided_once("matters_extensionrequest", ASKED, decided="OLD.granted IS NOT NULL"),
                Guard("matters_matter", "INSERT", BELOW_DONE),
                Guard("matters_matter", "UPDATE", f"({FIXED}) OR ({MOVED}) OR ({UNFINISHED})"),
            ],
        )
