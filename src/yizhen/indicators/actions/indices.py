"""The writers of composite indices: designed as drafts, frozen once, never changed after."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.indices.gathering import gather
from yizhen.indicators.indices.kept import analysed
from yizhen.indicators.indices.spec import Spec, check_spec, empty_spec, sha256
from yizhen.indicators.models import IndexDesign, IndexVersion, Indicator
from yizhen.indicators.rules import may_design
from yizhen.people.models import Account
from yizhen.places.models import Division

FROZEN_DRAWS = 10_000


@event("indicators.index_designed")
class IndexDesigned:
    """An index was designed."""

    code: str


@event("indicators.index_edited")
class IndexEdited:
    """The draft of an index was changed."""

    number: int
    spec_sha256: str


@event("indicators.index_frozen")
class IndexFrozen:
    """A version of an index was frozen with the figures it was computed from."""

    number: int
    spec_sha256: str
    data_sha256: str
    reason: str


@transaction.atomic
def design_index(actor: Account, *, code: str, name_zh: str, name_en: str, division: Division, period: str) -> IndexVersion:  # fmt: skip
    """Start an index with its first draft.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field, when the code or the name is taken or empty.
    """
    if not may_design(actor, division.code):
        raise PermissionDenied(_("只有市级评议办可以设计指数。"))
    design = IndexDesign(
        code=code.lower(), division=division, name_zh=name_zh.strip(), name_en=name_en.strip(), created_by=actor
    )
    design.full_clean()
    design.save(force_insert=True)
    record(actor, IndexDesigned(code=design.code), f"indicators.index:{design.code}", scope=division.code)
    return IndexVersion.objects.create(design=design, number=1, spec=empty_spec(period), created_by=actor)


@transaction.atomic
def edit_index(actor: Account, version: IndexVersion, spec: Spec) -> IndexVersion:
    """Change a draft.

    Raises:
        PermissionDenied: when the actor may not design it.
        ValidationError: keyed as :func:`check_spec` does; or when it is frozen.
    """
    version = _draft(actor, version)
    check_spec(spec, Indicator.objects.in_bulk([one["code"] for one in spec["indicators"]]))
    version.spec = spec
    version.save(update_fields=["spec"])
    record(
        actor, IndexEdited(number=version.number, spec_sha256=sha256(spec)),
        f"indicators.index:{version.design_id}", scope=version.design.division_id,
    )  # fmt: skip
    return version


@transaction.atomic
def new_version(actor: Account, design: IndexDesign) -> IndexVersion:
    """Start the next draft from the latest version; the one that is open, where there is one.

    Raises:
        PermissionDenied: when the actor may not design it.
    """
    if not may_design(actor, design.division_id):
        raise PermissionDenied(_("只有市级评议办可以设计指数。"))
    design = IndexDesign.objects.select_for_update().get(pk=design.pk)
    latest = design.versions.order_by("-number")[0]
    if not latest.is_frozen:
        return latest
    made = IndexVersion.objects.create(design=design, number=latest.number + 1, spec=latest.spec, created_by=actor)
    record(
        actor, IndexEdited(number=made.number, spec_sha256=sha256(made.spec)),
        f"indicators.index:{design.pk}", scope=design.division_id,
    )  # fmt: skip
    return made


@transaction.atomic
def freeze_index(actor: Account, version: IndexVersion, reason: str, draws: int = FROZEN_DRAWS) -> IndexVersion:
    """Freeze a draft with the figures of this moment, their provenance and what comes out, and hash it.

    Raises:
        PermissionDenied: when the actor may not design it.
        ValidationError: keyed ``reason`` when none is given; unkeyed when it is frozen or has no places.
    """
    version = _draft(actor, version)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明为什么定稿，例如依据哪份文件。")})
    check_spec(version.spec, Indicator.objects.in_bulk([one["code"] for one in version.spec["indicators"]]))
    data = gather(version.spec, version.design.division_id)
    result = analysed(version.spec, data, draws)
    if result["problem"]:
        raise ValidationError(_("这一期还算不出得分，不能定稿。"))
    version.data, version.result, version.state = data, result, "frozen"
    version.spec_sha256, version.data_sha256 = sha256(version.spec), sha256(data)
    version.reason, version.frozen_by, version.frozen_at = reason.strip()[:200], actor, timezone.now()
    version.save()
    happened = IndexFrozen(
        number=version.number, spec_sha256=version.spec_sha256, data_sha256=version.data_sha256, reason=version.reason
    )
    record(actor, happened, f"indicators.index:{version.design_id}", scope=version.design.division_id)
    return version


def _draft(actor: Account, version: IndexVersion) -> IndexVersion:
    """Return the version as it is now, held until the end of the transaction."""
    if not may_design(actor, version.design.division_id):
        raise PermissionDenied(_("只有市级评议办可以设计指数。"))
    found = IndexVersion.objects.select_for_update(of=("self",)).select_related("design").get(pk=version.pk)
    if found.is_frozen:
        raise ValidationError(_("这一版已经定稿，不能再改。请另起一版。"))
    return found
