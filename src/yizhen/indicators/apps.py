"""The indicators room."""

from django.apps import AppConfig

from yizhen.audit.triggers import Guard, append_only, decided_once, guard_after_migrate

ENTERED = ("item_id", "division_id", "points", "happened_on", "reason", "evidence", "entered_by_id", "entered_at")
OF_A_FROZEN_SCHEME = (
    "EXISTS (SELECT 1 FROM indicators_assessmentscheme s WHERE s.code = {row}.scheme_id AND s.state = 'frozen')"
)
OF_A_FROZEN_ITEM = (
    "EXISTS (SELECT 1 FROM indicators_schemeitem i JOIN indicators_assessmentscheme s ON s.code = i.scheme_id "
    "WHERE i.id = {row}.item_id AND s.state = 'frozen')"
)
WEIGHTS_MISS_100 = (
    "NEW.state = 'frozen' AND EXISTS (SELECT 1 FROM indicators_schemeweight w WHERE w.scheme_id = NEW.code "
    "GROUP BY w.category_id HAVING SUM(w.weight) <> 100)"
)


def guards() -> list[Guard]:
    """Return what keeps the history of values, replies, frozen indices and schemes, and decided entries as they are."""
    made = [
        *append_only("indicators_valuechange"),
        *append_only("indicators_formrefusal"),
        Guard("indicators_indexversion", "UPDATE", "OLD.state = 'frozen'"),
        Guard("indicators_indexversion", "DELETE", "OLD.state = 'frozen'"),
        Guard("indicators_assessmentscheme", "UPDATE", f"OLD.state = 'frozen' OR ({WEIGHTS_MISS_100})"),
        Guard("indicators_assessmentscheme", "DELETE", "OLD.state = 'frozen'"),
        Guard("indicators_schemeentry", "INSERT", OF_A_FROZEN_ITEM.format(row="NEW")),
    ]
    for table in ("indicators_schemeweight", "indicators_schemeitem"):
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            made.append(Guard(table, verb, OF_A_FROZEN_SCHEME.format(row=row)))
    change, deletion = decided_once("indicators_schemeentry", ENTERED, decided="OLD.state <> 'entered'")
    frozen = OF_A_FROZEN_ITEM.format(row="OLD")
    return [*made, Guard(change.table, "UPDATE", f"{change.condition} OR {frozen}"), deletion]


class IndicatorsConfig(AppConfig):
    """Registers the indicators room."""

    name = "yizhen.indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        """Install the triggers that keep what was frozen or decided."""
        guard_after_migrate(self, guards())
