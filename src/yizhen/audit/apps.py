"""The audit room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, guard_after_migrate


class AuditConfig(AppConfig):
    """Registers the audit room."""

    name = "yizhen.audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Install the triggers that keep history as it was written."""
        guard_after_migrate(self, append_only("audit_record"))
