"""Assessment schemes: weights by category, capped items, vetoes after the score, two people for each entry, freezing."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import numpy as np
import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, place, signed_in
from tests.indicators import indexed
from yizhen.audit.models import Record
from yizhen.indicators.actions.indices import freeze_index
from yizhen.indicators.actions.schemes import add_item, decide_entry, enter_item, freeze_scheme, make_scheme, weigh
from yizhen.indicators.models import AssessmentScheme, SchemeEntry, SchemeItem, SchemeWeight
from yizhen.indicators.schemes.assessing import assess
from yizhen.people.models import Unit
from yizhen.places.models import Division

PAGE = "/indicators/schemes/chabie/"
COUNTS = [14, 9, 6]  # queries of the scheme, a township, the list
WEIGHTS = {
    "industry_strong": {"development": 60, "livelihood": 20, "safety": 20},
    "grain_agriculture": {"development": 20, "livelihood": 50, "safety": 30},
}


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    made = factories.account("city_office")
    indexed.figures(made)
    return made


@pytest.fixture
def scheme(office):
    index = freeze_index(office, indexed.draft(office), "依据", draws=200)
    made = make_scheme(
        office, code="chabie", name_zh="差别化考核", name_en="Differentiated", index=index, bonus_cap=Decimal(3),
        deduction_cap=Decimal(2),
    )  # fmt: skip
    return weigh(office, made, WEIGHTS)


@pytest.fixture
def emergency(scheme):
    return factories.account("department", unit=Unit.objects.get(code="EMG"))


def item(office, scheme, kind="bonus", cap="2", name="改革试点通过验收", **fields):
    content = {
        "kind": kind, "name_zh": name, "name_en": "An item", "basis": "清办〔2026〕3号第5条",
        "cap": None if cap is None else Decimal(cap), "approver": Unit.objects.get(code="EMG"),
        "expires_on": timezone.localdate() + timedelta(days=90),
    }  # fmt: skip
    return add_item(office, scheme, **{**content, **fields})


def held(office, approver, of, where, points="0", day=None):
    entry = enter_item(
        office, of, place(where), points=Decimal(points), happened_on=day or timezone.localdate(), reason="事由", evidence="文号",
    )  # fmt: skip
    return decide_entry(approver, entry, approved=True)


def results(scheme):
    return {row["place"]: row for row in assess(AssessmentScheme.objects.get(pk=scheme.pk))["places"]}


def test_each_category_has_its_own_weights_and_is_compared_with_itself(scheme):
    rows = results(scheme)
    index = {row["place"]: row for row in scheme.index.result["places"]}
    for code, category in ((LIUAN, "industry_strong"), (GUDU, "grain_agriculture")):
        parts, weights = index[code]["parts"], WEIGHTS[category]
        expected = np.exp(sum(weights[part] / 100 * np.log(parts[part]) for part in weights))
        assert rows[code]["base"] == pytest.approx(expected)
        assert rows[code]["from"] <= rows[code]["score"] <= rows[code]["to"]
    assert {rows[code]["peers"] for code in (LIUAN, XITANG, SHIMEN)} == {3}
    assert {rows[code]["peers"] for code in (GUDU, JIANGFENG)} == {2}


@pytest.mark.parametrize(
    "wrong", [{"development": 60, "livelihood": 20, "safety": 19}, {"development": 120, "livelihood": -20, "safety": 0}]
)
def test_weights_that_are_not_100_are_refused(office, scheme, wrong):
    with pytest.raises(ValidationError) as refused:
        weigh(office, scheme, {"industry_strong": wrong})
    assert list(refused.value.message_dict) == ["industry_strong"]
    assert {w.part: w.weight for w in scheme.weights.filter(category="industry_strong")} == WEIGHTS["industry_strong"]


def test_places_that_nobody_has_classified_have_no_result_and_are_named(office):
    Division.objects.filter(code=GUDU).update(category=None)
    index = freeze_index(office, indexed.draft(office), "依据", draws=200)
    made = make_scheme(
        office, code="chabie", name_zh="差别化考核", name_en="Differentiated", index=index, bonus_cap=Decimal(3),
        deduction_cap=Decimal(2),
    )  # fmt: skip
    result = assess(weigh(office, made, WEIGHTS))
    assert (result["left_out"], result["unweighted"]) == ([GUDU], [])
    assert freeze_scheme(office, made, "依据").is_frozen
    assert "没有归类，没有结果：古渡镇" in signed_in(office).get(PAGE).content.decode()


def test_the_database_does_not_freeze_weights_that_are_not_100(scheme):
    SchemeWeight.objects.filter(scheme=scheme, category="industry_strong", part="safety").update(weight=19)
    frozen = {"state": "frozen", "sha256": "a" * 64, "result": {}, "reason": "x", "frozen_at": timezone.now()}
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessmentScheme.objects.filter(pk=scheme.pk).update(**frozen)
    SchemeWeight.objects.filter(scheme=scheme, category="industry_strong", part="safety").update(weight=20)
    AssessmentScheme.objects.filter(pk=scheme.pk).update(**frozen)


def test_items_and_totals_are_capped(office, scheme, emergency):
    pilot, prize = item(office, scheme), item(office, scheme, name="省级表彰", cap="2")
    late = item(office, scheme, "deduction", cap="1.5", name="物资未备齐")
    for of, points in ((pilot, "1.5"), (pilot, "1"), (prize, "2"), (late, "1"), (late, "1")):
        held(office, emergency, of, LIUAN, points)
    row = results(scheme)[LIUAN]
    assert (row["bonus"], row["deduction"]) == (
        3.0,
        1.5,
    )  # 2 (capped) + 2 = 4, and no more than 3; 2, and no more than 1.5
    assert row["score"] == pytest.approx(row["base"] + 1.5)
    assert {(line["given"], line["counted"]) for line in row["lines"]} == {(2.5, 2.0), (2.0, 2.0), (2.0, 1.5)}
    with pytest.raises(ValidationError, match="不超过"):
        enter_item(
            office, pilot, place(LIUAN), points=Decimal(3), happened_on=timezone.localdate(), reason="x", evidence="y"
        )


def test_vetoes_act_after_the_score_and_are_never_a_term_in_it(office, scheme, emergency):
    before = results(scheme)
    out = item(office, scheme, "veto", None, "较大事故")
    capped = item(office, scheme, "veto", "30", "弄虚作假")
    held(office, emergency, out, LIUAN)
    held(office, emergency, capped, XITANG)
    after = results(scheme)
    for code in indexed.PLACES:
        assert (after[code]["base"], after[code]["score"]) == (before[code]["base"], before[code]["score"])
    assert (after[LIUAN]["ranked"], after[LIUAN]["low"], len(after[LIUAN]["vetoes"])) == (False, None, 1)
    assert (after[XITANG]["ranked"], after[XITANG]["after"]) == (True, min(30.0, before[XITANG]["score"]))
    assert {after[code]["peers"] for code in (XITANG, SHIMEN)} == {2}
    assert assess(scheme)["vetoes"] == 2
    page = signed_in(office).get(PAGE).content.decode()
    assert "⊘ 1：较大事故" in page
    assert "一票否决 2 项" in page


def test_what_happened_after_an_item_ended_does_not_count(office, scheme, emergency):
    ended = item(office, scheme, expires_on=timezone.localdate() - timedelta(days=10))
    with pytest.raises(ValidationError) as refused:
        held(office, emergency, ended, LIUAN, "1")
    assert list(refused.value.message_dict) == ["happened_on"]
    held(office, emergency, ended, LIUAN, "1", day=timezone.localdate() - timedelta(days=11))
    assert results(scheme)[LIUAN]["bonus"] == 1.0


def test_an_item_that_counts_problems_is_refused(office, scheme):
    for name in ("信访总量上升", "12345 投诉数量", "排查发现的隐患数量", "越级上访人次"):
        for kind in ("bonus", "deduction", "veto"):
            with pytest.raises(ValidationError) as refused:
                item(office, scheme, kind, name=name)
            assert "数量不得用来加分、扣分或否决" in refused.value.message_dict["name_zh"][0]
    assert not SchemeItem.objects.exists()


def test_an_item_has_basis_cap_approver_and_end(office, scheme):
    for name in ("basis", "cap", "approver", "expires_on"):
        with pytest.raises(ValidationError) as refused:
            item(office, scheme, **{"cap": "2", name: None})
        assert name in refused.value.message_dict


def test_who_enters_does_not_decide_and_only_the_approving_unit_does(office, scheme, emergency):
    pilot = item(office, scheme)
    entry = enter_item(
        emergency, pilot, place(LIUAN), points=Decimal(1), happened_on=timezone.localdate(), reason="x", evidence="y"
    )
    health = factories.account("department", unit=Unit.objects.get(code="HEA"))
    for nobody in (emergency, health, office, factories.account("township_head")):
        with pytest.raises(PermissionDenied):
            decide_entry(nobody, entry, approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeEntry.objects.filter(pk=entry.pk).update(
            state="approved", decided_by=emergency, decided_at=timezone.now()
        )
    assert results(scheme)[LIUAN]["bonus"] == 0
    second = factories.account("department", unit=Unit.objects.get(code="EMG"))
    with pytest.raises(ValidationError):
        decide_entry(second, entry, approved=False)
    decide_entry(second, entry, approved=True)
    assert results(scheme)[LIUAN]["bonus"] == 1
    with pytest.raises(ValidationError):
        decide_entry(second, entry, approved=False, note="改主意")
    assert Record.objects.filter(event="indicators.scheme_entry_decided").count() == 1


def test_a_decided_entry_stays_as_it_is(office, scheme, emergency):
    entry = held(office, emergency, item(office, scheme), LIUAN, "1")
    for changes in ({"points": 2}, {"state": "refused"}, {"reason": "别的"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SchemeEntry.objects.filter(pk=entry.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeEntry.objects.filter(pk=entry.pk).delete()


def test_townships_and_counties_enter_nothing(office, scheme):
    pilot = item(office, scheme)
    for role in ("township_head", "county", "village"):
        with pytest.raises(PermissionDenied):
            enter_item(
                factories.account(role), pilot, place(LIUAN), points=Decimal(1), happened_on=date(2026, 1, 1), reason="x", evidence="y",
            )  # fmt: skip


def test_frozen_means_frozen_in_the_database_too(office, scheme, emergency):
    pilot = item(office, scheme)
    entry = enter_item(
        office, pilot, place(LIUAN), points=Decimal(1), happened_on=timezone.localdate(), reason="x", evidence="y"
    )
    with pytest.raises(ValidationError, match="等待审批"):
        freeze_scheme(office, scheme, "依据")
    decide_entry(emergency, entry, approved=True)
    frozen = freeze_scheme(office, scheme, "依据")
    assert frozen.result["places"] == assess(scheme)["places"]
    refused = [
        lambda: AssessmentScheme.objects.filter(pk=scheme.pk).update(bonus_cap=9),
        lambda: AssessmentScheme.objects.filter(pk=scheme.pk).delete(),
        lambda: SchemeWeight.objects.filter(scheme=scheme).update(weight=1),
        lambda: SchemeWeight.objects.filter(scheme=scheme).delete(),
        lambda: SchemeWeight.objects.create(scheme=scheme, category_id="central_town", part="safety", weight=100),
        lambda: SchemeItem.objects.filter(scheme=scheme).update(basis="别的"),
        lambda: SchemeItem.objects.create(
            scheme=scheme, kind="veto", name_zh="新", name_en="New", basis="x", approver=pilot.approver, expires_on=date(2030, 1, 1)
        ),
        lambda: SchemeEntry.objects.create(
            item=pilot, division=place(XITANG), points=1, happened_on=date(2026, 1, 1), reason="x", evidence="y", entered_by=office
        ),
    ]  # fmt: skip
    for change in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(ValidationError, match="已经定稿"):
        weigh(office, scheme, WEIGHTS)
    with pytest.raises(ValidationError, match="已经定稿"):
        item(office, scheme, name="又一项")


def test_who_sees_what(office, scheme, emergency):
    entry = held(office, emergency, item(office, scheme), LIUAN, "1")
    held(office, emergency, SchemeItem.objects.get(), XITANG, "1")
    head = factories.account("township_head", LIUAN)
    assert signed_in(head).get(PAGE).status_code == 404  # a draft
    assert signed_in(emergency).get(PAGE).status_code == 200
    freeze_scheme(office, scheme, "依据")
    page = signed_in(head).get(PAGE)
    assert [one.pk for one in page.context["entries"]] == [entry.pk]
    assert signed_in(factories.account("audit_admin")).get(PAGE).status_code == 404
    assert signed_in(head).get(f"{PAGE}weights/").status_code == 403
    assert signed_in(head).get(f"{PAGE}place/{LIUAN}/").status_code == 200


def test_the_pages_add_enter_decide_and_freeze(office, scheme, emergency):
    client, approver = signed_in(office), signed_in(emergency)
    fields = {
        "kind": "bonus", "name_zh": "信访数量下降", "name_en": "Fewer", "basis": "文件", "cap": "2", "approver": "EMG",
        "expires_on": "2030-12-31",
    }  # fmt: skip
    refused = client.post(f"{PAGE}items/", fields)
    assert refused.status_code == 400
    assert "数量不得用来加分、扣分或否决" in refused.content.decode()
    assert 'value="信访数量下降"' in refused.content.decode()
    assert client.post(f"{PAGE}items/", {**fields, "name_zh": "试点"}).status_code == 302
    entry = {"item": SchemeItem.objects.get().pk, "division": LIUAN, "points": "1", "happened_on": str(timezone.localdate()),
             "reason": "通过验收", "evidence": ""}  # fmt: skip
    assert client.post(f"{PAGE}entries/", entry).status_code == 400
    assert client.post(f"{PAGE}entries/", {**entry, "evidence": "验收意见"}).status_code == 302
    made = SchemeEntry.objects.get()
    assert "不认定要写理由" not in client.get(PAGE).content.decode()  # who entered it is offered no decision
    assert "不认定要写理由" in approver.get(PAGE).content.decode()
    assert client.post(f"{PAGE}entries/{made.pk}/", {"verdict": "approve"}).status_code == 403
    assert approver.post(f"{PAGE}entries/{made.pk}/", {"verdict": "approve"}).status_code == 302
    assert approver.post(f"{PAGE}freeze/", {"reason": "x"}).status_code == 403
    weights = {f"w_{category}_{part}": weight for category, parts in WEIGHTS.items() for part, weight in parts.items()}
    wrong = client.post(f"{PAGE}weights/", {**weights, "w_industry_strong_safety": "30"})
    assert wrong.status_code == 400
    assert "合计是 110，应为 100" in wrong.content.decode()
    assert client.post(f"{PAGE}weights/", weights).status_code == 302
    client.post(f"{PAGE}freeze/", {"reason": "会议纪要"})
    assert AssessmentScheme.objects.get().state == "frozen"
    tree = client.get(f"{PAGE}place/{JIANGFENG}/").content.decode()
    assert "不适用于这一类，不计" in tree
    assert f'href="/indicators/D01/{JIANGFENG}/"' in tree
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"{PAGE}table.xlsx").content)).worksheets[0]
    rows = {line[1]: line for line in list(sheet.iter_rows(values_only=True))[1:]}
    assert rows[LIUAN][9] == pytest.approx(rows[LIUAN][6] + 1)
    assert client.get(f"{PAGE}place/999999999/").status_code == 404


def test_pages_read_as_often_for_three_entries_as_for_one(office, scheme, emergency):
    client, pilot = signed_in(office), item(office, scheme)
    held(office, emergency, pilot, LIUAN, "1")

    def counted():
        found = []
        for address in (PAGE, f"{PAGE}place/{LIUAN}/", "/indicators/schemes/"):
            client.get(address)
            with CaptureQueriesContext(connection) as made:
                assert client.get(address).status_code == 200
            found.append(len(made))
        return found

    few = counted()
    for where in (XITANG, GUDU):
        held(office, emergency, pilot, where, "1")
    assert counted() == few == COUNTS
