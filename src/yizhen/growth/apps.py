"""The growth room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, changes, decided_once, frozen, guard_after_migrate

# Who screened it is another than who registered it or changed it last, and nothing is signed that the last screening did not let proceed.
OWN = "EXISTS (SELECT 1 FROM growth_project p WHERE p.id = NEW.project_id AND NEW.by_id IN (p.registered_by_id, p.changed_by_id))"
UNSCREENED = (
    "OLD.stage = 'lead' AND NEW.stage NOT IN ('lead', 'dropped') AND COALESCE((SELECT s.decision FROM growth_screening s"
    " WHERE s.project_id = NEW.id ORDER BY s.id DESC LIMIT 1), '') <> 'proceed'"
)


# What was signed stands as it was promised.
PROMISED = changes(
    "name_zh", "investment", "land", "tax_per_mu", "research", "grade", "energy", "jobs", "safety_land", "fair_competition",
    "firm_promise", "source",
)  # fmt: skip

# A policy in force is what firms relied on: nothing of it changes but its end, and that once.
POLICY = changes(
    "client_id", "code", "number", "division_id", "department_id", "name_zh", "name_en", "kind", "target_zh", "benefit_zh",
    "mode", "clock_days", "basis_zh", "fair_competition", "review", "until", "in_force_from", "in_force_by_id", "drafted_by_id",
    "drafted_at",
)  # fmt: skip
IN_FORCE = "EXISTS (SELECT 1 FROM growth_policy p WHERE p.id = {row}.policy_id AND p.in_force_from IS NOT NULL)"
CONFIRMED = (
    "EXISTS (SELECT 1 FROM growth_benefitlist l WHERE l.id = NEW.benefit_list_id AND l.confirmed_at IS NOT NULL)"
)
MAKER = (
    "NEW.benefit_list_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM growth_benefitlist l JOIN growth_benefitlistitem i"
    " ON i.benefit_list_id = l.id WHERE l.id = NEW.benefit_list_id AND l.confirmed_at IS NOT NULL"
    " AND l.policy_id = NEW.policy_id AND i.enterprise_id = NEW.enterprise_id)"
)


def parts_of_policies(table: str) -> list[Guard]:
    """Freeze what belongs to a policy once that is in force."""
    old, new = IN_FORCE.format(row="OLD"), IN_FORCE.format(row="NEW")
    return [Guard(table, "INSERT", new), Guard(table, "UPDATE", f"{old} OR {new}"), Guard(table, "DELETE", old)]


DECLARED = (
    "client_id", "division_id", "number", "name_zh", "name_en", "direction", "sectors", "position", "aimed", "reason", "declared_by_id",
    "declared_at",
)  # fmt: skip
REPORTED = ("client_id", "step_id", "result", "done_on", "source", "by_id", "at")
NOTED = (
    "client_id",
    "city_id",
    "place_zh",
    "place_en",
    "industry_zh",
    "industry_en",
    "sectors",
    "source",
    "as_of",
    "by_id",
    "at",
)
# A declaration or a report begins undecided: nobody enters one that is confirmed already.
BEGINS_DECIDED = "NEW.decision <> ''"
BEGINS_CHECKED = "NEW.passed IS NOT NULL"
APPEND_ONLY = ("upgradestep", "industrycommunity", "communitycount", "sectorfigure", "parktarget", "parkfigure")


class GrowthConfig(AppConfig):
    """Registers the growth room."""

    name = "yizhen.growth"
    verbose_name = "发展"

    def ready(self) -> None:
        """Install the triggers that keep screenings as they were."""
        guard_after_migrate(
            self,
            [
                *append_only("growth_screeningrule"),
                *append_only("growth_screening"),
                Guard("growth_screening", "INSERT", OWN),
                Guard(
                    "growth_project",
                    "UPDATE",
                    f"({changes('registered_by_id', 'client_id', 'division_id')}) OR ({UNSCREENED})"
                    f" OR (OLD.stage <> 'lead' AND ({PROMISED}))",
                ),
                Guard("growth_project", "DELETE"),
                *self._enterprises(),
                *(guard for table in APPEND_ONLY for guard in append_only(f"growth_{table}")),
                *decided_once("growth_industrydeclaration", DECLARED, decided="OLD.decision <> ''"),
                Guard("growth_industrydeclaration", "INSERT", BEGINS_DECIDED),
                *decided_once("growth_stepreport", REPORTED, decided="OLD.passed IS NOT NULL"),
                Guard("growth_stepreport", "INSERT", BEGINS_CHECKED),
                *decided_once("growth_outsideindustry", NOTED, decided="OLD.withdrawn_at IS NOT NULL"),
                *frozen("growth_park", ["client_id", "division_id", "registered_by_id", "registered_at"]),
                Guard("growth_park", "DELETE"),
            ],
        )

    def _enterprises(self) -> list[Guard]:
        """Return the triggers that keep what was promised to firms, and what they asked."""
        granted = [
            "client_id",
            "policy_id",
            "enterprise_id",
            "benefit_list_id",
            "facts",
            "started_on",
            "due_on",
            "clock",
            "registered_by_id",
        ]
        owed = [
            "client_id", "enterprise_id", "debtor_id", "subject", "amount", "scale", "begins", "began_on", "agreed_days", "due_on",
            "clock", "source", "registered_by_id",
        ]  # fmt: skip
        return [
            Guard(
                "growth_policy", "UPDATE", f"OLD.in_force_from IS NOT NULL AND ({POLICY} OR OLD.ended_on IS NOT NULL)"
            ),
            Guard("growth_policy", "DELETE", "OLD.in_force_from IS NOT NULL"),
            *parts_of_policies("growth_policycondition"),
            *parts_of_policies("growth_feeitem"),
            *decided_once(
                "growth_benefitlist",
                ["client_id", "policy_id", "made_by_id", "made_at"],
                decided="OLD.confirmed_at IS NOT NULL",
            ),
            *append_only("growth_benefitlistitem"),
            Guard("growth_benefitlistitem", "INSERT", CONFIRMED),
            Guard("growth_redemption", "INSERT", MAKER),
            *decided_once("growth_redemption", granted, decided="OLD.decided_by_id IS NOT NULL"),
            *decided_once("growth_publicpayment", owed, decided="OLD.settled_by_id IS NOT NULL"),
            *append_only("growth_visit"),
            *append_only("growth_enterprisematter"),
            *frozen("growth_enterprise", ["client_id", "registered_by_id", "registered_at"]),
            Guard("growth_enterprise", "DELETE"),
        ]
