"""What a kind may not be: each fault is named by the path at which it was typed."""

import copy

import pytest

from yizhen.matters.kinds import KINDS
from yizhen.matters.kinds.checking import asks_personal_data, problems_of


def own(**changed):
    spec = copy.deepcopy(KINDS["hazard"].as_json()) | {"code": "tree_felling", "letter": "TF"} | changed
    return {name: list(value) if isinstance(value, tuple) else value for name, value in spec.items()}


def clock(number=1, **changed):
    clocks = [dict(each) for each in own()["clocks"]]
    clocks[number] |= changed
    return {"clocks": clocks}


def field(**changed):
    usual = {"code": "height", "name_zh": "树高", "name_en": "Height", "type": "number", "stage": "open", "choices": ()}
    return {"fields": [usual | changed]}


@pytest.mark.parametrize("code", sorted(KINDS))
def test_shipped_kinds_have_no_problem(code):
    assert problems_of(KINDS[code].as_json(), KINDS) == {}


def test_a_whole_kind_of_a_new_code_has_no_problem():
    assert problems_of(own(**field()), KINDS) == {}


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (own(code="Tree felling"), "code"),
        (own(letter="tf"), "letter"),
        (own(letter="TFF"), "letter"),
        (own(letter="X"), "letter"),  # the petitions' own
        (own(name_zh=" "), "name_zh"),
        (own(name_en=""), "name_en"),
        (own(source=""), "source"),
        (own(work_line="war"), "work_line"),
        (own(entry="closed"), "entry"),
        (own(checks=True), "checks"),  # only what begins with a report is checked
        (own(reviews=1), "reviews"),
        (own(reviews=2), "reviews"),  # nobody could ask for one
        (own(openers=[]), "openers"),
        (own(openers=["anybody"]), "openers"),
        (own(suspensions=["hearing", "busy"]), "suspensions.1"),
        (own(look_back_days=[90, 30]), "look_back_days"),
        (own(look_back_days=[30, 30]), "look_back_days"),
        (own(look_back_days=[0]), "look_back_days"),
        (own(notice_days=0), "notice_days"),
        (own(clocks=[]), "clocks"),
        (own(**clock(0, starts=["dispatch"], stops=["accept"])), "clocks"),
        (own(**clock(0, governs=False)), "clocks"),
        (own(**clock(code="order")), "clocks.1.code"),
        (own(**clock(code="dispatch")), "clocks.1.code"),
        (own(**clock(name_en="")), "clocks.1.name_en"),
        (own(**clock(source="")), "clocks.1.source"),
        (own(**clock(starts=["fly"])), "clocks.1.starts"),
        (own(**clock(starts=[])), "clocks.1.starts"),
        (own(**clock(starts=["look_back_reopens"])), "clocks.1.starts"),
        (own(**clock(starts=["send_back"])), "clocks.1.starts"),
        (own(**clock(stops=["dispatch"])), "clocks.1.stops"),
        (own(**clock(0, stops=["open"])), "clocks.0.stops"),
        (own(**clock(amount=0)), "clocks.1.amount"),
        (own(**clock(unit="fortnight")), "clocks.1.unit"),
        (own(**clock(unit="hour")), "clocks.1.extension"),
        (own(**clock(extension={"amount": 30, "times": 99, "period_max": None, "approver": ""})), "clocks.1.extension"),
        (own(**clock(extension={"amount": 30, "times": 1, "period_max": 7, "approver": ""})), "clocks.1.extension"),
        (own(**clock(extension={"amount": 30, "times": 3, "period_max": 40, "approver": ""})), "clocks.1.extension"),
        (own(**field(code="Height")), "fields.0.code"),
        (own(**field(code="dispatch")), "fields.0.code"),
        (own(**field(name_zh="")), "fields.0.name_zh"),
        (own(**field(type="photo")), "fields.0.type"),
        (own(**field(stage="never")), "fields.0.stage"),
        (own(**field(type="choice", choices=["一种"])), "fields.0.choices"),
        (own(**field(type="choice", choices=["甲", "甲"])), "fields.0.choices"),
        (own(**field(choices=["甲", "乙"])), "fields.0.choices"),
        (own(**field(name_zh="当事人身份证号")), "fields.0.name_zh"),
        (own(texts={"fly": "…"}), "texts.fly"),
        (own(texts={"file": "长" * 2001}), "texts.file"),
    ],
)  # fmt: skip
def test_fault_is_named_by_its_path(spec, path):
    problems = problems_of(spec, KINDS)

    assert list(problems) == [path]
    assert problems[path]


def test_sealed_shipped_kind_cannot_be_unsealed():
    petition = KINDS["petition"].as_json() | {"sealed": False}

    assert list(problems_of(petition, KINDS)) == ["sealed"]


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("身份证号码", True), ("联系电话", True), ("诉求人姓名", True), ("宗教信仰", True), ("家庭住址", True), ("Phone number", True),
        ("ID number", True), ("Name of the resident", True), ("religion", True), ("mobile_no", True),
        ("树高", False), ("部件事件代码", False), ("监测结果", False), ("Name of the road", False), ("Stage", False), ("路段名称", False),
        ("整改方案", False), ("Idle land", False), ("受损面积", False),
    ],
)  # fmt: skip
def test_names_that_ask_who_somebody_is_are_known(name, asks):
    assert asks_personal_data(name) is asks


def test_sealed_kind_may_ask_what_its_law_asks():
    assert problems_of(own(sealed=True, **field(name_zh="联系电话")), KINDS) == {}
