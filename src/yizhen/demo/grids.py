"""The demo's grids, their list of services, a refused demand, linked units and teams, played through the real actions."""

from datetime import timedelta

from django.utils import timezone

from yizhen.matters.actions import (
    answer_refusal,
    draw_micro_grid,
    end_team,
    form_team,
    link_unit,
    list_service,
    post_worker,
    refuse_demand,
)
from yizhen.matters.models import GridRefusal, Matter
from yizhen.people.models import Account, Unit
from yizhen.places.actions import draw_grid
from yizhen.places.models import Division

from .clock import days_ago

TOWNSHIP = "990181101"  # 柳岸镇
BASIS = "清综网〔2026〕1号（虚构） · fictional document No. 1 (2026)"
SERVICES = (  # code, name, English, part, kinds of matter that may be sent to a grid
    ("CJ-1", "人口、房屋基础信息更新", "Keeping basic data of households and houses up to date", "collect", ()),
    ("XC-1", "公共设施巡查上报", "Reporting damaged public facilities", "find", ("grid_event",)),
    ("XC-2", "安全隐患巡查上报", "Reporting hazards", "find", ("hazard",)),
    ("XC-3", "河沟、堤防、积水点巡查上报", "Reporting ditches, dykes and flooded spots", "find", ("flood_drought", "environment")),
    ("FW-1", "独居老人、困难家庭上门走访", "Visits to people living alone and families in need", "serve", ("resident_request",)),
    ("FW-2", "代办服务", "Running errands to offices for residents", "serve", ("resident_request",)),
    ("HJ-1", "邻里纠纷先行调解", "First mediation between neighbours", "mediate", ("dispute",)),
    ("XC-4", "整改事项现场查看", "Looking at what was to be put right", "find", ("rectification",)),
    ("XJ-1", "政策宣传", "Informing people of policies", "publicise", ()),
)  # fmt: skip
GRIDS = (
    ("201", "第1网格", "1—4组，沿河堤 · Groups 1–4 along the dyke"),
    ("201", "第2网格", "5—8组 · Groups 5–8"),
    ("203", "第1网格", "和平小区1—12幢 · Heping estate, buildings 1–12"),
)
MICRO = (
    ("河堤一线 · Along the dyke", "1组、2组 · Groups 1 and 2", 86),
    ("村口片 · Round the village gate", "3组、4组 · Groups 3 and 4", 74),
)


def make_grids(accounts: dict[str, Account]) -> None:
    """Draw grids in a township, publish the list, post a worker, and let the grid refuse what the list does not hold."""
    township = accounts["liuan"]
    with days_ago(90):
        for code, name_zh, name_en, part, kinds in SERVICES:
            list_service(
                accounts["office"],
                code=code,
                kinds=list(kinds),
                name_zh=name_zh,
                name_en=name_en,
                part=part,
                basis=BASIS,
            )
    villages = Division.objects.in_bulk()
    drawn = []
    with days_ago(80):
        for village, name, covers in GRIDS:
            drawn.append((draw_grid(township, villages[TOWNSHIP + village], name), covers))
        first, covers = drawn[0]
        said = {
            "shown_name": "示例网格员 · Sample worker",
            "phone": "0990-5550101",
            "supervision_phone": "0990-5550100",
        }
        post_worker(township, first, accounts["grid"], covers=covers, **said)
        for name, part, households in MICRO:
            draw_micro_grid(township, first, name=name, covers=part, households=households)
    with days_ago(12):
        refusal = _demand(accounts["grid"], first, "STA", "每周上报养犬户数台账", "chat")
        _demand(accounts["village"], first, "HRS", "下载并每日登录就业小程序", "phone")
    with days_ago(9):
        answer_refusal(accounts["sta"], refusal, "已核对清单，收回要求，由本局用抽样调查取得数据。")


def _demand(actor: Account, grid: Division, unit: str, asked: str, channel: str) -> GridRefusal:
    return refuse_demand(
        actor,
        grid,
        Unit.objects.get(code=unit),
        asked=asked,
        channel=channel,
        asked_on=timezone.localdate() - timedelta(days=1),
        client_id=f"demo:demand:{unit}",
    )


def call_teams(accounts: dict[str, Account]) -> None:
    """Link departments to townships and call teams in on two matters: one has done its part, the others are at work."""
    places = {division.name_zh: division for division in Division.objects.filter(level="township")}
    with days_ago(60):
        for name, unit in (("柳岸镇", "EMG"), ("柳岸镇", "IND"), ("古渡镇", "WAT"), ("石门峪镇", "HRS")):
            link_unit(accounts["office"], places[name], Unit.objects.get(code=unit), "清委办〔2026〕6号（虚构）")
    roads = Matter.objects.get(title="工业集中区门前道路破损，货车难行")
    dyke = Matter.objects.get(title="东堤渗水")
    office = accounts["gudu"]
    with days_ago(5):
        form_team(
            office,
            dyke,
            "action_branch",
            name="古渡镇防汛行动党支部",
            task="分三班看守渗水段，夜间每两小时看一次",
            members=15,
        )
        form_team(
            office, dyke, "linked_unit", unit=Unit.objects.get(code="WAT"), task="派技术人员判断是否管涌", members=2
        )
        volunteers = form_team(office, dyke, "volunteers", name="渡口村志愿服务队", task="装运沙袋 400 只", members=32)
    with days_ago(3):
        end_team(office, volunteers, "沙袋 400 只已码放到位。")
        form_team(accounts["chenghu"], roads, "social_org", name="澄湖市物流协会", task="通知货车改道", members=4)
