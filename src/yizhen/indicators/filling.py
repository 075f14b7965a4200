"""The readers of filling: a place's sheet with what is known in it, what lies under an approver, what adds up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from yizhen.people.models import Account
from yizhen.places.models import CODE_LENGTHS, Division

from .cell_checks import Finding, broken_rules, unusual
from .known import Known, histories, known_values
from .models import Approval, Collection, DataField, FieldValue, FormItem, Submission, ValueChange
from .registry import collections_visible_to
from .rules import FILLERS, may_approve, may_fill

LADDER = ("village", "township", "county", "prefecture")


def submissions_visible_to(user: Account) -> QuerySet[Submission]:
    """Return what places hand in, as far as the user has to do with it."""
    rows = Submission.objects.filter(collection__in=collections_visible_to(user)).select_related(
        "collection__form__department", "division"
    )
    if user.role in {"city_office", "department"}:
        return rows
    return rows.filter(division__code__startswith=user.scope_id)


def is_open(submission: Submission, today: date) -> bool:
    """Return whether cells may be written today: inside the window or an exception to it, and not handed in."""
    collection = submission.collection
    if (
        submission.state not in {"open", "returned"}
        or today < collection.opens_on
        or collection.form.state != "approved"
    ):
        return False
    return today <= max(collection.closes_on, submission.open_until or collection.closes_on)


def due_fillings(user: Account, today: date) -> list[Submission]:
    """Return what the user has to fill now, the most urgent first."""
    levels = [level for level, roles in FILLERS.items() if user.role in roles]
    rows = submissions_visible_to(user).filter(
        state__in=["open", "returned"], collection__form__level__in=levels, collection__opens_on__lte=today
    )
    # A township's office sees its own sheets here; its villages' stand on the collection's page.
    own = rows.filter(division=user.scope_id)
    return sorted((row for row in own if is_open(row, today)), key=lambda row: row.collection.closes_on)


def due_approvals(user: Account) -> list[tuple[Collection, Division]]:
    """Return the levels that wait for the user's approval: all under them is in, or something came in late."""
    place = user.scope
    under = Q(submissions__division__code__startswith=place.code)
    rows = (
        collections_visible_to(user)
        .annotate(
            all=Count("submissions", filter=under, distinct=True),
            done=Count(
                "submissions", filter=under & Q(submissions__state__in=["submitted", "approved"]), distinct=True
            ),
            late=Count("submissions", filter=under & Q(submissions__state="submitted"), distinct=True),
            approved=Exists(Approval.objects.filter(collection=OuterRef("pk"), division=place)),
        )
        .filter(Q(approved=False, done=F("all"), all__gt=0) | Q(approved=True, late__gt=0))
    )
    waiting: list[tuple[Collection, Division]] = []
    for collection in rows.prefetch_related("approvals", "submissions"):
        if not may_approve(user, collection, place) or place.level == collection.form.level:
            continue
        below = steps_below(collection, place)
        done = {one.division_id for one in collection.approvals.all()}
        if place.code in done:
            if not below:
                waiting.append((collection, place))
        elif all(code in done for code in below):
            waiting.append((collection, place))
    return waiting


def steps_below(collection: Collection, place: Division) -> list[str]:
    """Return the codes one level below a place that lead to those who fill; empty when those are next themselves."""
    above = LADDER[LADDER.index(collection.form.level) + 1 :]
    if place.level not in above or above.index(place.level) == 0:
        return []
    level = above[above.index(place.level) - 1]
    codes = {
        one.division_id[: CODE_LENGTHS[level]]
        for one in collection.submissions.all()
        if one.division_id.startswith(place.code)
    }
    return sorted(codes)


@dataclass(frozen=True)
class SheetCell:
    """One line of a sheet: its field, what stands in it, whether it may be written, and what the checks say."""

    item: FormItem
    field: DataField
    value: FieldValue | None
    known: Known | None
    writable: bool
    findings: list[Finding]
    remarks: int
    hidden: bool = False

    @property
    def text(self) -> str:
        """What is shown: the value where the form asks, what is known otherwise."""
        if self.item.asks:
            return self.value.shown if self.value else ""
        return self.known.text if self.known else ""

    @property
    def version(self) -> int:
        """How often the value has been changed; 0 when it has never been written."""
        return self.value.version if self.value else 0


@dataclass(frozen=True)
class FilledSheet:
    """A place's sheet: its cells, and what still stops it or wants a word before it is handed in."""

    submission: Submission
    cells: list[SheetCell]
    is_open: bool
    may_fill: bool

    @property
    def missing(self) -> list[SheetCell]:
        """Required cells that are empty."""
        return [cell for cell in self.cells if cell.item.asks and cell.item.required and not cell.text]

    @property
    def stops(self) -> list[Finding]:
        """Findings that stop the form, once each."""
        return self._findings(stops=True)

    @property
    def unexplained(self) -> list[Finding]:
        """Hints for which nobody has left a word yet."""
        spoken = {cell.field.code for cell in self.cells if cell.remarks}
        return [one for one in self._findings(stops=False) if not spoken & set(one.codes)]

    def _findings(self, *, stops: bool) -> list[Finding]:
        return list(dict.fromkeys(f for cell in self.cells for f in cell.findings if f.stops is stops))

    @property
    def asked(self) -> int:
        """How many cells are to be filled."""
        return sum(cell.item.asks for cell in self.cells)

    @property
    def filled(self) -> int:
        """How many of them are."""
        return sum(bool(cell.text) for cell in self.cells if cell.item.asks)

    @property
    def given(self) -> int:
        """How many cells were brought along, so that nobody types them."""
        return sum(not cell.item.asks for cell in self.cells)


