"""The livelihood room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, changes, decided_once, guard_after_migrate

# A candidate enters the list by a recorded vote alone, and is accepted by a passed inspection alone.
NOT_CHOSEN = (
    "OLD.stage = 'candidate' AND NEW.stage <> 'candidate' AND NEW.stage <> 'dropped' AND NOT EXISTS"
    " (SELECT 1 FROM livelihood_tally t WHERE t.project_id = NEW.id AND t.chosen)"
)
NOT_INSPECTED = (
    "OLD.stage <> 'accepted' AND NEW.stage = 'accepted' AND NOT COALESCE((SELECT a.passed FROM livelihood_acceptance a"
    " WHERE a.project_id = NEW.id ORDER BY a.id DESC LIMIT 1), FALSE)"
)
# What deputies voted on stands as it was voted on.
VOTED = changes(
    "name_zh", "what", "division_id", "year", "kind", "budget", "money_source", "lead_unit_id", "indicator_id"
)
# Who leads, proposed or reported a project never inspects it.
DOER = (
    "EXISTS (SELECT 1 FROM livelihood_project p JOIN people_account u ON u.id = NEW.by_id WHERE p.id = NEW.project_id AND"
    " (u.id = p.registered_by_id OR u.id = p.reported_by_id OR (p.lead_unit_id IS NOT NULL AND u.unit_id = p.lead_unit_id)"
    " OR u.role = 'township_head' OR u.role = 'township_office' OR u.role = 'village' OR u.role = 'grid_worker'))"
)
OF_THE_VOTE = "SELECT (v.ballots - v.invalid) FROM livelihood_vote v WHERE v.id = NEW.vote_id"
TOO_MANY_VOTES = (
    f"NEW.votes > ({OF_THE_VOTE}) OR NEW.votes + (SELECT COALESCE(SUM(t.votes), 0) FROM livelihood_tally t"  # noqa: S608
    f" WHERE t.vote_id = NEW.vote_id) > ({OF_THE_VOTE}) * (SELECT v.seats FROM livelihood_vote v WHERE v.id = NEW.vote_id)"
)
TOO_MANY_CHOSEN = (
    "NEW.chosen AND (SELECT COUNT(*) FROM livelihood_tally t WHERE t.vote_id = NEW.vote_id AND t.chosen)"
    " >= (SELECT v.seats FROM livelihood_vote v WHERE v.id = NEW.vote_id)"
)
UNEXPLAINED = (
    "OLD.planned_on IS DISTINCT FROM NEW.planned_on AND NOT EXISTS (SELECT 1 FROM livelihood_delay d"
    " WHERE d.milestone_id = NEW.id AND d.old_on = OLD.planned_on AND d.new_on = NEW.planned_on)"
)
PAID = "(SELECT COALESCE(SUM(m.amount), 0) FROM livelihood_payment m WHERE m.project_id = NEW.project_id) + NEW.amount"
OVER_BUDGET = (
    f"(NEW.reason = '' AND {PAID} > (SELECT p.budget FROM livelihood_project p WHERE p.id = NEW.project_id) + 0.001)"  # noqa: S608
    f" OR {PAID} < -0.001"
)
EARLY_VERDICT = (
    "NOT EXISTS (SELECT 1 FROM livelihood_project p WHERE p.id = NEW.project_id AND p.stage = 'accepted' AND p.public)"
)


class LivelihoodConfig(AppConfig):
    """Registers the livelihood room."""

    name = "yizhen.livelihood"
    verbose_name = "民生"

    def ready(self) -> None:
        """Install the triggers that keep votes, dates, money and acceptances as they were."""
        photo = (
            "project_id",
            "milestone_id",
            "moment",
            "caption",
            "file",
            "thumbnail",
            "size",
            "sha256",
            "by_id",
            "at",
        )
        guard_after_migrate(
            self,
            [
                Guard(
                    "livelihood_project",
                    "UPDATE",
                    f"({changes('registered_by_id', 'client_id')}) OR ({NOT_CHOSEN}) OR ({NOT_INSPECTED})"
                    f" OR (OLD.stage <> 'candidate' AND ({VOTED}))"
                    " OR ((OLD.stage = 'accepted' OR OLD.stage = 'dropped') AND OLD.stage <> NEW.stage)",
                ),
                Guard("livelihood_project", "DELETE"),
                *append_only("livelihood_vote"),
                *append_only("livelihood_tally"),
                Guard("livelihood_tally", "INSERT", f"({TOO_MANY_VOTES}) OR ({TOO_MANY_CHOSEN})"),
                Guard(
                    "livelihood_milestone",
                    "UPDATE",
                    f"({changes('project_id', 'name', 'first_on')}) OR ({UNEXPLAINED})",
                ),
                Guard("livelihood_milestone", "DELETE"),
                *append_only("livelihood_delay"),
                *append_only("livelihood_payment"),
                Guard("livelihood_payment", "INSERT", OVER_BUDGET),
                *decided_once("livelihood_photo", photo, decided="OLD.withdrawn <> ''"),
                *append_only("livelihood_acceptance"),
                Guard("livelihood_acceptance", "INSERT", DOER),
                *append_only("livelihood_verdict"),
                Guard("livelihood_verdict", "INSERT", EARLY_VERDICT),
                *append_only("livelihood_userule"),
            ],
        )
