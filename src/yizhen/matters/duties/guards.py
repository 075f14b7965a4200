"""Triggers that keep what was cited, refused, decided and planned as it was."""

from yizhen.audit.triggers import append_only, decided_once, frozen

ASKED = (
    "number", "division_id", "department_id", "name_zh", "purpose", "basis", "starts_on", "ends_on", "minutes", "funds",
    "applied_by_id", "applied_on", "clock", "due_on",
)  # fmt: skip
PLANNED = (
    "number", "kind", "division_id", "unit_id", "content", "scope", "basis", "designation", "starts_on", "ends_on",
    "coordination", "made_on",
)  # fmt: skip
GUARDS = [
    *append_only("matters_taskduty"),
    *append_only("matters_taskrefusal"),
    *decided_once("matters_admissionrequest", ASKED, decided="OLD.state <> 'applied'"),
    *frozen("matters_inspectionplan", PLANNED),
    *append_only("matters_inspectionplan_townships"),
]
