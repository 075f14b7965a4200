"""Practice notes: cited figures stay, a colleague checks, others ask and adopt, and nobody is ranked or thanked by a click."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, XITANG, beds, import_figures, row, signed_in
from yizhen.exchange.actions import change_note, check_note, cite, publish_note, uncite, withdraw_note, write_note
from yizhen.exchange.models import Adoption, Answer, NoteFigure, PracticeNote, Question
from yizhen.exchange.queries import Search, board_lines, notes_visible_to, outcomes_of, whole
from yizhen.exchange.talking import adopt, answer, ask
from yizhen.indicators.models import Observation
from yizhen.people.models import ROLES

READERS = {"city_office", "county", "department", "township_head", "township_office"}
TEXTS = {
    "work_line": "livelihood", "title": "日间照料", "problem": "床位不够", "steps": "改建闲置校舍", "cost": Decimal("36.5"),
    "person_days": 120, "failed": "第一批床位没有无障碍卫生间，返工一次", "contact": "镇民政办",
}  # fmt: skip


@pytest.fixture
def people(db):
    factories.fictional_city()
    factories.catalogue()
    made = factories.everybody()
    figures = [*beds({LIUAN: 200, XITANG: 180}, "2023"), *beds({LIUAN: 300, XITANG: 180}, "2025")]
    figures += [
        row("L01", factories.CITY, year, numerator=n, denominator=2_000_000)
        for year, n in (("2023", 5000), ("2025", 5400))
    ]
    import_figures(made["city_office"], figures)
    return made


def observed(place: str, period: str) -> Observation:
    return Observation.objects.select_related("indicator", "source").get(indicator="L01", division=place, period=period)


def drafted(people, **changes) -> PracticeNote:
    return write_note(people["township_office"], client_id=str(PracticeNote.objects.count()), **TEXTS | changes)


def published(people, **changes) -> PracticeNote:
    note = drafted(people, **changes)
    cite(people["township_office"], note, observed(LIUAN, "2023"), "before")
    cite(people["township_office"], note, observed(LIUAN, "2025"), "after")
    note = check_note(people["township_head"], note, "看了台账和数据。")
    return publish_note(people["township_office"], note)


def test_note_is_checked_by_a_colleague_and_then_published(people):
    office, head = people["township_office"], people["township_head"]
    note = drafted(people)
    with pytest.raises(PermissionDenied):
        publish_note(office, note)
    with pytest.raises(ValidationError, match="至少一个指标"):
        check_note(head, note, "看了")
    cite(office, note, observed(LIUAN, "2023"), "before")
    for role in set(ROLES) - {"township_head", "city_office"}:
        with pytest.raises(PermissionDenied):
            check_note(people[role], note, "看了")
    with pytest.raises(ValidationError):
        check_note(head, note, " ")
    note = check_note(head, note, "看了台账")
    for role in set(ROLES) - {"township_head", "township_office", "city_office"}:
        with pytest.raises(PermissionDenied):
            publish_note(people[role], note)
    assert publish_note(office, note).state == "published"


def test_who_changed_a_note_does_not_check_it_and_it_is_checked_again(people):
    office, head = people["township_office"], people["township_head"]
    note = drafted(people)
    cite(office, note, observed(LIUAN, "2023"), "before")
    note = check_note(head, note, "看了")
    note = change_note(head, note, cost=Decimal(40))
    assert (note.state, note.checked_by) == ("draft", None)
    with pytest.raises(PermissionDenied):
        check_note(head, note, "看了")
    with pytest.raises(PermissionDenied):
        check_note(office, note, "看了")
    note = check_note(people["city_office"], note, "看了")
    cite(office, note, observed(LIUAN, "2025"), "after")
    note.refresh_from_db()
    assert (note.state, note.changed_by) == ("draft", office)


def test_who_changed_or_cited_before_somebody_else_changed_it_does_not_check_it(people):
    office, head = people["township_office"], people["township_head"]
    changed = change_note(office, write_note(head, client_id="a", **TEXTS), steps="改建闲置厂房")
    cite(head, changed, observed(LIUAN, "2023"), "before")
    changed = change_note(head, changed, cost=Decimal(40))
    cited = write_note(head, client_id="b", **TEXTS)
    cite(office, cited, observed(LIUAN, "2023"), "before")
    for note in (changed, cited):
        with pytest.raises(PermissionDenied):
            check_note(office, note, "核对了自己写的")
        assert not signed_in(office).get(f"/exchange/{note.pk}/").context["may_check"]
        assert check_note(people["city_office"], note, "看了台账").state == "checked"


def test_who_checked_a_note_checks_it_again_after_it_was_changed(people):
    office, head = people["township_office"], people["township_head"]
    note = drafted(people)
    cite(office, note, observed(LIUAN, "2023"), "before")
    check_note(head, note, "看了台账")
    change_note(office, note, cost=Decimal(40))
    assert check_note(head, note, "又看了").state == "checked"


def test_citation_stays_what_it_was_when_the_figure_changes(people):
    note = published(people)
    before = {one.moment: one.content["value"] for one in note.figures.all()}
    Observation.objects.filter(division=LIUAN).update(value=1)
    figure = NoteFigure.objects.get(moment="after")
    assert {one.moment: one.content["value"] for one in note.figures.all()} == before
    page = signed_in(people["county"]).get(f"/exchange/figures/{figure.pk}/").content.decode()
    assert figure.sha256 in page
    assert f"/indicators/L01/{LIUAN}/" in page
    assert "2025-12-31" in page


def test_database_keeps_published_notes_citations_and_threads(people):
    note = published(people)
    figure, office = note.figures.first(), people["township_office"]
    question = ask(people["department"], note, client_id="q", text="钱从哪里来？")
    said = answer(office, question, client_id="a", text="村集体和福彩。")
    other = factories.account("township_office", XITANG)
    adopted = adopt(other, note, client_id="x", since=date(2024, 6, 1), changes="只做日托")
    draft = drafted(people)
    now = timezone.now()
    copy = {"content": figure.content, "sha256": "x", "by": office, "period": "2025", "indicator": figure.indicator}
    changes = {
        "published text": lambda: PracticeNote.objects.filter(pk=note.pk).update(failed="没有"),
        "back to draft": lambda: PracticeNote.objects.filter(pk=note.pk).update(state="draft", published_by=None),
        "deleted": lambda: PracticeNote.objects.filter(pk=draft.pk).delete(),
        "nothing failed": lambda: PracticeNote.objects.filter(pk=draft.pk).update(failed=""),
        "own check": lambda: PracticeNote.objects.filter(pk=draft.pk).update(
            state="checked", checked_by=office, checked_at=now, check_text="x"
        ),
        "unchecked": lambda: PracticeNote.objects.filter(pk=draft.pk).update(
            state="published", published_by=office, published_at=now
        ),
        "withdrawn without a word": lambda: PracticeNote.objects.filter(pk=note.pk).update(state="withdrawn"),
        "changed figure": lambda: NoteFigure.objects.filter(pk=figure.pk).update(content={"value": "99"}),
        "figure taken off": lambda: NoteFigure.objects.filter(pk=figure.pk).delete(),
        "figure added": lambda: NoteFigure.objects.create(note=note, moment="during", **copy),
        "question": lambda: Question.objects.filter(pk=question.pk).update(text="x"),
        "answer": lambda: Answer.objects.filter(pk=said.pk).delete(),
        "adoption": lambda: Adoption.objects.filter(pk=adopted.pk).update(since=date(2025, 1, 1)),
        "adopted twice": lambda: Adoption.objects.create(
            client_id="y", note=note, division=other.scope, since=date(2024, 1, 1), changes="x", by=other, at=now
        ),
        "own adoption": lambda: Adoption.objects.create(
            client_id="z", note=note, division=office.scope, since=date(2024, 1, 1), changes="x", by=office, at=now
        ),
    }  # fmt: skip
    passed = []
    for name, change in changes.items():
        try:
            with transaction.atomic():
                change()
            passed.append(name)
        except DatabaseError:
            pass
    assert passed == []


@pytest.mark.parametrize(
    ("place", "period", "moment", "match"),
    [(XITANG, "2023", "before", "本乡镇"), (LIUAN, "2025", "before", "早于"), (LIUAN, "2023", "during", "之前还是")],
)
def test_only_own_figures_in_their_order_are_cited(people, place, period, moment, match):
    note = drafted(people)
    cite(people["township_office"], note, observed(LIUAN, "2025"), "after")
    with pytest.raises(ValidationError, match=match):
        cite(people["township_office"], note, observed(place, period), moment)


def test_citation_is_taken_off_a_draft_by_its_township_alone(people):
    note = drafted(people)
    figure = cite(people["township_office"], note, observed(LIUAN, "2023"), "before")
    for role in set(ROLES) - {"township_head", "township_office"}:
        with pytest.raises(PermissionDenied):
            uncite(people[role], figure)
    uncite(people["township_head"], figure)
    assert not note.figures.exists()


def test_posts_ask_and_the_writers_answer(people):
    note = published(people)
    for role in set(ROLES) - {"city_office", "county", "department"}:
        with pytest.raises(PermissionDenied):
            ask(people[role], note, client_id="1", text="?")
    question = ask(people["county"], note, client_id="1", text=" 钱从哪里来？ ")
    assert ask(people["county"], note, client_id="1", text="再点一次") == question
    for role in set(ROLES) - {"township_head", "township_office"}:
        with pytest.raises(PermissionDenied):
            answer(people[role], question, client_id="1", text="x")
    assert answer(people["township_head"], question, client_id="1", text="村集体").text == "村集体"
    with pytest.raises(ValidationError):
        ask(people["county"], note, client_id="2", text=" ")


def test_form_sent_twice_at_once_is_one_note_and_no_failure(committing):
    factories.fictional_city()
    office = factories.account("township_office")
    form = {**TEXTS, "cost": "36.5", "client_id": "a" * 32}
    sent = factories.at_once([lambda: signed_in(office).post("/exchange/new/", form)] * 3)
    assert {answer["Location"] for answer in sent} == {f"/exchange/{PracticeNote.objects.get().pk}/"}


def test_adoption_is_once_by_another_township_and_not_for_the_future(people):
    note, other = published(people), factories.account("township_head", XITANG)
    for role in ROLES:
        with pytest.raises(PermissionDenied):
            adopt(people[role], note, client_id="1", since=date(2024, 6, 1), changes="x")
    with pytest.raises(ValidationError) as refused:
        adopt(other, note, client_id="1", since=date(2199, 1, 1), changes="x")
    assert set(refused.value.message_dict) == {"since"}
    first = adopt(other, note, client_id="1", since=date(2024, 6, 1), changes="只做日托")
    assert adopt(other, note, client_id="1", since=date(2024, 6, 1), changes="只做日托") == first
    with pytest.raises(ValidationError, match="已经采用"):
        adopt(other, note, client_id="2", since=date(2024, 6, 1), changes="只做日托")


@pytest.mark.parametrize(
    ("township", "since", "verdict", "change", "city"),
    [
        (XITANG, date(2024, 6, 1), "same", 0, Decimal("2.0000")),
        (GUDU, date(2024, 6, 1), "better", Decimal("9.6154"), Decimal("2.0000")),
        (GUDU, date(2026, 1, 1), "too_early", None, None),
    ],
)
def test_adopted_practice_shows_whether_the_indicator_moved(people, township, since, verdict, change, city):
    import_figures(people["city_office"], [*beds({GUDU: 100}, "2023"), *beds({GUDU: 150}, "2025")])
    note = published(people)
    adopt(factories.account("township_office", township), note, client_id="1", since=since, changes="x")
    ((_adoption, (outcome,)),) = outcomes_of(whole(notes_visible_to(people["county"])).get(pk=note.pk))
    assert (outcome.moved.verdict, outcome.moved.change, outcome.moved.city_change) == (verdict, change, city)
    page = signed_in(people["county"]).get(f"/exchange/{note.pk}/").content.decode()
    assert str(outcome.words) in page
    assert "不等于是采用带来的" in page


def test_drafts_are_seen_by_their_township_and_the_office_and_published_notes_by_every_reader(people):
    draft, out = drafted(people), published(people)
    stranger = factories.account("township_office", XITANG)
    assert set(notes_visible_to(stranger)) == {out}
    for role in ROLES:
        client = signed_in(people[role])
        found = {note.pk: client.get(f"/exchange/{note.pk}/").status_code for note in (draft, out)}
        drafts = {"city_office", "township_head", "township_office"}
        hidden = 200 if role in drafts else 404
        assert found == ({draft.pk: hidden, out.pk: 200} if role in READERS else {draft.pk: 403, out.pk: 403}), role
        assert client.get("/exchange/").status_code == (200 if role in READERS else 403)


def test_withdrawn_note_says_why_and_leaves_the_list(people):
    note = published(people)
    with pytest.raises(PermissionDenied):
        withdraw_note(people["county"], note, "x")
    with pytest.raises(ValidationError):
        withdraw_note(people["township_office"], note, "")
    withdraw_note(people["township_office"], note, "数据口径有误，重写")
    client = signed_in(people["department"])
    assert "数据口径有误" in client.get(f"/exchange/{note.pk}/").content.decode()
    assert list(client.get("/exchange/").context["page"]) == []
    assert client.post(f"/exchange/{note.pk}/questions/", {"client_id": "1", "text": "?"}).status_code == 403


def test_list_is_searched_by_words_indicator_line_and_category_and_ordered_by_date(people):
    first, second = published(people), published(people, title="河道整治", work_line="safety")
    found = lambda **asked: list(Search(**asked).among(notes_visible_to(people["county"])))  # noqa: E731
    assert found() == [second, first]
    assert found(q="河道") == [second]
    assert found(line="livelihood") == [first]
    assert (found(indicator="L01"), found(indicator="S06")) == ([second, first], [])
    assert (found(category="industry_strong"), found(category="grain_agriculture")) == ([second, first], [])
    page = signed_in(people["county"]).get("/exchange/", {"q": "河道"})
    assert [note.pk for note in page.context["page"]] == [second.pk]


def test_pages_take_a_note_from_draft_to_adoption_and_keep_what_was_typed(people):
    office, head = signed_in(people["township_office"]), signed_in(people["township_head"])
    sent = {**{name: str(value) for name, value in TEXTS.items()}, "client_id": "1"}
    wrong = office.post("/exchange/new/", sent | {"failed": ""})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"failed"})
    assert "改建闲置校舍" in wrong.content.decode()
    assert signed_in(people["city_office"]).post("/exchange/new/", sent).status_code == 403
    assert office.post("/exchange/new/", sent).status_code == 302
    page = f"/exchange/{PracticeNote.objects.get().pk}/"
    assert (
        office.post(f"{page}figures/", {"moment": "before", "figure": observed(XITANG, "2023").pk}).status_code == 400
    )
    assert office.post(f"{page}figures/", {"moment": "before", "figure": observed(LIUAN, "2023").pk}).status_code == 302
    assert office.post(f"{page}change/", sent | {"title": "日间照料（改）"}).status_code == 302
    assert office.post(f"{page}check/", {"text": "x"}).status_code == 403
    assert head.post(f"{page}check/", {"text": ""}).status_code == 400
    assert head.post(f"{page}check/", {"text": "看了"}).status_code == 302
    assert office.post(f"{page}publish/").status_code == 302
    assert office.post(f"{page}change/", sent).status_code == 403
    other = signed_in(factories.account("township_office", XITANG))
    assert other.post(f"{page}questions/", {"client_id": "1", "text": ""}).status_code == 400
    assert other.post(f"{page}questions/", {"client_id": "1", "text": "钱呢？"}).status_code == 302
    reply = f"{page}questions/{Question.objects.get().pk}/answer/"
    assert other.post(reply, {"client_id": "1", "text": "x"}).status_code == 403
    assert office.post(reply, {"client_id": "1", "text": ""}).status_code == 400
    assert office.post(reply, {"client_id": "1", "text": "村集体"}).status_code == 302
    late = other.post(f"{page}adoptions/", {"client_id": "1", "since": "2199-01-01", "changes": "只做日托"})
    assert (late.status_code, "只做日托" in late.content.decode()) == (400, True)
    assert (
        other.post(f"{page}adoptions/", {"client_id": "1", "since": "2024-06-01", "changes": "只做日托"}).status_code
        == 302
    )
    assert office.post(f"{page}withdraw/", {"why": "重写"}).status_code == 302


def test_lines_of_the_board(people):
    published(people)
    assert board_lines(people["county"], factories.place(LIUAN))[0].value == "发布 1 条，采用别处 0 条"
    assert board_lines(people["system_admin"], factories.place(LIUAN)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    notes = [published(people) for _ in range(number)]
    for each in range(number):
        asked = ask(people["county"], notes[0], client_id=f"{each}", text="?")
        answer(people["township_office"], asked, client_id=f"{each}", text="!")
    for code in (XITANG, GUDU, "990122101")[:number]:
        adopt(factories.account("township_office", code), notes[0], client_id="1", since=date(2024, 6, 1), changes="x")
    client = signed_in(people["county"])
    client.get("/exchange/")
    with django_assert_num_queries(8):
        assert len(client.get("/exchange/").context["page"]) == number
    with django_assert_num_queries(10):
        assert len(client.get(f"/exchange/{notes[0].pk}/").context["outcomes"]) == number
