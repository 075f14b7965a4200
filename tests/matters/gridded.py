"""A grid with its list of services, for tests."""

from tests.factories import place
from yizhen.matters.actions import list_service, post_worker
from yizhen.matters.models import GridPost, ServiceItem

GRID = "990181101201001"


def listed(
    office, code: str = "W-1", kinds: tuple[str, ...] = ("grid_event",), name: str = "公共设施巡查"
) -> ServiceItem:
    return list_service(
        office, code=code, kinds=list(kinds), name_zh=name, name_en="", part="find", basis="某办〔2026〕1号"
    )


def posted(actor, worker, **given) -> GridPost:
    said = {"shown_name": "张某某", "phone": "0990-7001", "supervision_phone": "0990-7002", "covers": "1—6 号楼"}
    return post_worker(actor, place(GRID), worker, **{**said, **given})
