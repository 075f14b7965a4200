"""Why a grid refuses a demand, in words that can be cited."""

from collections.abc import Sequence
from datetime import date

from yizhen.documents.content import Official, chinese_date
from yizhen.documents.letters import numbered, reply_letter
from yizhen.matters.models import GridRefusal, ServiceItem
from yizhen.matters.models.grid import CHANNELS
from yizhen.places.models import Division

ASKED_BY = {"paper": "来文", "phone": "电话或口头", "chat": "工作群", "system": "另设的系统"}
assert set(ASKED_BY) == set(CHANNELS)


def refusal_text(grid: Division, asked: str, channel: str, asked_on: date, items: Sequence[ServiceItem]) -> str:
    """Return the reply, paragraph by paragraph: Chinese whatever the language of the page."""
    latest = max(item.since for item in items)
    names = "、".join(f"{item.code} {item.name_zh}" for item in items[:30])
    grounds = [
        f"本市网格服务事项清单（{chinese_date(latest)}调整，共 {len(items)} 项）没有这一事项。",
        f"现行清单为：{names}{'等' if len(items) > 30 else ''}。",
    ]
    received = f"{chinese_date(asked_on)}，贵单位以{ASKED_BY[channel]}要求{grid.name_zh}承担“{asked}”。经查："
    closing = (
        "网格实行一张网格、一支队伍、一份清单，各部门不得另行划分网格、另派任务。根据《整治形式主义为基层减负若干规定》，"
        "该要求不予承接。确需网格承担的，请按程序申请调整清单。"
    )
    return "\n".join([received, *numbered(grounds), closing])


def grid_reply(refusal: GridRefusal) -> Official:
    """Describe the reply as a document in the layout of GB/T 9704."""
    village = refusal.grid.parent
    return reply_letter(
        f"关于网格不予承接“{refusal.asked}”的复函",
        refusal.text,
        number=refusal.number,
        addressee=refusal.unit.name_zh,
        signature=f"{village.name_zh if village else ''}{refusal.grid.name_zh}",
        signed_on=refusal.refused_on,
    )
