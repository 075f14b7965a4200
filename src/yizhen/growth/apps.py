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
