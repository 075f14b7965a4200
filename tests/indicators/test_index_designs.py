"""Designing and freezing: who may, what the form refuses and keeps, what the database refuses, what the pages say."""

from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import JIANGFENG, LIUAN, signed_in
from tests.indicators import indexed
from yizhen.audit.models import Record
from yizhen.indicators.actions.indices import design_index, edit_index, freeze_index, new_version
from yizhen.indicators.designer import form_of
from yizhen.indicators.models import IndexDesign, IndexVersion, Indicator, Observation
from yizhen.places.models import Division

PAGE = "/indicators/indices/jiben/1/"
COUNTS = [10, 7, 10, 5, 7]  # queries of the page, the designer, a place, the list, the workbook


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    made = factories.account("city_office")
    indexed.figures(made)
    return made


@pytest.fixture
def draft(office):
    return indexed.draft(office)


def frozen(office, draft):
    return freeze_index(office, draft, "会议纪要第1号", draws=200)


def posted(version, **changes):
    """Return what a browser sends when the designer's form is sent as it stands, with changes."""
    form = form_of(version.spec, list(Indicator.objects.filter(scored=True)))
    sent = {key: value for key, value in form.texts.items() if value is not False}
    for line in form.groups:
        sent |= {f"g{line.key}_{name}": text for name, text in line.texts.items()}
    for line in form.indicators:
        sent |= {f"i_{line.key}_{name}": text for name, text in line.texts.items()}
    return {**sent, **changes}


def test_only_the_office_designs_edits_and_freezes(office, draft):
    others = [factories.account(role) for role in ("department", "county", "township_head", "system_admin")]
    for user in others:
        with pytest.raises(PermissionDenied):
            design_index(user, code="x", name_zh="甲", name_en="A", division=office.scope, period="2025")
        with pytest.raises(PermissionDenied):
            edit_index(user, draft, indexed.spec())
        with pytest.raises(PermissionDenied):
            freeze_index(user, draft, "依据")
        with pytest.raises(PermissionDenied):
            new_version(user, draft.design)
        assert signed_in(user).get(PAGE).status_code == 404  # a draft is the office's alone
    assert signed_in(office).get(PAGE).status_code == 200
    frozen(office, draft)
    for user in others:
        assert signed_in(user).get(PAGE).status_code == (404 if user.is_admin else 200)


def test_an_index_of_another_city_is_not_found(office, draft):
    frozen(office, draft)
    Division.objects.create(code="9908", name_zh="别市", level="prefecture", kind="prefecture_city")
    stranger = factories.account("city_office", "9908")
    for address in ("", "edit/", "changes/", "table.xlsx", f"place/{LIUAN}/"):
        assert signed_in(stranger).get(PAGE + address).status_code == 404
    assert signed_in(stranger).post(f"{PAGE}freeze/", {"reason": "x"}).status_code == 404
    assert signed_in(stranger).post("/indicators/indices/jiben/again/").status_code == 404
    with pytest.raises(PermissionDenied):
        new_version(stranger, draft.design)


def test_the_form_sent_as_it_stands_says_the_same_index(office, draft):
    client = signed_in(office)
    assert client.get(f"{PAGE}edit/").status_code == 200
    assert client.post(f"{PAGE}edit/", posted(draft)).status_code == 302
    after = IndexVersion.objects.get(pk=draft.pk).spec
    assert after == {**draft.spec, "means": {"2": "arithmetic", "3": "geometric", "4": "arithmetic"}}


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(office, draft):
    client = signed_in(office)
    wrong = {
        "period": "去年", "i_D01_best": "很多", "i_L05_worst": "90", "i_L06_best": "", "g1_name_en": "", "floor": "0",
        "i_D09_in": "nowhere", "i_D09_worst": "1", "i_D09_best": "2", "g3_code": "extra", "g3_name_zh": "新的", "g3_name_en": "New",
        "g3_weight": "7",
    }  # fmt: skip
    answer = client.post(f"{PAGE}edit/", posted(draft, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "“很多”不是数字。" in page
    assert 'value="很多"' in page
    assert 'value="新的"' in page
    answer = client.post(f"{PAGE}edit/", posted(draft, **{**wrong, "i_D01_best": "10"}))
    page = answer.content.decode()
    for text in (
        "期间写成 2025",
        "方向反了：这项指标越高越好",
        "请填目标值",
        "请写中文和英文名称",
        "保底分在 0.01 到 50 之间",
        "没有这个支柱",
    ):
        assert text in page, text
    assert IndexVersion.objects.get(pk=draft.pk).spec == draft.spec
    client.cookies["django_language"] = "en"
    assert client.post(f"{PAGE}edit/", posted(draft, period="")).status_code == 400


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"indicators": []}, "indicators"),
        ({"groups": [{"code": "a", "parent": "b", "weight": 1.0, "name_zh": "甲", "name_en": "A"},
                     {"code": "b", "parent": "a", "weight": 1.0, "name_zh": "乙", "name_en": "B"}]}, "group:0"),
        ({"normalisation": "entropy"}, "normalisation"),
        ({"treatment": "log"}, "treatment"),
        ({"least": 1.2}, "least"),
    ],
)  # fmt: skip
def test_what_is_no_index_is_refused(office, draft, changes, field):
    with pytest.raises(ValidationError) as refused:
        edit_index(office, draft, indexed.spec(**changes))
    assert field in refused.value.message_dict


