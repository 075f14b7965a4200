"""The gate's answers in words, in the page's language."""

from django.utils.translation import gettext as _

from yizhen.matters.models import DutyItem
from yizhen.web.templatetags.yizhen import label

from .gate import Ground


def answer_in_words(ground: Ground, item: DutyItem | None) -> str:
    """Return what the gate says to a sender: whether, why, and what to do instead."""
    lead = label(item.lead) if item is not None and item.lead else ""
    return {
        Ground.NO_LIST: _("本市还没有生效的履职事项清单，关口没有启用，可以交办。请写明依据。"),
        Ground.BASIC: _("基本履职事项，由乡镇（街道）承担，可以交办。"),
        Ground.LEAD: _("配合履职事项，您是牵头部门，可以交办；牵头责任不转移。"),
        Ground.NOT_LEAD: _("配合履职事项，由牵头部门（%(lead)s）交办，您不能交办。") % {"lead": lead},
        Ground.WITHDRAWN: _("上级部门收回事项，由%(lead)s自己承担，不能交给乡镇（街道）。") % {"lead": lead},
        Ground.OUTSIDE: _("清单之外的事项不能直接交办。确需村（社区）承担的，请先申请准入。"),
        Ground.NOT_IN_FORCE: _("这一项今天不在有效期内。请选现行清单里的事项，或者申请准入。"),
    }[ground]


def cited_in_words(item: DutyItem) -> str:
    """Return where an item stands, so that it can be cited: edition, basis, code."""
    basis = item.basis or item.duty_list.basis
    return _("%(edition)s（%(basis)s）%(code)s") % {
        "edition": item.duty_list.edition,
        "basis": basis,
        "code": item.code,
    }
