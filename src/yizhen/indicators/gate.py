"""The gate that every form passes: what of it is known already, what repeats another form, and what is really new."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

from .models import DataField, FormItem, RegisteredForm

ALIKE = 80  # of 100: as near as 养老床位 and 养老床位数
TWIN = 0.9  # a form of which so much stands in another one is its double


def bare(name: str) -> str:
    """Return a name without what people write differently: width, spaces, signs, the unit in brackets."""
    plain = unicodedata.normalize("NFKC", name).lower()
    plain = re.sub(r"\([^)]*\)", "", plain)
    return re.sub(r"[\s\W_]+", "", plain)


@dataclass(frozen=True)
class Line:
    """One line of a form at the gate.

    ``status`` is known (the field exists and somebody keeps it), kept (it exists, and nobody collects it yet), alike (a
    field with nearly this name exists: take it, or say what is different) or new.
    """

    item: FormItem
    status: str
    field: DataField | None = None
    keeper: RegisteredForm | None = None


@dataclass(frozen=True)
class Gate:
    """What the gate found on a form: its lines, and the live form that it repeats, if any."""

    form: RegisteredForm
    lines: list[Line]
    twin: RegisteredForm | None
    counts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        counts = dict.fromkeys(("known", "kept", "alike", "new"), 0)
        for line in self.lines:
            counts[line.status] += 1
        object.__setattr__(self, "counts", counts)

    @property
    def known_share(self) -> int:
        """The share of its lines that need not be asked, in percent, rounded down."""
        return 100 * self.counts["known"] // len(self.lines) if self.lines else 0

    @property
    def undecided(self) -> list[Line]:
        """Lines that are nearly a field that exists, where nobody has said yet what is different."""
        return [line for line in self.lines if line.status == "alike" and not line.item.difference]

    @property
    def to_ask(self) -> list[Line]:
        """Lines that would have to be filled."""
        return [line for line in self.lines if line.status != "known"]

    @property
    def advice(self) -> str:
        """The decision that follows from the rules; the office may only decide otherwise where it is stricter."""
        if not self.form.basis_zh:
            return "refused"
        if not self.to_ask:
            return "auto_generated"
        if self.twin is not None:
            return "refused"
        if self.counts["known"] == 0:
            return "approved_master"
        return "reduced" if len(self.to_ask) < self.form.asked_fields / 2 else "approved_share"


def pass_gate(form: RegisteredForm, today: date) -> Gate:
    """Look at a form's lines against the catalogue and the live forms. Four queries."""
    fields = list(DataField.objects.filter(retired_on__isnull=True).select_related("owner", "indicator"))
    by_name = {bare(one.name_zh): one for one in fields} | {one.code.lower(): one for one in fields}
    keepers = {
        str(item.field_id): item.form
        for item in FormItem.objects.filter(asks=True).select_related("form__department")
        if item.form_id != form.pk and item.form.is_live(today)
    }
    lines = []
    for item in form.items.select_related("field__owner"):
        if item.field is not None:
            lines.append(_known(item, item.field, keepers))
            continue
        exact = by_name.get(bare(item.name_zh)) or by_name.get(item.name_zh.lower())
        if exact is not None:
            lines.append(_known(item, exact, keepers))
            continue
        near = _nearest(item.name_zh, fields)
        lines.append(Line(item, "alike" if near else "new", near))
    asks = any(line.status != "known" for line in lines)  # what asks for nothing repeats nothing
    return Gate(form, lines, _twin(form, lines, today) if asks else None)


def _known(item: FormItem, known: DataField, keepers: dict[str, RegisteredForm]) -> Line:
    keeper = keepers.get(known.code)
    # An indicator's figures of townships are there already, from its source; of villages there are none.
    collected = keeper is not None or (known.indicator_id is not None and known.level == "township" and not item.asks)
    return Line(item, "known" if collected else "kept", known, keeper)


def _nearest(name: str, fields: Iterable[DataField]) -> DataField | None:
    own = bare(name)
    likeness, found = max(
        ((fuzz.ratio(own, bare(one.name_zh)), one) for one in fields), key=lambda pair: pair[0], default=(0.0, None)
    )
    return found if likeness >= ALIKE else None


def _twin(form: RegisteredForm, lines: list[Line], today: date) -> RegisteredForm | None:
    """Return a live form for the same level that has nearly all of these lines."""
    wanted = {line.field.code for line in lines if line.field is not None and line.status in {"known", "kept"}}
    if not lines or len(wanted) / len(lines) < TWIN:
        return None
    others: dict[int, set[str]] = {}
    rows = FormItem.objects.filter(form__state="approved", form__level=form.level, form__expires_on__gte=today)
    for form_id, code in rows.exclude(form=form.pk).values_list("form_id", "field_id"):
        others.setdefault(form_id, set()).add(code)
    best = max(others, key=lambda pk: len(others[pk] & wanted), default=None)
    if best is None or len(others[best] & wanted) / len(lines) < TWIN:
        return None
    return RegisteredForm.objects.get(pk=best)
