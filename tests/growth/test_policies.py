"""Policies: what they may ask, frozen once in force, granted with a clock, told with small counts suppressed."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, signed_in
from tests.growth.firms import SMALL, draft, firm, policy
from yizhen.clocks import national_calendar
from yizhen.growth.enterprises.payments import payment_deadline, register_payment, settle_payment
from yizhen.growth.enterprises.queries import payments_visible_to
from yizhen.growth.models import (
    BenefitList,
    BenefitListItem,
    FeeItem,
    Policy,
    PolicyCondition,
    ProcurementBudget,
    PublicPayment,
    Redemption,
)
from yizhen.growth.policies.actions import change_policy, end_policy, list_fee, new_version, put_policy_in_force
from yizhen.growth.policies.conditions import Condition
from yizhen.growth.policies.granting import confirm_list, make_list, pay, refuse, register_application
from yizhen.growth.policies.procurement import enter_procurement, share
from yizhen.growth.policies.queries import policies_visible_to
from yizhen.growth.policies.take_up import published, take_up

TODAY = timezone.localdate


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


# --- what a policy may ask -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "value", "articles"),
    [
        ("ownership", ["state"], ["第八条第四项", "第十条第二项", "第十条第三项"]),
        ("registered_in", ["9901"], ["第九条第二项", "第九条第五项"]),
        ("named_firm", ["91990181MA0000001T"], ["第十条第一项"]),
        ("tax_paid_here", ["100"], ["第十条第二项"]),
    ],
)
def test_condition_that_excludes_is_refused_with_its_articles(people, fact, value, articles):
    with pytest.raises(ValidationError) as refused:
        draft(people["department"], SMALL, Condition(fact, "in", value))
    (text,) = refused.value.message_dict["conditions"]
    assert [each for each in articles if each not in text] == []
    assert Policy.objects.count() == 0


@pytest.mark.parametrize("fact", ["ownership", "registered_in"])
def test_condition_that_excludes_is_refused_by_the_database(people, fact):
    made = draft(people["department"])
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyCondition.objects.create(policy=made, fact=fact, operator="in", value=["x"])


@pytest.mark.parametrize(
    ("field", "text", "article"),
    [
        ("target_zh", "在本市注册的小微企业", "第九条"),
        ("benefit_zh", "国有企业另加一成", "第八条"),
        ("name_zh", "按地方贡献奖励", "第十条"),
    ],
)
def test_words_that_exclude_are_refused_at_their_field(people, field, text, article):
    with pytest.raises(ValidationError) as refused:
        draft(people["department"], **{field: text})
    assert article in refused.value.message_dict[field][0]


def test_unsound_condition_is_refused_and_the_same_one_twice(people):
    for conditions in ([Condition("employees", "in", ["x"])], [SMALL, Condition("scale", "in", ["large"])]):
        with pytest.raises(ValidationError):
            draft(people["department"], *conditions)


# --- in force ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fair_competition": "not_started"}, "第十八条"),
        ({"fair_competition": "failed"}, "第十八条"),
        ({"review": ""}, "第十七条"),
    ],
)
def test_policy_without_a_passed_review_gets_no_force(people, changes, words):
    made = draft(people["department"], **changes)
    with pytest.raises(ValidationError, match=words):
        put_policy_in_force(people["department"], made)


def test_database_gives_no_force_without_a_review(people):
    made = draft(people["department"], fair_competition="failed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.filter(pk=made.pk).update(in_force_from=TODAY())


def test_policy_in_force_is_frozen_with_its_conditions_and_fees(people):
    department = people["department"]
    made = draft(department, kind="fee")
    list_fee(department, made, name_zh="检测费", change="abolished", before="10 元", basis_zh="目录")
    made = put_policy_in_force(department, made)
    condition = made.conditions.get()
    for change in (
        lambda: Policy.objects.filter(pk=made.pk).update(benefit_zh="x"),
        lambda: Policy.objects.filter(pk=made.pk).delete(),
        lambda: PolicyCondition.objects.filter(pk=condition.pk).update(value=["large"]),
        lambda: PolicyCondition.objects.filter(pk=condition.pk).delete(),
        lambda: PolicyCondition.objects.create(policy=made, fact="high_tech", operator="is", value=True),
        lambda: FeeItem.objects.filter(policy=made).update(before="x"),
    ):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()
    with pytest.raises(ValidationError, match="另出一版"):
        change_policy(department, made, conditions=[])
    with pytest.raises(ValidationError, match="另出一版"):
        list_fee(department, made, name_zh="别的", change="abolished", before="1 元", basis_zh="目录")


def test_next_version_ends_the_one_before_and_is_reviewed_anew(people):
    department = people["department"]
    first = policy(department, kind="fee")
    second = new_version(department, first)
    assert (second.number, second.fair_competition, [one.condition for one in second.conditions.all()]) == (
        2,
        "not_started",
        [SMALL],
    )
    with pytest.raises(ValidationError, match="草稿"):
        new_version(department, first)
    change_policy(department, second, conditions=[], fair_competition="passed", review="通过")
    put_policy_in_force(department, second)
    first.refresh_from_db()
    assert (first.ended_on, first.state, second.conditions.count()) == (TODAY(), "ended", 0)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Policy.objects.filter(pk=first.pk).update(ended_on=None)
    with pytest.raises(ValidationError, match="原因"):
        end_policy(department, second, " ")
    assert end_policy(department, second, "到期").state == "ended"


def test_draft_tells_its_department_nothing_of_firms_outside_its_circle(people):
    department = people["department"]
    firm(people["township_office"], name_zh="圈外示例厂", employees=777)
    firm(people["township_office"], name_zh="圈内示例厂", employees=777, department=department.unit)
    conditions = (Condition("employees", "min", 777), Condition("employees", "max", 777))
    made, client = draft(department, *conditions), signed_in(department)
    assert [one.name_zh for one, _seen in client.get(f"/growth/policies/{made.pk}/firms/").context["met"]] == [
        "圈内示例厂"
    ]
    put_policy_in_force(department, made)
    assert len(client.get(f"/growth/policies/{made.pk}/firms/").context["met"]) == 2
    end_policy(department, made, "到期")
    assert len(client.get(f"/growth/policies/{made.pk}/firms/").context["met"]) == 1


def test_policy_of_any_name_gives_a_workbook(people):
    made = policy(people["department"], name_zh="稳岗返还[2026]/延续：*?")
    found = signed_in(people["department"]).get(f"/growth/policies/{made.pk}/firms/?format=xlsx")
    assert openpyxl.load_workbook(BytesIO(found.content)).sheetnames == ["稳岗返还 2026 延续："]


def test_only_its_department_and_the_city_change_a_policy_and_drafts_are_theirs(people):
    made = draft(people["department"])
    other = factories.account("department", unit=factories.unit("HEA"))
    for actor in (other, people["county"], people["township_office"]):
        with pytest.raises(PermissionDenied):
            put_policy_in_force(actor, made)
        assert policies_visible_to(actor).count() == 0
    put_policy_in_force(people["city_office"], made)
    assert [policies_visible_to(each).count() for each in (other, people["township_office"], people["village"])] == [
        1,
        1,
        0,
    ]


def test_form_asks_condition_by_condition_and_keeps_what_was_typed(people):
    client = signed_in(people["department"])
    sent = {
        "client_id": "a", "code": "P1", "name_zh": "稳岗", "kind": "employment", "target_zh": "企业", "benefit_zh": "返还",
        "mode": "apply", "clock_days": 60, "basis_zh": "文件", "fair_competition": "passed", "review": "通过",
        "if_scale_in": ["micro", "small"], "if_employees_max": "20", "if_high_tech_is": "false", "if_loan_due_on_within_days": "90",
    }  # fmt: skip
    wrong = client.post("/growth/policies/new/", sent | {"target_zh": "国有企业"})
    assert (
        wrong.status_code,
        wrong.context["form"]["if_employees_max"].value(),
        "第八条" in wrong.content.decode(),
    ) == (400, "20", True)
    assert client.post("/growth/policies/new/", sent).status_code == 302
    made = Policy.objects.get()
    assert {one.condition for one in made.conditions.all()} == {
        SMALL, Condition("employees", "max", 20.0), Condition("high_tech", "is", value=False), Condition("loan_due_on", "within_days", 90),
    }  # fmt: skip
    page = client.get(f"/growth/policies/{made.pk}/change/")
    assert page.context["form"]["if_scale_in"].value() == ["micro", "small"]


def test_condition_that_no_firm_can_meet_is_refused_at_its_field(people):
    client = signed_in(people["department"])
    sent = {
        "client_id": "a", "code": "P1", "name_zh": "稳岗", "kind": "employment", "target_zh": "企业", "benefit_zh": "返还",
        "mode": "apply", "clock_days": 60, "basis_zh": "文件", "fair_competition": "not_started",
        "if_employees_min": "50", "if_employees_max": "10",
    }  # fmt: skip
    wrong = client.post("/growth/policies/new/", sent)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["if_employees_max"])
    assert client.post("/growth/policies/new/", sent | {"if_employees_max": "50"}).status_code == 302


def test_everybody_reads_what_is_in_force_and_no_draft(people, client):
    policy(people["department"], SMALL, mode="no_application", name_zh="在用的政策", code="P1")
    draft(people["department"], SMALL, name_zh="草稿里的政策", code="P2")
    page = client.get("/ask/policies/").content.decode()
    assert ("在用的政策" in page, "规模：" in page, "草稿里的政策" in page) == (True, True, False)
    other = client.get("/ask/policies/", {"kind": "rent"}).context["rows"]
    assert other == [row for row in client.get("/ask/policies/").context["rows"] if row[0].kind == "rent"]


# --- granted -------------------------------------------------------------------------------------------------------


def test_application_counts_working_days_and_needs_reasons_met(people):
    office, department = people["township_office"], people["department"]
    made, one = policy(department, SMALL, Condition("insured_months", "min", 12)), firm(office)
    given = {"client_id": "a", "applied_on": TODAY()}
    granted = register_application(office, made, one, **given)
    assert register_application(office, made, one, **given) == granted
    days = [granted.started_on + timedelta(days=n) for n in range(1, (granted.due_on - granted.started_on).days + 1)]
    assert sum(national_calendar().is_working_day(day) for day in days) == 10
    assert granted.facts == {"scale": "small", "insured_months": 24}
    for fields, words in (
        ({"scale": "large"}, "不符合：规模：微型、小型"), ({"insured_months": None}, "还缺数据，先补上再登记：连续缴纳失业保险"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=words):
            register_application(office, made, firm(office, **fields), client_id=str(fields), applied_on=TODAY())
    with pytest.raises(ValidationError, match="已经登记过"):
        register_application(office, made, one, client_id="b", applied_on=TODAY())


def test_who_registered_never_decides_by_action_and_database(people):
    department = people["department"]
    made, one = policy(department), firm(people["township_office"], department=department.unit)
    granted = register_application(department, made, one, client_id="a", applied_on=TODAY())
    with pytest.raises(PermissionDenied):
        pay(department, granted, paid_on=TODAY(), amount=Decimal(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Redemption.objects.filter(pk=granted.pk).update(paid_on=TODAY(), amount=1, decided_by=department)
    second = factories.account("department", unit=department.unit)
    paid = pay(second, granted, paid_on=TODAY(), amount=Decimal("100.50"))
    assert (paid.amount, paid.light, paid.is_open) == (Decimal("100.50"), "green", False)
    with pytest.raises(ValidationError, match="已经办结"):
        refuse(second, granted, reason="x")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Redemption.objects.filter(pk=granted.pk).update(amount=5)


def test_refusal_needs_a_reason_and_lets_the_firm_apply_again(people):
    office, department = people["township_office"], people["department"]
    made, one = policy(department), firm(office)
    granted = register_application(office, made, one, client_id="a", applied_on=TODAY())
    with pytest.raises(ValidationError, match="为什么"):
        refuse(department, granted, reason=" ")
    refuse(department, granted, reason="材料与登记不符")
    assert register_application(office, made, one, client_id="b", applied_on=TODAY()).is_open


def test_list_without_application_is_confirmed_by_another_of_the_department(people):
    city, department = people["city_office"], people["department"]
    made = policy(department, SMALL, mode="no_application")
    firms = [firm(people["township_office"]), firm(city, SHIMEN)]
    firm(city, SHIMEN, scale="")
    own = make_list(department, made, client_id="own")
    with pytest.raises(PermissionDenied):
        confirm_list(department, own)
    with pytest.raises(IntegrityError), transaction.atomic():
        BenefitList.objects.filter(pk=own.pk).update(confirmed_by=department, confirmed_at=timezone.now())
    made_list = make_list(city, made, client_id="a")
    assert make_list(city, made, client_id="a") == made_list
    assert {one.enterprise for one in made_list.items.all()} == set(firms)
    with pytest.raises(PermissionDenied):
        confirm_list(people["county"], made_list)
    confirm_list(department, made_list)
    assert {one.enterprise for one in made_list.redemptions.all()} == set(firms)
    with pytest.raises(ValidationError, match="没有符合条件"):
        make_list(city, made, client_id="b")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        BenefitListItem.objects.create(benefit_list=made_list, enterprise=firm(city), facts={})
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        BenefitList.objects.filter(pk=made_list.pk).update(confirmed_by=people["county"])


def test_list_that_nobody_can_confirm_says_who_makes_another(people):
    department = people["department"]
    made = policy(department, SMALL, mode="no_application")
    firm(people["township_office"])
    own = make_list(department, made, client_id="own")
    client = signed_in(department)
    assert "没有别的账号能确认" in client.get(f"/growth/policies/lists/{own.pk}/").content.decode()
    factories.account("department", username="second", unit=department.unit)
    assert "没有别的账号能确认" not in client.get(f"/growth/policies/lists/{own.pk}/").content.decode()


def test_list_that_is_out_of_date_is_not_confirmed(people):
    city, department = people["city_office"], people["department"]
    made = policy(department, SMALL, mode="no_application")
    firm(city)
    made_list = make_list(city, made, client_id="a")
    firm(city, SHIMEN)
    with pytest.raises(ValidationError, match="重新生成"):
        confirm_list(department, made_list)
    assert Redemption.objects.count() == 0


def test_database_grants_by_list_only_who_stands_on_a_confirmed_one(people):
    city = people["city_office"]
    made = policy(people["department"], SMALL, mode="no_application")
    one = firm(city)
    waiting = make_list(city, made, client_id="a")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Redemption.objects.create(
            client_id="x", policy=made, enterprise=one, benefit_list=waiting, facts={}, started_on=TODAY(), due_on=TODAY(),
            clock={}, registered_by=city,
        )  # fmt: skip


# --- take-up -------------------------------------------------------------------------------------------------------


def test_take_up_hides_small_counts_and_what_would_give_them_away():
    rows, total = published(
        {"a": [("甲", 20, 3), ("乙", 30, 12), ("丙", 0, 0)], "b": [("丁", 40, 20), ("戊", 40, 20)]}, "合计"
    )
    assert (rows[0].paid, rows[0].share, rows[2].qualify) == ("<5", None, 0)
    hidden = [row for row in rows if row.share is None and row.qualify != 0]
    assert len(hidden) >= 2 or total.share is None
    assert (rows[3].qualify, rows[3].paid, rows[3].share) == (40, 20, 50.0)
    nearly, _total = published({"a": [("甲", 20, 18), ("乙", 40, 20), ("丙", 40, 20)]}, "合计")
    assert nearly[0].share is None  # two that were not reached are as few as two that were


def test_take_up_counts_who_qualifies_or_was_granted_and_who_was_paid(people):
    city, department = people["city_office"], people["department"]
    made = policy(department, SMALL, mode="no_application")
    for number in range(6):
        firm(city, LIUAN, name_zh=f"示例{number}")
    firm(city, LIUAN, scale="")
    for one in confirm_list(department, make_list(city, made, client_id="a")).redemptions.all():
        pay(department, one, paid_on=TODAY(), amount=Decimal(0))
    made_up = take_up(made, "合计", "规模不明")
    assert (made_up.total.qualify, made_up.total.paid, made_up.total.share, made_up.lacking) == (6, 6, 100.0, "<5")
    assert {row.name.code: (row.qualify, row.paid) for row in made_up.places}[LIUAN] == (6, 6)


# --- payments of public bodies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("began", "agreed", "due"),
    [
        (date(2026, 3, 2), None, date(2026, 4, 1)),
        (date(2026, 3, 2), 60, date(2026, 5, 6)),  # 1 May to 5 May are holidays
        (date(2026, 3, 6), 30, date(2026, 4, 7)),  # a weekend, then 清明节
        (date(2026, 3, 2), 10, date(2026, 3, 12)),
    ],
)
def test_public_body_pays_in_thirty_days_or_as_agreed_to_sixty(began, agreed, due):
    assert payment_deadline(began, agreed).due == due


@pytest.mark.parametrize("agreed", [0, 61])
def test_more_than_sixty_days_is_refused(agreed):
    with pytest.raises(ValueError, match="60"):
        payment_deadline(date(2026, 3, 2), agreed)


def owed(people, **fields) -> PublicPayment:
    office = people["township_office"]
    content = {
        "client_id": "a", "debtor": people["department"].unit, "subject": "课桌椅", "amount": Decimal(10_000), "scale": "small",
        "began_on": TODAY() - timedelta(days=90), "source": "合同",
    }  # fmt: skip
    return register_payment(office, fields.pop("enterprise", None) or firm(office), **content | fields)


def test_lateness_and_interest_are_computed_when_asked(people):
    late = owed(people)
    assert (late.light, late.days_late) == ("red", (TODAY() - late.due_on).days)
    assert late.interest == Decimal(5) * late.days_late
    paid = settle_payment(people["township_office"], late, paid_on=late.due_on + timedelta(days=3), paid_source="回单")
    assert (paid.light, paid.days_late, paid.interest) == ("red", 3, Decimal(15))
    small = owed(people, client_id="small", amount=Decimal(10))
    paid = settle_payment(
        people["township_office"], small, paid_on=small.due_on + timedelta(days=1), paid_source="回单"
    )
    assert paid.interest == Decimal("0.01")  # half a cent
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        PublicPayment.objects.update(amount=1)


def test_debtor_sees_what_it_owes_and_never_settles_it(people):
    office, department = people["township_office"], people["department"]
    late = owed(people, enterprise=firm(office, department=department.unit))
    assert list(payments_visible_to(department)) == [late]
    with pytest.raises(PermissionDenied):
        settle_payment(department, late, paid_on=TODAY(), paid_source="回单")
    page = signed_in(department).post(
        f"/growth/enterprises/payments/{late.pk}/", {"paid_on": TODAY(), "paid_source": "x"}
    )
    assert page.status_code == 403
    other = factories.account("department", unit=factories.unit("HEA"))
    assert (
        list(payments_visible_to(other)),
        signed_in(other).get(f"/growth/enterprises/payments/{late.pk}/").status_code,
    ) == ([], 404)


@pytest.mark.parametrize("fields", [{"agreed_days": 61}, {"scale": "large"}, {"amount": Decimal(0)}])
def test_payment_outside_of_the_law_is_refused_by_action_and_database(people, fields):
    with pytest.raises(ValidationError):
        owed(people, **fields)
    one = owed(people)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublicPayment.objects.bulk_create(
            [PublicPayment(**{
                "client_id": "b", "enterprise": one.enterprise, "debtor": one.debtor, "subject": "x", "amount": 1, "scale": "small",
                "began_on": TODAY(), "due_on": TODAY(), "clock": {}, "source": "x", "registered_by": one.registered_by,
            } | fields)]
        )  # fmt: skip


# --- reserved procurement ------------------------------------------------------------------------------------------

D = Decimal


@pytest.mark.parametrize(
    ("figures", "state", "missing"),
    [
        ((D(1000), D(0), D(300), D(180)), "met", (D(0), D(0))),
        ((D(1000), D(0), D(240), D(150)), "short", (D(60), D(30))),
        ((D(1000), D(200), D(240), D(144)), "met", (D(0), D(0))),
        ((D(1000), D(0), D(400), D(200)), "short", (D(0), D(40))),
        ((D(1000), D(0), None, None), "unknown", (None, None)),
        ((D(1000), D(0), D(200), None), "short", (D(100), None)),
        ((D(1000), D(1000), D(0), D(0)), "met", (D(0), D(0))),
    ],
)
def test_reserved_share_says_what_is_missing(figures, state, missing):
    made = share(*figures)
    assert (made.state, (made.missing_reserved, made.missing_small)) == (state, missing)


def test_unit_enters_its_own_procurement_and_corrects_it(people):
    department, unit = people["department"], people["department"].unit
    given = {
        "year": 2026,
        "total": D(1000),
        "unavailable": D(0),
        "reserved": None,
        "reserved_small": None,
        "source": "预算",
        "as_of": TODAY(),
    }
    enter_procurement(department, unit, **given)
    enter_procurement(department, unit, **given | {"reserved": D(300), "reserved_small": D(180)})
    assert [one.reserved for one in ProcurementBudget.objects.all()] == [D(300)]
    for wrong in ({"reserved": D(1100)}, {"reserved": D(300), "reserved_small": D(301)}, {"unavailable": D(1001)}):
        with pytest.raises(ValidationError):
            enter_procurement(department, unit, **given | wrong)
    for actor in (people["county"], factories.account("department", unit=factories.unit("HEA"))):
        with pytest.raises(PermissionDenied):
            enter_procurement(actor, unit, **given)
    page = signed_in(people["township_office"]).get("/growth/policies/procurement/")
    assert [(made.state, str(made.percent_reserved)) for _one, made in page.context["rows"]] == [("met", "30.0")]


def test_checklist_says_which_fees_and_which_firms(people):
    department = people["department"]
    made = draft(department, SMALL, kind="fee", mode="no_application", clock_days=0)
    with pytest.raises(ValidationError, match="降到多少"):
        list_fee(department, made, name_zh="检测费", change="reduced", before="400 元", basis_zh="目录")
    list_fee(department, made, name_zh="检测费", change="reduced", before="400 元", after="200 元", basis_zh="目录")
    put_policy_in_force(department, made)
    one, large = firm(people["township_office"]), firm(people["township_office"], scale="large")
    client = signed_in(people["township_office"])
    ((_policy, _words, count, fees),) = client.get("/growth/policies/checklist/").context["groups"]
    assert (count, [fee.name_zh for fee in fees]) == (1, ["检测费"])
    for reader, many in (("department", 1), ("county", 1), ("city_office", 1)):
        groups = signed_in(people[reader]).get("/growth/policies/checklist/").context["groups"]
        assert [count for _policy, _words, count, _fees in groups] == [many], reader
    assert [len(client.get(f"/growth/enterprises/{each.pk}/").context["fees"]) for each in (one, large)] == [1, 0]


@pytest.mark.parametrize("number", [1, 3])
def test_checklist_asks_as_much_for_many_policies_as_for_one(people, number, django_assert_num_queries):
    department = people["department"]
    firm(people["township_office"])
    for each in range(number):
        made = draft(department, SMALL, code=f"FEE{each}", kind="fee", mode="no_application", clock_days=0)
        list_fee(department, made, name_zh="检测费", change="abolished", before="400 元", basis_zh="目录")
        put_policy_in_force(department, made)
    client = signed_in(people["city_office"])
    client.get("/growth/policies/checklist/")
    with django_assert_num_queries(7):
        assert len(client.get("/growth/policies/checklist/").context["groups"]) == number


def test_pages_of_payments_and_redemptions_tell_what_is_late(people):
    office, department = people["township_office"], people["department"]
    late = owed(people)
    owed(people, client_id="b", began_on=TODAY())
    granted = register_application(office, policy(department), late.enterprise, client_id="a", applied_on=TODAY())
    client = signed_in(office)
    counts = {
        which: [
            [one.pk for one, _seen in client.get(f"/growth/{page}/?which={which}").context["rows"]]
            for page in ("enterprises/payments", "policies/redemptions")
        ]
        for which in ("late", "open")
    }
    assert counts == {"late": [[late.pk], []], "open": [[late.pk, late.pk + 1], [granted.pk]]}
    page = client.get("/growth/enterprises/payments/").context
    assert (page["late"], page["late_sum"]) == (1, Decimal(10_000))
    for page_of in ("enterprises/payments/table.xlsx", "policies/redemptions/?format=xlsx"):
        assert client.get(f"/growth/{page_of}").content[:2] == b"PK"
