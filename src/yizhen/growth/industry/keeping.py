"""The writer of figures by sector: taking a checked table over."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import SectorFigure
from yizhen.people.models import Account

from .rules import may_import
from .table import SectorTable


@event("growth.sectors_imported")
class SectorsImported:
    """Figures by sector were taken over."""

    new: int
    changed: int
    same: int
    years: list[int]
    reason: str


@transaction.atomic
def import_sectors(actor: Account, table: SectorTable, reason: str = "") -> dict[str, int]:
    """Take a checked table over. What differs from what is kept becomes the next version, with a reason; the old value stays.

    The same table again changes nothing.

    Returns:
        How many rows were new, changed and the same.

    Raises:
        PermissionDenied: when the actor enters no such figures, or a township outside the scope is in the table.
        ValidationError: when a cell is wrong, a correction has no reason, or somebody else has just imported the same.
    """
    if not may_import(actor) or not all(actor.covers(row.key[0]) for row in table.rows if row.division):
        raise PermissionDenied(_("您不能填这里的分行业数据。"))
    if not table.is_whole:
        raise ValidationError(_("还有错误的单元格，整份表都没有写入。请改好后重新上传。"))
    counts, reason = table.counts, reason.strip()
    if counts["changed"] and not reason:
        raise ValidationError({"reason": _("有 %(n)s 行与已入库的不同，请写更正的原因。") % {"n": counts["changed"]}})
    if len(reason) > 200:
        raise ValidationError({"reason": _("最多 200 字。")})
    now, made = timezone.now(), []
    for row in table.rows:
        if row.status == "same":
            continue
        assert row.values is not None
        before = row.before
        made.append(
            SectorFigure(
                division=row.division, year=row.year, sector=row.sector, number=before.number + 1 if before else 1,
                reason=reason if before else "", by=actor, at=now, **row.values._asdict(),
            )
        )  # fmt: skip
    try:
        with transaction.atomic():
            SectorFigure.objects.bulk_create(made, batch_size=500)
    except IntegrityError as error:  # two who import at once collide on the version's number
        raise ValidationError(_("有人刚刚导入了同样的行，请重新上传核对。")) from error
    years = sorted({row.year for row in table.rows})
    happened = SectorsImported(
        new=counts["new"], changed=counts["changed"], same=counts["same"], years=years, reason=reason if counts["changed"] else ""
    )  # fmt: skip
    record(actor, happened, "growth.sectors:*", scope=actor.scope_id)
    return {name: counts[name] for name in ("new", "changed", "same")}