def test_what_no_browser_sends_is_refused_and_breaks_nothing(office, draft):
    client = signed_in(office)
    for changes in (
        {"most": "-3"}, {"o_normalisations": "magic"}, {"o_means": "magic"}, {"o_treatments": "log:x"}, {"g0_code": "unit"},
        {"g0_code": "D01"}, {"normalisation": ""}, {"least": "nan"}, {"o_weights": "100"}, {"floor": "1e400"},
        {"i_D01_weight": "-1"}, {"i_D01_worst": "inf"}, {"period": "2025Q9"},
    ):  # fmt: skip
        assert client.post(f"{PAGE}edit/", posted(draft, **changes)).status_code == 400, changes
    assert client.post(f"{PAGE}edit/", {}).status_code == 400
    assert IndexVersion.objects.get(pk=draft.pk).spec == draft.spec


def test_a_volume_of_problems_cannot_enter(office, draft):
    Indicator.objects.filter(code="S03").update(scored=False, direction="neutral")
    spec = indexed.spec()
    spec["indicators"].append({"code": "S03", "parent": "safety", "weight": 1.0, "worst": 0.0, "best": 9.0})
    with pytest.raises(ValidationError) as refused:
        edit_index(office, draft, spec)
    assert "只作背景" in refused.value.message_dict["indicator:S03"][0]
    assert "i_S03_in" not in signed_in(office).get(f"{PAGE}edit/").content.decode()
    # One that was renamed into a volume afterwards is refused by what it says, not only by its mark.
    Indicator.objects.filter(code="S07").update(name_zh="12345 投诉总量")
    with pytest.raises(ValidationError) as refused:
        edit_index(office, draft, indexed.spec())
    assert list(refused.value.message_dict) == ["indicator:S07"]


