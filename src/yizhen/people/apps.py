"""The people room."""

from django.apps import AppConfig

from yizhen.audit.triggers import append_only, guard_after_migrate


class PeopleConfig(AppConfig):
    """Registers the people room."""

    name = "yizhen.people"
    verbose_name = "人员"

    def ready(self) -> None:
        """Install the triggers that keep commitments as they were given."""
        guard_after_migrate(self, [*append_only("people_commitmenttext"), *append_only("people_commitment")])
