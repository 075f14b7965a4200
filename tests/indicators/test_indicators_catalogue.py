"""The catalogue: thirty indicators, and no volume of problems that counts against a place."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import signed_in
from yizhen.indicators.actions import define_indicator
from yizhen.indicators.catalogue import DATA, load_catalogue
from yizhen.indicators.forbidden import MEASURES, NEGATIVE_DIRECTIONS, forbidden_measure
from yizhen.indicators.models import DIRECTIONS, Indicator
from yizhen.indicators.periods import fits, words
from yizhen.people.models import ROLES, Unit

FORBIDDEN_ZH = [
    "信访量",
    "信访总量",
    "信访件数",
    "信访人数",
    "信访人次",
    "信访批次",
    "信访件次",
    "信访率",
    "信访发生率",
    "重复信访率",
    "初次信访件数",
    "网上信访量",
    "来信来访件次",
    "万人信访量",
    "信访量下降率",
    "信访总量增长率",
    "投诉量",
    "投诉件数",
    "投诉率",
    "投诉占比",
    "投诉量同比增幅",
    "每万人投诉件数",
    "12345投诉万人比",
    "投诉举报总数",
    "群众举报件数",
    "举报数",
    "差评数",
    "群众诉求数",
    "诉求量",
    "12345工单量",
    "热线工单数",
    "热线来电量",
    "人均工单数",
    "隐患排查数",
    "隐患数量",
    "隐患起数",
    "一般隐患数",
    "重大隐患数",
    "发现隐患数",
    "安全隐患个数",
    "排查出的风险点数",
    "发现问题数",
    "问题数",
    "上访人数",
    "越级上访人次",
    "越级上访率",
    "进京上访批次",
    "赴省上访人次",
    "缠访闹访人数",
]
ALLOWED_ZH = [
    "按期办结率",
    "解决率",
    "信访事项按期办结率",
    "信访事项按期告知率",
    "信访积案化解率",
    "重复信访化解率",
    "投诉办理满意率",
    "投诉按期答复率",
    "企业诉求按期办结率",
    "诉求解决率",
    "工单按期办结率",
    "重大事故隐患按期整改率",
    "汛期风险点隐患整改率",
    "隐患整改率",
    "问题整改率",
    "问题整改完成率",
    "群众满意度",
    "城镇新增就业人数",
    "较大及以上生产安全事故起数",
    "每万人口教育机构数",
    "民生实事项目按期完成率",
]
FORBIDDEN_EN = [
    "Number of petitions",
    "Petition volume",
    "Total petitions",
    "Petitions",
    "Petitioners",
    "Complaints",
    "Complaints received",
    "Complaint rate",
    "Complaints per 10,000 residents",
    "Complaints per capita",
    "Share of residents who complain",
    "Hotline calls",
    "Hotline tickets per capita",
    "Number of hazards found",
    "Hazards found",
    "Trips to superior levels",
]
ALLOWED_EN = [
    "Petitions settled in time",
    "Share of complaints resolved in time",
    "Rate of hazards rectified in time",
    "Complaint resolution rate",
    "Hotline appeals resolved (call-back by city centre)",
    "New urban jobs",
]


@pytest.fixture
def city(db):
    city = factories.fictional_city()
    factories.catalogue()
    return city


def fields(**changes):
    content = {
        "code": "X01",
        "name_zh": "新指标",
        "name_en": "New indicator",
        "domain": "safety",
        "unit": "件",
        "direction": "down",
        "frequency": "monthly",
        "source": Unit.objects.get(code="EMG"),
        "scored": True,
    }
    return content | changes


# --- the shipped catalogue -----------------------------------------------------------------------------------------


def test_catalogue_ships_thirty_indicators(city):
    rows = {row["code"]: row for row in json.loads(DATA.read_text(encoding="utf-8"))["indicators"]}

    made = {i.code: i for i in Indicator.objects.all()}

    codes = [*(f"D0{n}" for n in range(1, 10)), *(f"L{n:02}" for n in range(1, 11)), *(f"S0{n}" for n in range(1, 9))]
    assert sorted(made) == sorted([*codes, "P01", "P02", "P03"])
    assert {code: (i.name_zh, i.direction, i.source_id, i.per, i.scored) for code, i in made.items()} == {
        code: (row["name_zh"], row["direction"], row["source"], row["per"], row["scored"]) for code, row in rows.items()
    }


def test_catalogue_holds_no_forbidden_measure(city):
    assert list(Indicator.objects.exclude(measures="").values_list("code", flat=True)) == []


def test_catalogue_matches_the_demo_citys_indicators():
    demo = {row["code"]: row["name_zh"] for row in factories.demo_story()["indicators"]}
    shipped = {row["code"]: row["name_zh"] for row in json.loads(DATA.read_text(encoding="utf-8"))["indicators"]}

    assert shipped == demo


def test_catalogue_loaded_again_adds_what_is_missing_only(city):
    Indicator.objects.filter(code="S08").delete()
    Indicator.objects.filter(code="S07").update(unit="‰")

    assert (load_catalogue(None, city), load_catalogue(None, city)) == (1, 0)
    assert Indicator.objects.get(code="S07").unit == "‰"


# --- what may never count against a place --------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORBIDDEN_ZH)
def test_chinese_name_of_a_volume_is_forbidden(name):
    assert forbidden_measure(name, "", "") in MEASURES


@pytest.mark.parametrize("name", ALLOWED_ZH)
def test_chinese_name_of_settling_is_allowed(name):
    assert forbidden_measure(name, "", "") is None


@pytest.mark.parametrize("name", FORBIDDEN_EN)
def test_english_name_of_a_volume_is_forbidden(name):
    assert forbidden_measure("某数", name, "") in MEASURES


@pytest.mark.parametrize("name", ALLOWED_EN)
def test_english_name_of_settling_is_allowed(name):
    assert forbidden_measure("某率", name, "") is None


@pytest.mark.parametrize("numerator", ["信访件数", "投诉总量", "排查隐患数", "上访人次"])
def test_harmless_name_over_a_forbidden_numerator_is_forbidden(numerator):
    assert forbidden_measure("平安指数", "Peace index", numerator) in MEASURES
    assert forbidden_measure("平安指数", "Peace index", "破案数") is None


SUBJECTS = st.sampled_from(
    ["信访", "信访事项", "投诉", "举报", "群众诉求", "工单", "热线诉求", "重大事故隐患", "风险点", "问题"]
)


@given(before=st.sampled_from(["", "企业", "12345 ", "群众"]), subject=SUBJECTS, how=st.sampled_from(["", "按期", "依法", "及时"]),
       end=st.sampled_from(["办结率", "解决率", "整改率", "化解率", "答复率", "满意率"]))  # fmt: skip
def test_rate_of_settling_is_never_forbidden(before, subject, how, end):
    assert forbidden_measure(before + subject + how + end, "", "") is None


@given(
    before=st.sampled_from(["", "年度", "每万人", "新增"]),
    subject=SUBJECTS,
    volume=st.sampled_from(["数", "量", "总量", "件数", "数量"]),
)
def test_volume_of_problems_is_always_forbidden(before, subject, volume):
    assert forbidden_measure(before + subject + volume, "", "") in MEASURES


@given(name=st.text(max_size=30), english=st.text(max_size=30), numerator=st.text(max_size=30))
def test_forbidden_measure_of_any_text_is_known_or_none(name, english, numerator):
    assert forbidden_measure(name, english, numerator) in {None, *MEASURES}


@pytest.mark.parametrize(
    ("direction", "scored"), [("down", True), ("down", False), ("target", True), ("target", False), ("up", True)]
)
def test_define_indicator_refuses_a_volume_that_would_count_and_says_why(city, direction, scored):
    with pytest.raises(ValidationError) as caught:
        define_indicator(
            factories.account("city_office"), **fields(name_zh="信访量", direction=direction, scored=scored)
        )

    assert list(caught.value.message_dict) == ["direction"]
    [message] = caught.value.message_dict["direction"]
    assert message.startswith("不能设立：“信访量”属于信访数量。")
    assert "按期办结率" in message
    assert Indicator.objects.count() == 30


@pytest.mark.parametrize("name", ["投诉件数", "隐患排查数", "越级上访人次", "信访人数", "每万人投诉件数"])
def test_define_indicator_refuses_each_forbidden_measure(city, name):
    with pytest.raises(ValidationError):
        define_indicator(None, **fields(name_zh=name))


def test_define_indicator_allows_a_volume_as_context(city):
    made = define_indicator(None, **fields(name_zh="信访量", direction="neutral", scored=False))

    assert (made.measures, made.direction, made.scored) == ("petition_volume", "neutral", False)


def test_define_indicator_allows_a_rate_of_settling(city):
    assert define_indicator(None, **fields(name_zh="信访事项化解率", direction="up")).measures == ""


def test_define_indicator_cannot_be_talked_out_of_what_it_measures(city):
    with pytest.raises(ValidationError):
        define_indicator(None, **fields(name_zh="和谐指数", measures="complaint_volume"))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("direction", "scored"), [(d, s) for d in DIRECTIONS for s in (True, False) if s or d in NEGATIVE_DIRECTIONS]
)
def test_forbidden_measure_that_counts_is_refused_by_the_database(city, measure, direction, scored):
    with pytest.raises(IntegrityError, match="indicator_ne"), transaction.atomic():
        Indicator.objects.filter(code="S07").update(measures=measure, direction=direction, scored=scored)


def test_context_that_is_scored_is_refused_by_the_database(city):
    with pytest.raises(IntegrityError, match="indicator_neutral_is_not_scored"), transaction.atomic():
        Indicator.objects.filter(code="L02").update(scored=True)


# --- defining ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_define_indicator_is_for_the_city_office_only(city, role):
    user = factories.account(role)

    if role == "city_office":
        assert define_indicator(user, **fields()).code == "X01"
    else:
        with pytest.raises(PermissionDenied):
            define_indicator(user, **fields())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "S07"}, "code"),
        ({"code": "s07"}, "code"),
        ({"code": "有 空格"}, "code"),
        ({"name_zh": "12345 诉求解决率", "direction": "up"}, "name_zh"),
        ({"direction": "sideways"}, "direction"),
        ({"frequency": "daily"}, "frequency"),
        ({"direction": "neutral"}, "__all__"),
    ],
)
def test_define_indicator_with_a_wrong_value_is_an_error_at_its_field(city, change, field):
    with pytest.raises(ValidationError) as caught:
        define_indicator(None, **fields(**change))

    assert list(caught.value.message_dict) == [field]


def test_define_indicator_writes_its_code_as_the_importer_reads_it(city):
    office = factories.account("city_office")
    define_indicator(office, **fields(code="x01"))

    factories.import_figures(office, [factories.row("x01", factories.LIUAN, "2025-01", value=3)])

    assert Indicator.objects.get(code="X01").observations.count() == 1


FORM = {
    "code": "X01",
    "name_zh": "新指标",
    "name_en": "New",
    "domain": "safety",
    "unit": "件",
    "direction": "up",
    "frequency": "monthly",
    "source": "EMG",
    "per": "0",
    "scored": "on",
}


def test_define_page_adds_an_indicator(city):
    client = signed_in(factories.account("city_office"))

    response = client.post("/indicators/new/", FORM)

    assert (response.status_code, response.headers["Location"]) == (302, "/indicators/X01/")
    assert client.get("/indicators/X01/").status_code == 200


def test_define_page_shows_why_a_volume_is_refused(city):
    client = signed_in(factories.account("city_office"))

    response = client.post("/indicators/new/", FORM | {"name_zh": "每万人投诉件数", "direction": "down"})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["direction"])
    assert "不能设立：“每万人投诉件数”属于投诉数量" in response.content.decode()
    assert Indicator.objects.count() == 30


@pytest.mark.parametrize(
    ("change", "field"),
    [({"code": ""}, "code"), ({"code": "S07"}, "code"), ({"per": "-1"}, "per"), ({"source": "NO"}, "source")],
)
def test_define_page_shows_errors_at_their_fields(city, change, field):
    client = signed_in(factories.account("city_office"))

    response = client.post("/indicators/new/", FORM | change)

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])


# --- periods -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "right", "wrong"),
    [
        ("yearly", ["2025", "1999"], ["25", "2025Q1", "20251", "1899", "2025 "]),
        ("half_yearly", ["2025H1", "2025H2"], ["2025H0", "2025H3", "2025h1", "2025"]),
        ("quarterly", ["2025Q1", "2025Q4"], ["2025Q0", "2025Q5", "2025", "2025-Q1"]),
        ("monthly", ["2025-01", "2025-12"], ["2025-00", "2025-13", "2025-1", "202501", "2025-01\n"]),
    ],
)
def test_period_fits_its_frequency(frequency, right, wrong):
    assert [fits(period, frequency) for period in right] == [True] * len(right)
    assert [fits(period, frequency) for period in wrong] == [False] * len(wrong)


def test_period_in_words():
    assert [words(p) for p in ("2025", "2025H1", "2025H2", "2025Q3", "2026-03")] == [
        "2025年",
        "2025年上半年",
        "2025年下半年",
        "2025年第3季度",
        "2026年3月",
    ]
    assert words("2025Q3", chinese=False) == "2025Q3"
