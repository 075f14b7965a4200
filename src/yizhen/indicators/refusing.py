"""Why a form need not be filled, in words that can be cited (整治形式主义为基层减负若干规定, 2024)."""

from datetime import date

from django.utils import timezone
from rapidfuzz import fuzz

from yizhen.documents.content import Official, chinese_date
from yizhen.documents.letters import numbered, reply_letter
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .gate import ALIKE, bare
from .models import FormRefusal, RegisteredForm

GROUNDS = {
    "unregistered": "该表没有在本市报表目录登记。",
    "expired": "该表登记的有效期已过。",
    "refused": "该表申请登记时已被决定不予登记。",
    "withdrawn": "该表已经停用。",
    "applied": "该表正在申请登记，尚未审定。",
    "generated": "该表所列内容均已有数据，由系统生成，不再向基层索取。",
}


def grounds_of(
    department: Unit, title: str, form: RegisteredForm | None, today: date
) -> tuple[RegisteredForm | None, list[str]]:
    """Return the form of the register that is meant, if any, and the grounds on which it need not be filled."""
    if form is None:
        form = named(department, title)
    if form is None:
        return None, ["unregistered"]
    if form.state != "approved":
        return form, [form.state]
    if form.expires_on < today:
        return form, ["expired"]
    if not form.items.filter(asks=True).exists():
        return form, ["generated"]
    return form, []


def named(department: Unit, title: str) -> RegisteredForm | None:
    """Return the department's form of nearly this name, the live one first."""
    likeness = {
        form: fuzz.ratio(bare(title), bare(form.name_zh))
        for form in RegisteredForm.objects.filter(department=department)
    }
    near = [form for form, ratio in likeness.items() if ratio >= ALIKE]
    return max(near, key=lambda form: (form.state == "approved", likeness[form]), default=None)


def letter_text(
    place: Division, title: str, received_on: date, form: RegisteredForm | None, grounds: list[str], city: Division
) -> str:
    """Return the reply, paragraph by paragraph."""
    known = f"（目录编号 {form.code}）" if form is not None else ""
    basis = (
        "根据《整治形式主义为基层减负若干规定》关于规范向基层索要报表材料的要求，"
        f"{place.name_zh}对该表不予填报。如确有需要，请写明目的、依据、内容、频次和用时，"
        "向市级评议工作办公室申请登记；已有的数据可以直接在数据目录中查用。"
    )
    return "\n".join(
        [
            f"{chinese_date(received_on)}收到要求填报“{title}”{known}的通知。经查{city.name_zh}报表目录：",
            *numbered(GROUNDS[ground] for ground in grounds),
            basis,
        ]
    )


def reply(refusal: FormRefusal) -> Official:
    """Describe the reply as a document in the layout of GB/T 9704."""
    return reply_letter(
        f"关于不予填报“{refusal.title}”的复函",
        refusal.text,
        number=refusal.number,
        addressee=refusal.department.name_zh,
        signature=refusal.division.name_zh,
        signed_on=timezone.localdate(refusal.at),
    )
