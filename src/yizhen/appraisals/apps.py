"""The appraisals room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, frozen, guard_after_migrate


class AppraisalsConfig(AppConfig):
    """Registers the appraisals room."""

    name = "yizhen.appraisals"
    verbose_name = "述职评议"

    def ready(self) -> None:
        """Install the triggers that keep history as it was written."""
        guard_after_migrate(
            self,
            [
                *append_only("appraisals_reportversion"),
                *append_only("appraisals_snapshotfigure"),
                *append_only("appraisals_result"),
                *append_only("appraisals_openedsheet"),
                *frozen("appraisals_campaign", ["config", "kind", "title", "config_hash"], when="OLD.state <> 'draft'"),
            ],
        )
