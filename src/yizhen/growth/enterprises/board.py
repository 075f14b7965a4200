"""What the room says of a township's firms on the front command post."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.growth.models import Enterprise
from yizhen.growth.policies.queries import redemptions_visible_to
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.board import BoardLine

from .queries import enterprises_visible_to, payments_visible_to, working
from .rules import may_read


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return the lines of a township's firms as far as the user sees them: firms, what they are owed, what is granted.

    Three queries; none for who sees no firms.
    """
    if not may_read(user):
        return []
    today = timezone.localdate()
    here = working(enterprises_visible_to(user)).filter(division=division).order_by()
    firms = Enterprise.objects.filter(pk__in=here.values("pk")).aggregate(
        all=Count("pk"), key=Count("pk", filter=Q(is_key=True)), alone=Count("pk", filter=Q(is_key=True, officer=None))
    )
    owed = payments_visible_to(user).filter(enterprise__division=division, paid_on=None).order_by()
    payments = owed.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    pending = (
        redemptions_visible_to(user).filter(enterprise__division=division, paid_on=None, refused_on=None).order_by()
    )
    granted = pending.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    place = f"?place={division.code}"
    lines = []
    if firms["all"]:
        detail = _("重点企业 %(key)s 家，%(alone)s 家没有服务专员") % firms
        light = "yellow" if firms["alone"] else ""
        lines.append(
            BoardLine(_("企业"), _("%(n)s 家") % {"n": firms["all"]}, reverse("growth:firms") + place, detail, light)
        )
    for name, counts, address in (
        (_("应付中小企业款项"), payments, "growth:payments"),
        (_("政策兑现"), granted, "growth:redemptions"),
    ):
        if counts["open"]:
            detail = _("逾期 %(late)s 笔，按今天算") % counts
            light = "red" if counts["late"] else "green"
            lines.append(
                BoardLine(name, _("%(n)s 笔") % {"n": counts["open"]}, reverse(address) + place, detail, light)
            )
    return lines
