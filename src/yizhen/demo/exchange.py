"""The demo's practice notes: what townships tried, what failed, who asked, and who adopted it (all fictional)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from yizhen.exchange.actions import check_note, cite, publish_note, write_note
from yizhen.exchange.models import PracticeNote
from yizhen.exchange.talking import adopt, answer, ask
from yizhen.indicators.models import Observation
from yizhen.indicators.periods import bounds
from yizhen.people.models import Account

from .clock import days_ago

PUBLISHED, ADOPTED = 172, 165  # days ago


@dataclass(frozen=True)
class Practice:
    """One note: its township by name, the indicator that it cites, and its words."""

    township: str
    indicator: str
    line: str
    title: str
    problem: str
    steps: str
    cost: str
    person_days: int
    failed: str
    published: bool = True


PRACTICES = (
    Practice(
        "柳岸镇", "L06", "livelihood", "垃圾分类：把桶前劝导换成户前收运",
        "桶前劝导用人多，人一走就混投；分类桶离家远，老人不愿意走。",
        "一、每个网格定两个收运时间，小车到户前收厨余。\n二、混投的当场退回，说明怎样分，不罚款。\n三、每月在村务公开栏公布收运量，不公布到户。",
        "28.60", 420,
        "头一个月时间定在上午九点，上班的人家赶不上，收运率只有一半；改成早六点半和晚七点才上来。买的两辆电动车爬不上后山的坡，换成了三轮。",
    ),
    Practice(
        "北圩镇", "D04", "development", "项目早餐会：每周一次，只谈卡在哪里",
        "意向项目很多，开工的很少，卡在用地还是环评，部门之间说不清。",
        "一、每周三早上半小时，镇里、园区、审批窗口坐在一起。\n二、只过没有进展的项目，每个项目写一句“卡在哪里、谁去办、哪天”。\n三、下一周先看上一周的三句话。",
        "1.20", 96,
        "前两个月开成了汇报会，一次两小时。后来规定不许念材料才好一些。最缺的用地指标这个会解决不了。",
    ),
    Practice(
        "古渡镇", "S05", "safety", "调解完了回访三次：三天、一个月、半年",
        "协议签了不履行，同一件事反复调解。",
        "一、协议里写明每一步的日期和验收人。\n二、调解员按三天、一个月、半年回访，没履行的当场再约。\n三、涉及钱的，分期的约定写进司法确认。",
        "3.50", 260,
        "回访电话有三成打不通，改成村里上门。半年那一次经常忘记，后来登记成事项，由期限来催。",
    ),
    Practice(
        "江风街道", "L09", "livelihood", "民生实事先晒工期，再开工",
        "实事项目年底扎堆，质量没人看。",
        "一、二月底前公布每个项目的开工日和完工日。\n二、居民代表每月看一次工地，问题挂在公示牌上。\n三、改期的写明原因重新公布。",
        "6.00", 150,
        "有两个项目因为管线没查清改了三次工期，公示牌越改越没有人信。现在开工前先做管线踏勘。",
    ),
    Practice(
        "桑榆浦镇", "P03", "party_style", "村里的报表，先看镇里有没有",
        "同一个数，三个站所各要一遍。",
        "一、镇里先查指标库，已有的数不再向村里要。\n二、要新数的站所写明依据，由党政办统一下发。",
        "0.00", 40,
        "有两张表是市里直接发到村的，镇里拦不住，只能按登记编号拒填以后再反映。",
        published=False,
    ),
)  # fmt: skip
QUESTIONS = (
    (
        "柳岸镇",
        "township_office",
        "西塘桥镇",
        "早晚两次收运，司机算加班吗？",
        "按两个半班排，没有另算加班，运费里含了。",
    ),
    ("柳岸镇", "department", "", "厨余送到哪里处理，运距多少？", "送县级处理厂，单程约 11 公里。"),
    ("北圩镇", "county", "", "部门来的人能当场定吗？", "三分之二能，定不了的写明回去找谁、哪天回话。"),
    ("古渡镇", "township_head", "石门峪镇", "半年回访由谁去？", "由当时没有参加调解的另一位调解员去。"),
    ("江风街道", "township_office", "运河路街道", "居民代表怎样产生？", ""),
)
ADOPTIONS = (
    ("柳岸镇", "西塘桥镇", ADOPTED, "只收晚上一次，后山三个组仍用桶。"),
    ("北圩镇", "云岭关镇", ADOPTED, "并到每周一的园区例会后面开。"),
    ("古渡镇", "石门峪镇", 5, "半年回访改成四个月，避开外出务工的时候。"),
)


def make_exchange() -> None:
    """Write, check and publish the notes, ask, answer, and adopt."""
    notes = {one.township: _written(number, one) for number, one in enumerate(PRACTICES)}
    for number, (note, role, place, text, reply) in enumerate(QUESTIONS):
        with days_ago(PUBLISHED - 2 - number):
            asked = ask(_post(role, place), notes[note], client_id=f"demo:{number}", text=text)
        if reply:
            with days_ago(PUBLISHED - 3 - number):
                answer(_post("township_office", note), asked, client_id=f"demo:{number}", text=reply)
    for number, (note, place, age, changes) in enumerate(ADOPTIONS):
        with days_ago(age):
            adopt(
                _post("township_head", place), notes[note], client_id=f"demo:{number}", since=timezone.localdate(),
                changes=changes,
            )  # fmt: skip


def _post(role: str, place: str) -> Account:
    found = Account.objects.filter(role=role, is_active=True).order_by("pk")
    return found.filter(scope__name_zh=place)[0] if place else found[0]


def _written(number: int, one: Practice) -> PracticeNote:
    office, head = _post("township_office", one.township), _post("township_head", one.township)
    age = PUBLISHED + 3 - number if one.published else 4
    with days_ago(age):
        note = write_note(
            office, client_id=f"demo:{number}", work_line=one.line, title=one.title, problem=one.problem, steps=one.steps,
            cost=Decimal(one.cost), person_days=one.person_days, failed=one.failed, contact=f"{one.township}党政办",
        )  # fmt: skip
        before, after = _known(one)
        cite(office, note, before, "before")
        cite(office, note, after, "after")
    if one.published:
        with days_ago(age - 1):
            note = check_note(head, note, "核对了台账、发票和引用的两期数。")
            note = publish_note(office, note)
    return note


def _known(one: Practice) -> tuple[Observation, Observation]:
    """Return two figures that had come in when the note was written: the first, and one of the last."""
    day = timezone.localdate() - timedelta(days=10)
    figures = Observation.objects.filter(indicator=one.indicator, division__name_zh=one.township)
    known = [figure for figure in figures.select_related("indicator", "source") if bounds(figure.period)[1] <= day]
    known.sort(key=lambda figure: bounds(figure.period)[1])
    if len(known) < 3:
        raise ValueError(f"{one.township} has too few figures of {one.indicator}")
    return known[0], known[-2]
