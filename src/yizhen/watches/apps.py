"""The watches room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, changes, guard_after_migrate

# A correction is of the same series and the same time.
ELSEWHERE = (
    "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM watches_reading r WHERE r.id = NEW.corrects_id"
    " AND r.series_id = NEW.series_id AND r.at = NEW.at)"
)
LEVELS = changes(
    "watch_id", "side", "number", "level", "clear", "count", "minutes", "days", "text_zh", "basis", "by_id", "at"
)
CROSSED = changes("series_id", "side", "number", "threshold_id", "reading_id", "matter_id", "opened_at")
GIVEN = changes("watch_id", "label", "digest", "made_by_id", "made_at")
BEGUN = changes("client_id", "division_id", "office_id", "title", "kind", "basis", "started_at", "started_by_id")
# Detailed records of an emergency go when it has ended, and not before; the regular counts stay.
GOES_ON = (
    "OLD.emergency_id IS NULL OR EXISTS (SELECT 1 FROM watches_emergency e WHERE e.id = OLD.emergency_id"
    " AND e.ended_at IS NULL)"
)
OVER = (
    "NEW.emergency_id IS NOT NULL AND EXISTS (SELECT 1 FROM watches_emergency e WHERE e.id = NEW.emergency_id"
    " AND e.ended_at IS NOT NULL)"
)
# No certificate of what has not ended, or is still there.
NOT_GONE = (
    "EXISTS (SELECT 1 FROM watches_emergency e WHERE e.id = NEW.emergency_id AND e.ended_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM watches_readiness r WHERE r.emergency_id = NEW.emergency_id)"
    " OR EXISTS (SELECT 1 FROM watches_situation s WHERE s.emergency_id = NEW.emergency_id)"
)


def details(table: str) -> list[Guard]:
    """Return what keeps an emergency's detailed records as they were until the purge."""
    return [Guard(table, "INSERT", OVER), Guard(table, "UPDATE"), Guard(table, "DELETE", GOES_ON)]


class WatchesConfig(AppConfig):
    """Registers the watches room."""

    name = "yizhen.watches"
    verbose_name = "监测值守"

    def ready(self) -> None:
        """Install the triggers that keep readings, thresholds, crossings, plans and certificates as they were."""
        guard_after_migrate(
            self,
            [
                *append_only("watches_reading"),
                Guard("watches_reading", "INSERT", ELSEWHERE),
                *append_only("watches_series"),
                Guard("watches_threshold", "UPDATE", f"({LEVELS}) OR OLD.ended_at IS NOT NULL"),
                Guard("watches_threshold", "DELETE"),
                Guard("watches_crossing", "UPDATE", f"({CROSSED}) OR OLD.cleared_at IS NOT NULL"),
                Guard("watches_crossing", "DELETE"),
                Guard("watches_token", "UPDATE", f"({GIVEN}) OR OLD.revoked_at IS NOT NULL"),
                Guard("watches_token", "DELETE"),
                *append_only("watches_plan"),
                *append_only("watches_contact"),
                *append_only("watches_handover"),
                Guard("watches_emergency", "UPDATE", f"({BEGUN}) OR OLD.ended_at IS NOT NULL"),
                Guard("watches_emergency", "DELETE"),
                *details("watches_readiness"),
                *details("watches_situation"),
                *append_only("watches_certificate"),
                Guard("watches_certificate", "INSERT", NOT_GONE),
            ],
        )
