"""Rates of matters as figures of indicators: counted once from the matters, entered like any workbook, then citable."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators.models import ImportBatch, Indicator
from yizhen.indicators.workbook import SHEET, TITLES
from yizhen.matters.call_backs import results
from yizhen.matters.periods import Period
from yizhen.matters.rates import rate_table, sees_rates
from yizhen.people.models import Account

from .checks import check_workbook

EVENTS, SOLVED = "S06", "S07"  # disposed in time of grid events; solved, as those say who were called back
NOTE = "由本站事项按期限钟计算，分母是应处置（应答复）数"


def rates_as_batch(actor: Account, period: Period) -> ImportBatch:
    """Check last month's rates of townships as a workbook: the dry run shows them, and committing enters them.

    From then on they stand on the pages of the townships and can be cited in duty reports like every other figure, with
    numerator, denominator, source and date. The city's own figure is the sum of its townships.

    Raises:
        PermissionDenied: when the actor does not see the rates of the whole city.
        ValidationError: when the period is no month, is not over, or nothing was due in it.
    """
    if actor.role != "city_office" or not sees_rates(actor):
        raise PermissionDenied(_("只有市级评议办能把事项比率转为指标数据。"))
    if "-" not in period.code or period.seen_to < period.last:
        raise ValidationError(_("请选择已经结束的一个月。"))
    found = list(_pairs(actor, period))
    sources = dict(Indicator.objects.filter(pk__in=[EVENTS, SOLVED]).values_list("pk", "source"))
    rows: list[list[Any]] = [
        [code, place, period.code, count, should, "", sources[code], period.last.isoformat(), NOTE]
        for code, place, count, should in found
        if code in sources and should
    ]
    if not rows:
        raise ValidationError(_("这个月没有到期的网格事件，也没有回访。"))
    content = write_workbook([Sheet(SHEET, [list(TITLES), *rows])])
    return check_workbook(actor, _("本站事项比率-%(period)s.xlsx") % {"period": period.code}, content)


def _pairs(actor: Account, period: Period) -> Any:
    """Yield indicator, place, count and what it is out of."""
    table = rate_table(actor, period)
    for row in (*table.rows, table.city):
        rate = row.events["disposed_in_time"]
        yield EVENTS, row.place.code, rate.count, rate.should
    answers = results(actor, period)
    for answer in answers:
        yield SOLVED, answer.place.code, answer.solved.count, answer.solved.should
    total = [sum(answer.solved.count for answer in answers), sum(answer.solved.should for answer in answers)]
    yield SOLVED, table.city.place.code, *total
