"""The appraisals room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, decided_once, frozen, guard_after_migrate

FILED = ("speaker_id", "text", "filed_by_id", "filed_at", "due_on", "made_by_id", "issued_by_id")


class AppraisalsConfig(AppConfig):
    """Registers the appraisals room."""

    name = "yizhen.appraisals"
    verbose_name = "述职评议"

    def ready(self) -> None:
        """Install the triggers that keep history as it was written."""
        # Published rules change only into a version that is on record, and after that never.
        (rules,) = frozen(
            "appraisals_campaign",
            ["config", "kind", "title", "config_hash"],
            when="OLD.state <> 'draft' AND (OLD.state <> 'published' OR NEW.state <> 'published' "
            "OR OLD.kind <> NEW.kind OR OLD.title <> NEW.title OR NOT EXISTS (SELECT 1 FROM "
            "appraisals_campaignversion v WHERE v.campaign_id = NEW.id AND v.sha256 = NEW.config_hash "
            "AND v.sha256 <> OLD.config_hash))",
        )
        guard_after_migrate(
            self,
            [
                *append_only("appraisals_reportversion"),
                *append_only("appraisals_snapshotfigure"),
                *append_only("appraisals_result"),
                *append_only("appraisals_openedsheet"),
                *append_only("appraisals_campaignversion"),
                *append_only("appraisals_paperentry"),
                *append_only("appraisals_finding"),
                *append_only("appraisals_kitconfirmation"),
                *append_only("appraisals_opiniondecision"),
                *decided_once("appraisals_objection", FILED, decided="OLD.state <> 'filed'"),
                Guard("appraisals_campaign", "UPDATE", f"({rules.condition}) OR OLD.is_rehearsal <> NEW.is_rehearsal"),
                Guard("appraisals_campaign", "DELETE", "OLD.state <> 'draft' AND NOT OLD.is_rehearsal"),
            ],
        )
