"""Triggers that keep what was posted, listed, refused and called in as it was; each of them ends once."""

from yizhen.audit.triggers import decided_once

REFUSED = (
    "number", "grid_id", "unit_id", "asked", "channel", "asked_on", "text", "refused_on", "by_id", "client_id",
)  # fmt: skip
POSTED = ("grid_id", "worker_id", "shown_name", "phone", "supervision_phone", "covers", "since")
LISTED = ("city_id", "code", "name_zh", "name_en", "part", "basis", "kinds", "since")
FORMED = ("matter_id", "sort", "name", "unit_id", "task", "members", "formed_on", "formed_by_id")
ENDED = "OLD.{column} IS NOT NULL"
GUARDS = [
    *decided_once("matters_gridrefusal", REFUSED, decided="OLD.answer <> ''"),
    *decided_once("matters_gridpost", POSTED, decided=ENDED.format(column="until")),
    *decided_once("matters_serviceitem", LISTED, decided=ENDED.format(column="until")),
    *decided_once(
        "matters_microgrid", ("grid_id", "number", "name", "covers", "households"), decided="OLD.retired_on IS NOT NULL"
    ),
    *decided_once("matters_taskteam", FORMED, decided=ENDED.format(column="ended_on")),
    *decided_once(
        "matters_linkedunit",
        ("division_id", "unit_id", "basis", "since", "by_id"),
        decided=ENDED.format(column="until"),
    ),
]
