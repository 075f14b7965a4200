"""What the needs room says about a place on its front command post."""

from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.needs.consultations.queries import owed_by
from yizhen.needs.consultations.rules import may_read as may_read_consultations
from yizhen.needs.models import debt_light
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.board import BoardLine
from yizhen.web.templatetags.yizhen import day

from .talents.queries import deliveries_visible_to, housing_visible_to, shown_housing, shown_reach
from .talents.rules import may_read


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what is owed to those who answered (livelihood), housing and the last policy delivered (development).

    Three queries, whatever there is.
    """
    lines = [_owed(division)] if may_read_consultations(user) else []
    if may_read(user):
        lines += [line for line in (_housing(user, division), _delivered(user, division)) if line is not None]
    return lines


def _owed(division: Division) -> BoardLine:
    debts = [one.debt or 0 for one in owed_by(division).prefetch_related("outcomes")]
    address = f"{reverse('needs:consultations')}?owed=1&place={division.code}"
    if not debts:
        return BoardLine(_("问需问计"), _("没有欠答复的"), address, light="green")
    detail = _("最久的截止已 %(n)s 天") % {"n": max(debts)}
    return BoardLine(_("问需问计"), _("%(n)s 件欠答复") % {"n": len(debts)}, address, detail, debt_light(max(debts)))


def _housing(user: Account, division: Division) -> BoardLine | None:
    report = housing_visible_to(user).filter(division=division).first()
    if report is None:
        return None
    shown = shown_housing(report, user)
    value = _("入住 %(let)s 套，共 %(units)s 套") % {"let": shown.let, "units": report.units}
    detail = _("排队 %(n)s 人 · 截至 %(day)s") % {"n": shown.waiting, "day": day(report.as_of)}
    return BoardLine(_("人才公寓"), value, f"{reverse('needs:talents')}?place={division.code}", detail)


def _delivered(user: Account, division: Division) -> BoardLine | None:
    last = deliveries_visible_to(user).filter(division=division).first()
    if last is None:
        return None
    shown = shown_reach(last, user)
    value = _("送达 %(n)s 人") % {"n": shown.reached}
    detail = f"{last.policy} · {day(last.delivered_on)}"
    return BoardLine(_("政策送达"), value, f"{reverse('needs:talents')}?place={division.code}", detail)
