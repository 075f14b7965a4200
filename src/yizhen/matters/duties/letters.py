"""Why a task is refused, in words that can be cited (整治形式主义为基层减负若干规定, 2024)."""

from datetime import date

from yizhen.documents.content import Official, chinese_date
from yizhen.documents.letters import numbered, reply_letter
from yizhen.matters.models import DutyItem, DutyList, Matter, TaskRefusal

from .gate import Ground


def ground_in_words(ground: Ground, item: DutyItem | None) -> str:
    """Return the ground of a refusal as a sentence of a letter: Chinese whatever the language of the page."""
    if item is None:
        return "清单没有这一事项，属清单之外的任务，未经准入。"
    name = f"“{item.name_zh}”（{item.code}）"
    lead = item.lead.name_zh if item.lead else "乡镇（街道）"
    return {
        Ground.WITHDRAWN: f"{name}列入上级部门收回事项清单，由{lead}承担，乡镇（街道）不再承担。",
        Ground.NOT_LEAD: f"{name}列入配合履职事项清单，由{lead}牵头并交办，来文单位不是牵头部门。",
        Ground.NOT_IN_FORCE: f"{name}不在有效期内。",
    }[ground]


def letter_text(matter: Matter, opened_on: date, edition: DutyList, ground: Ground, item: DutyItem | None) -> str:
    """Return the reply, paragraph by paragraph."""
    place = matter.division.name_zh
    cited = f"（所引依据：{matter.basis}）" if matter.basis else ""
    received = (
        f"{chinese_date(opened_on)}收到“{matter.title}”（编号 {matter.number}）{cited}。"
        f"经查{edition.division.name_zh}乡镇（街道）履职事项清单“{edition.edition}”（{edition.basis}）："
    )
    refused = (
        f"根据《整治形式主义为基层减负若干规定》和上述清单，{place}对该任务不予承接，退回来文单位。"
        "确需村（社区）承担的，请按准入程序写明目的、依据、期限、用时和经费，向市级评议工作办公室申请。"
    )
    return "\n".join([received, *numbered([ground_in_words(ground, item)]), refused])


def reply(refusal: TaskRefusal) -> Official:
    """Describe the reply as a document in the layout of GB/T 9704."""
    sender = refusal.matter.dispatcher
    return reply_letter(
        f"关于不予承接“{refusal.matter.title}”的复函",
        refusal.text,
        number=refusal.number,
        addressee=sender.name_zh if sender else "交办单位",
        signature=refusal.division.name_zh,
        signed_on=refusal.refused_on,
    )