def test_frozen_means_frozen_in_the_database_too(office, draft):
    version = frozen(office, draft)
    for changes in (
        {"spec": {}}, {"result": {}}, {"data": {}}, {"reason": "别的"}, {"state": "draft"}, {"number": 9},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            IndexVersion.objects.filter(pk=version.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        IndexVersion.objects.filter(pk=version.pk).delete()
    with pytest.raises(ValidationError):
        edit_index(office, version, indexed.spec())
    with pytest.raises(ValidationError):
        freeze_index(office, version, "再来一次")
    assert IndexVersion.objects.get(pk=version.pk).spec == draft.spec
    assert Record.objects.filter(event="indicators.index_frozen", details__spec_sha256=version.spec_sha256).exists()


def test_a_half_frozen_version_and_a_second_draft_cannot_be(office, draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        IndexVersion.objects.filter(pk=draft.pk).update(state="frozen")
    with pytest.raises(IntegrityError), transaction.atomic():
        IndexVersion.objects.create(design=draft.design, number=2, spec={})
    with pytest.raises(ValidationError):
        freeze_index(office, draft, "  ")
    Observation.objects.all().delete()
    with pytest.raises(ValidationError, match="算不出得分"):
        freeze_index(office, draft, "依据")


def test_later_figures_are_said_and_do_not_change_what_was_frozen(office, draft):
    version = frozen(office, draft)
    before = {row["place"]: row["score"] for row in version.result["places"]}
    factories.import_figures(office, [factories.row("D01", LIUAN, "2025-12", value=1)])
    page = signed_in(office).get(PAGE)
    assert "定稿以后有 1 个数改过" in page.content.decode()
    assert {row["place"]: row["score"] for row in page.context["it"].result["places"]} == before
    following = new_version(office, version.design)
    assert new_version(office, version.design).pk == following.pk
    now = signed_in(office).get("/indicators/indices/jiben/2/").context["it"].result
    assert {row["place"]: row["score"] for row in now["places"]}[LIUAN] < before[LIUAN]


def test_versions_differ_in_words(office, draft):
    version = frozen(office, draft)
    following = new_version(office, version.design)
    spec = indexed.spec(imputation="median", means={"2": "arithmetic", "3": "arithmetic"})
    spec["indicators"][0]["best"] = 12.0
    del spec["indicators"][3]
    edit_index(office, following, spec)
    page = signed_in(office).get("/indicators/indices/jiben/2/changes/")
    rows = {what: (old, new) for what, old, new in page.context["rows"]}
    assert rows["缺数"] == ("不补：同组其他指标分担权重", "补同类的中位数")
    assert rows["规模以上工业增加值增速"][1].endswith("标准 0 → 12")
    assert rows["生活垃圾分类处理率"][1] == "—"
    assert set(rows) == {"缺数", "往上一层的汇总", "规模以上工业增加值增速", "生活垃圾分类处理率"}
    assert signed_in(office).get(f"{PAGE}changes/").status_code == 404


def test_the_page_says_intervals_and_leads_to_every_figure(office, draft):
    client = signed_in(office)
    page = client.get(PAGE).content.decode()
    assert "同类 3 个中，换合理的做法，十次有九次" in page
    assert "不是抽样误差" in page
    assert "不适用于" in page
    tree = client.get(f"{PAGE}place/{JIANGFENG}/").content.decode()
    assert "不适用于这一类，不计" in tree
    assert f'href="/indicators/D01/{JIANGFENG}/"' in tree
    assert client.get(f"{PAGE}place/999999999/").status_code == 404
    assert client.get(f"{PAGE}?runs=10000").context["it"].result["draws"] == 10_000


def test_the_workbook_says_what_the_page_says_without_formulas(office, draft):
    answer = signed_in(office).get(f"{PAGE}table.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    places, choices, warnings, figures = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    result = signed_in(office).get(PAGE).context["it"].result
    assert [row[0] for row in places[1:]] == [row["place"] for row in result["places"]]
    assert [row[3] for row in places[1:]] == pytest.approx([row["score"] for row in result["places"]])
    assert len(figures) == 1 + 28  # six indicators of five places, less the two that do not apply
    assert len(choices) > 8
    assert len(warnings) > 1
    assert not [cell for row in (*places, *figures) for cell in row if isinstance(cell, str) and cell.startswith("=")]


def test_pages_read_as_often_for_five_places_as_for_two(office, draft):
    client = signed_in(office)
    pages = (PAGE, f"{PAGE}edit/", f"{PAGE}place/{LIUAN}/", "/indicators/indices/", f"{PAGE}table.xlsx")

    def counted():
        found = []
        for address in pages:
            client.get(address)
            with CaptureQueriesContext(connection) as made:
                assert client.get(address).status_code == 200
            found.append(len(made))
        return found

    many = counted()
    Observation.objects.exclude(division_id__in=[LIUAN, JIANGFENG]).delete()
    assert counted() == many == COUNTS


def test_the_list_starts_an_index_and_keeps_what_was_typed(office):
    client = signed_in(office)
    typed = {"code": "New-1", "name_zh": "新指数", "name_en": "New index"}
    answer = client.post("/indicators/indices/", typed)
    assert answer.headers["Location"] == "/indicators/indices/new-1/1/edit/"
    assert IndexDesign.objects.get().division_id == factories.CITY
    again = client.post("/indicators/indices/", typed)
    assert again.status_code == 400
    assert 'value="新指数"' in again.content.decode()
    assert again.context["form"].errors == dict.fromkeys(("code", "name_zh"), ["已经有了，请换一个。"])
    assert "还没有得分" in client.get("/indicators/indices/new-1/1/").content.decode()
    assert signed_in(factories.account("county")).post("/indicators/indices/", typed).status_code == 403
