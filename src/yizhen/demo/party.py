"""The demo's fourth board: responsibility lists, study and meetings, commitments, and one recusal (all fictional)."""

from datetime import date, timedelta

from django.utils import timezone

from yizhen.matters.actions import recuse
from yizhen.matters.lifecycle import WITH_HANDLER
from yizhen.matters.models import Matter
from yizhen.party.actions import check_item, list_item, plan_meeting, record_meeting, report_item
from yizhen.people.integrity.actions import give_commitment, record_commitment, set_text
from yizhen.people.models import Account

from .clock import days_ago

TEXT = (
    "一、不收可能影响公正执行公务的礼品、礼金、消费卡和有价证券。\n"
    "二、不插手工程招标、土地出让、项目审批和干部选任。\n"
    "三、有利害关系的事项主动回避。\n"
    "四、管好家人和身边工作人员。\n（示例文本，请换成本市的承诺书）"
)
BASIS = "党委（党组）落实全面从严治党主体责任规定（示例引用）"
ITEMS = (  # what, due in days from today, reported so many days before today (None: not yet), whether the check held
    ("专题研究全面从严治党工作，形成年度任务", -60, 66, True),
    ("对村（社区）“三资”管理开展一次全覆盖检查并整改", -12, 20, None),
    ("与班子成员、站所负责人逐一谈心谈话并听取意见", 35, None, None),
)
MEETINGS = (  # sort, subject, planned in days from today
    ("study", "学习中央八项规定精神和本地典型做法", -90),
    ("organisation_life", "组织生活会：对照检查和整改", -45),
    ("warning_education", "警示教育：基层“微权力”案例", -10),
    ("study", "学习防汛防台应急处置要求", 20),
)


def make_party(office: Account) -> None:
    """Make the fourth board of every township."""
    today = timezone.localdate()
    heads = list(Account.objects.filter(role="township_head").select_related("scope").order_by("scope"))
    offices = {one.scope_id: one for one in Account.objects.filter(role="township_office").select_related("scope")}
    for number, head in enumerate(heads):
        _items(office, offices[head.scope_id], number, today)
        _meetings(offices[head.scope_id], number, today)
    _commitments(office, heads, today)
    matter = Matter.objects.filter(division=heads[-1].scope, state__in=WITH_HANDLER).order_by("number").first()
    if matter is not None:
        recuse(heads[-1], matter, "承接这项工作的企业由近亲属经营（虚构）。")


def _items(office: Account, township: Account, number: int, today: date) -> None:
    for place, (what, ahead, reported, holds) in enumerate(ITEMS):
        due = min(max(today + timedelta(days=ahead), date(today.year, 1, 1)), date(today.year, 12, 31))
        with days_ago(150):
            item = list_item(
                township, client_id=f"demo:{place}", division=township.scope, year=today.year, what=what, basis=BASIS,
                due_on=due,
            )  # fmt: skip
        if reported is None or (number + place) % 6 == 5:
            continue
        with days_ago(reported):
            item = report_item(
                township, item, evidence="会议纪要和整改台账，存党政办（虚构）", done_on=timezone.localdate()
            )
        if holds or number % 3:
            with days_ago(reported - 5):
                holds_now = bool(holds) or number % 3 == 1
                said = "看了纪要原件和台账。" if holds_now else "台账缺两个村的整改照片，请补。"
                check_item(office, item, holds=holds_now, said=said)


def _meetings(township: Account, number: int, today: date) -> None:
    for place, (sort, subject, ahead) in enumerate(MEETINGS):
        planned = today + timedelta(days=ahead)
        with days_ago(120):
            meeting = plan_meeting(
                township,
                client_id=f"demo:{place}",
                division=township.scope,
                sort=sort,
                planned_on=planned,
                subject=subject,
            )
        if ahead > 0 or (number, place) == (1, 2):
            continue
        with days_ago(-ahead - 2):
            if (number + place) % 7 == 6:
                record_meeting(township, meeting, held=False, reason="当天防汛应急响应，改到下个月。")
            else:
                record_meeting(
                    township, meeting, held=True, held_on=planned, attendees=18 + (5 * number + 7 * place) % 40
                )


def _commitments(office: Account, heads: list[Account], today: date) -> None:
    day_of_year = today.timetuple().tm_yday
    with days_ago(min(100, day_of_year - 1)):
        set_text(office, TEXT)
        given = timezone.localdate()
        for number, head in enumerate(heads):
            if number % 6 == 5:
                record_commitment(
                    office,
                    head.official,
                    year=given.year,
                    given_on=given,
                    paper=f"清廉诺〔{given.year}〕{number}号（虚构）",
                )
            elif number != 3:
                give_commitment(head, head.official, year=given.year)
