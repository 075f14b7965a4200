"""Searching: the index finds what looking at every matter would find, on both databases, and no sealed word is in it."""

import unicodedata

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, XITANG, place, request, task, unit
from yizhen.audit.models import Record
from yizhen.matters.actions import fold_words, open_matter, reindex_matters, take_step
from yizhen.matters.actions.registering import register_matter
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter, MatterFresh, MatterGram, MatterWords
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.searching import search
from yizhen.matters.words import grams_of, joined, terms_of

LETTERS = "井盖路灯不亮aB1２Ａé-_%\\'\"…①ﬀßẞΣς𠮷 　\n"
words = st.text(alphabet=LETTERS, max_size=14)


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def plain(text: str) -> str:
    """One width and one case, worked out again."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def has(fields, query: str) -> bool:
    """Whether every word of a query is a part of some field: what the index must come to."""
    return all(any(word in plain(field) for field in fields) for word in plain(query).split())


def found(user, query: str) -> set[str]:
    return set(search(matters_visible_to(user), query).values_list("title", flat=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(words, words), min_size=1, max_size=5), st.lists(words, max_size=3), st.data())
def test_index_finds_what_a_look_at_every_matter_finds(people, contents, queries, data):
    with transaction.atomic():
        pattern = task(people["department"])
        made = {}
        for number, said in enumerate(contents):
            copy = Matter.objects.get(pk=pattern.pk)
            copy.pk, copy.number, copy.client_id, (copy.title, copy.text) = (
                None,
                f"Y2026-{number:05d}",
                f"{number}",
                said,
            )
            copy.save(force_insert=True)
            made[copy.number] = (copy.number, "柳岸镇", *said)
        reindex_matters()
        for matter in data.draw(st.lists(st.sampled_from(sorted(made)), unique=True)):  # as when it was just filed
            pk = Matter.objects.get(number=matter).pk
            MatterGram.objects.filter(matter=pk).delete()
            MatterFresh.objects.create(matter_id=pk)
        for said in made.values():  # a random query finds nothing: parts of what is there, too
            source = data.draw(st.sampled_from([part for part in said if part]))
            begin = data.draw(st.integers(0, len(source) - 1))
            queries = [*queries, source[begin : begin + data.draw(st.integers(1, 12))]]
        everything = Matter.objects.exclude(pk=pattern.pk).order_by("number")
        for query in queries:
            expected = [number for number, fields in made.items() if has(fields, query)]
            assert list(search(everything, query).values_list("number", flat=True)) == expected, query
        transaction.set_rollback(True)


@given(st.lists(words, min_size=1, max_size=4), words)
@example(["井盖", "路 灯"], "井 盖")
@example(["y2026-0001", "012"], "2026-00012")
@example(["盖a1234567", "8"], "a12345678")
def test_every_text_with_a_word_has_each_of_its_grams_and_an_exact_gram_no_other(fields, query):
    grams, text = grams_of(joined(fields)), joined(fields)
    for term in terms_of(query):
        there = [any(one.first <= gram <= one.last for gram in grams) for one in term.grams]
        assert all(there) if term.text in text else not (term.exact and there[0])


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("井盖", {0x4E95 << 21 | 0x76D6, 0x76D6 << 21}),
        ("井 盖", {0x4E95 << 21, 0x76D6 << 21}),
        ("盖a", {0x76D6 << 21 | 0x61, 0x61 << 49}),
        ("ab", {0x61 << 49 | 0x62 << 42, 0x62 << 49}),
        ("𠮷", {0x20BB7 << 21}),
    ],
)
def test_grams_are_two_letters_or_up_to_eight_of_ascii(text, grams):
    assert grams_of(text) == grams


def test_new_matter_is_found_by_number_place_title_and_text(people):
    matter = task(people["department"], title="更换井盖", text="第12号LED井口")
    task(people["department"], XITANG, title="修路灯", text="共三盏")
    office = people["city_office"]

    for query in (matter.number, matter.number[3:], "柳岸", "井盖", "井", "盖 12号", "ｌｅｄ", "Led井", "换井盖"):
        assert found(office, query) == {"更换井盖"}, query
    assert found(office, "") == found(office, " 　") == {"更换井盖", "修路灯"}
    assert [found(office, query) for query in ("井盖 西塘", "盖更", "%", "_", "12_", "\0")] == [set()] * 5 + [
        {"更换井盖", "修路灯"}
    ]


def test_matter_that_went_elsewhere_is_found_by_its_new_place_alone(people):
    county = people["county"]
    matter = open_matter(
        county, kind="flood_drought", title="护坡松动", text="雨后", division=place(LIUAN), work_line="safety",
        client_id="h", fields={"spot": "堤脚"},
    )  # fmt: skip
    take_step(county, matter, Verb.DISPATCH, text="派", to_division=place(XITANG))

    assert [found(county, query) for query in ("西塘", "柳岸", "护坡")] == [{"护坡松动"}, set(), {"护坡松动"}]
    assert not MatterGram.objects.exists()
    fold_words()
    assert set(MatterGram.objects.values_list("gram", flat=True)) == grams_of(MatterWords.objects.get().text)


def petition(actor, title: str = "反映征地补偿", **fields):
    return register_matter(
        actor, KINDS["petition"], client_id=title, division=place(LIUAN), title=title, text="村东头三户",
        work_line="livelihood", fields={"channel": "来信"}, requester="某人", **fields,
    )[0]  # fmt: skip


def test_words_of_a_sealed_kind_are_never_in_the_index(people):
    matter = petition(people["county"])

    assert MatterWords.objects.get().text == f"{matter.number.lower()}\n柳岸镇"
    fold_words()
    assert set(MatterGram.objects.values_list("gram", flat=True)) == grams_of(f"{matter.number.lower()} 柳岸镇")
    assert [found(people["county"], query) for query in (matter.number, "柳岸", "征地", "三户")] == [
        {"反映征地补偿"}, {"反映征地补偿"}, set(), set(),
    ]  # fmt: skip


def test_search_never_leaves_what_the_user_sees(people):
    emg = unit("EMG")
    petition(people["county"], accused_units=[emg])
    request(LIUAN, title="井盖破损")
    request(XITANG, title="井盖丢失")

    assert found(people["township_office"], "井盖") == {"井盖破损"}
    assert found(people["county"], "井盖") == {"井盖破损", "井盖丢失"}
    assert [found(people[role], "柳岸") for role in ("department", "village", "system_admin", "teller")] == [set()] * 4


def test_search_costs_no_query_for_one_gram_and_one_for_several(people):
    office = people["city_office"]
    for number in range(3):
        request(title=f"井盖{number}")
        for query, queries in (("井盖", 1), ("井盖破损", 2), ("井盖 路灯 2026-00001", 2), ("", 1)):
            with CaptureQueriesContext(connection) as asked:
                list(search(matters_visible_to(office), query))
            assert len(asked) == queries, query


def test_reindexing_repairs_the_index_and_is_recorded(people):
    sender = people["department"]
    task(sender, title="更换井盖")
    fold_words()
    before = set(MatterGram.objects.values_list("gram", "matter_id"))
    MatterGram.objects.filter(gram__gt=0).delete()
    MatterWords.objects.update(text="别的")
    told = []

    assert reindex_matters(told.append) == 1

    assert set(MatterGram.objects.values_list("gram", "matter_id")) == before
    assert found(sender, "井盖") == {"更换井盖"}
    assert told == [1]
    last = Record.objects.order_by("number").last()
    assert (last.event, last.details) == ("matters.reindexed", {"matters": 1})


def test_every_hundredth_matter_brings_those_before_it_into_the_index(people, django_capture_on_commit_callbacks):
    sender = people["department"]
    first = task(sender, title="更换井盖")
    assert (MatterFresh.objects.count(), MatterGram.objects.count()) == (1, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yizhen.matters.actions.words.TOGETHER", first.pk + 1)
        with django_capture_on_commit_callbacks(execute=True):  # others do not wait for it
            second = task(sender, XITANG, title="修路灯")
    assert second.pk == first.pk + 1
    assert not MatterFresh.objects.exists()
    assert set(MatterGram.objects.values_list("matter", flat=True)) == {first.pk, second.pk}
    assert found(sender, "井盖") == {"更换井盖"}


def test_fresh_matter_that_went_elsewhere_is_found_there_before_and_after_it_is_indexed(people):
    county = people["county"]
    matter = open_matter(
        county, kind="flood_drought", title="护坡松动", text="雨后", division=place(LIUAN), work_line="safety",
        client_id="h", fields={"spot": "堤脚"},
    )  # fmt: skip
    fold_words()
    take_step(county, matter, Verb.DISPATCH, text="派", to_division=place(XITANG))

    assert [found(county, query) for query in ("西塘", "柳岸")] == [{"护坡松动"}, set()]
    assert set(MatterGram.objects.values_list("gram", flat=True)) == grams_of(MatterWords.objects.get().text)