def sheet_of(user: Account, submission: Submission, today: date) -> FilledSheet:
    """Return a place's sheet. The number of queries does not depend on the number of cells."""
    (sheet,) = sheets_of(user, submission.collection, [submission], today)
    return sheet


def sheets_of(
    user: Account, collection: Collection, submissions: Sequence[Submission], today: date
) -> list[FilledSheet]:
    """Return the sheets of some places in one collection, in as many queries as for one."""
    form, period = collection.form, collection.period
    items = list(form.items.select_related("field__owner", "field__indicator"))
    for item in items:
        item.asks = item.field_id in collection.asked  # as it stood when the window was opened
    fields = {item.field_id: item.field for item in items if item.field is not None}
    places = [one.division_id for one in submissions]
    asked = [str(item.field_id) for item in items if item.asks]
    values = {
        (one.field_id, one.division_id): one
        for one in FieldValue.objects.filter(field__in=asked, division_id__in=places, period=period)
    }
    known = known_values([item.field for item in items if item.field and not item.asks], places, period)
    past = histories(asked, places, period)
    remarks = Counter(
        ValueChange.objects.filter(field__in=list(fields), division_id__in=places, period=period)
        .exclude(remark="")
        .values_list("field_id", "division_id")
    )
    rules = list(form.rules.all())
    sheets = []
    for submission in submissions:
        place = submission.division_id
        open_now = is_open(submission, today)
        fills = may_fill(user, form, place)
        numbers = _numbers(items, values, known, place)
        broken = broken_rules(rules, numbers)
        cells = []
        for item in items:
            if item.field is None:
                continue
            code = item.field.code
            findings = [one for one in broken if code in one.codes]
            if (
                item.asks
                and code in numbers
                and (odd := unusual(item.field, numbers[code], past.get((code, place), [])))
            ):
                findings.append(odd)
            cells.append(
                SheetCell(
                    item, item.field, values.get((code, place)), known.get((code, place)),
                    item.asks and open_now and fills, findings, remarks[code, place],
                    hidden=not _may_read(user, item.field, place),
                )
            )  # fmt: skip
        sheets.append(FilledSheet(submission, cells, open_now, fills))
    return sheets


def _numbers(
    items: Sequence[FormItem],
    values: dict[tuple[str, str], FieldValue],
    known: dict[tuple[str, str], Known],
    place: str,
) -> dict[str, Decimal]:
    numbers = {}
    for item in items:
        code = str(item.field_id)
        value = values.get((code, place))
        number = value.number if item.asks and value else None
        if not item.asks and (brought := known.get((code, place))):
            number = brought.number
        if number is not None:
            numbers[code] = number
    return numbers


def _may_read(user: Account, field: DataField, place: str) -> bool:
    if field.readers != "owner" or user.unit_id == field.owner_id:
        return True
    return user.scope_id == place or (user.role == "township_office" and user.covers(place))


@dataclass
class RollUp:
    """What a field comes to under a place: the sum of its parts, and how many of them are approved."""

    total: Decimal = Decimal(0)
    have: int = 0
    of: int = 0
    parts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether every part is in."""
        return self.have == self.of


def roll_up(collection: Collection, place: Division) -> dict[str, RollUp]:
    """Return field code → what its approved values under a place come to. Computed when asked; never typed.

    The sum is of what those who fill have handed in, so it does not depend on the order in which levels approve.
    """
    codes = list(DataField.objects.filter(code__in=collection.asked, roll_up="sum").values_list("code", flat=True))
    under = list(
        collection.submissions.filter(division__code__startswith=place.code).values_list("division_id", flat=True)
    )
    sums = {str(code): RollUp(of=len(under)) for code in codes}
    for value in FieldValue.objects.filter(
        field__in=codes, division_id__in=under, period=collection.period, state="approved", number__isnull=False
    ):
        own = sums[value.field_id]
        assert value.number is not None
        own.total += value.number
        own.have += 1
        own.parts[value.division_id] = value.number
    return sums


def progress(collection: Collection, place: str) -> dict[str, int]:
    """Return how many places under a place are in which state."""
    states = Counter(collection.submissions.filter(division__code__startswith=place).values_list("state", flat=True))
    return {
        "all": sum(states.values()),
        **{state: states[state] for state in ("open", "returned", "submitted", "approved")},
    }


def history_of(user: Account, submission: Submission, code: str) -> QuerySet[ValueChange]:
    """Return the changes and remarks of one cell, oldest first; none for who may not read it."""
    found = DataField.objects.filter(pk=code).first()
    if found is None or not _may_read(user, found, submission.division_id):
        return ValueChange.objects.none()
    return ValueChange.objects.filter(
        field=found, division=submission.division_id, period=submission.collection.period
    ).select_related("by")


def approvals_of(collection: Collection) -> dict[str, Approval]:
    """Return the approvals of a collection by place."""
    return {one.division_id: one for one in collection.approvals.select_related("by")}


def to_fill(collection: Collection, scope: str) -> QuerySet[Division]:
    """Return the places that a form is filled by, inside a scope."""
    return Division.objects.filter(code__startswith=scope, level=collection.form.level, retired_on__isnull=True)


def numeric_items(collection: Collection) -> list[Any]:
    """Return the items of a collection's form that add up."""
    return list(
        collection.form.items.filter(field__in=collection.asked, field__roll_up="sum")
        .select_related("field")
        .order_by("position")
    )
