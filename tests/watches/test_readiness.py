"""Readiness and emergencies: counts of resources, and that after an emergency its records are gone and only the certificate is left."""

import hashlib
import json
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, at_once, place, signed_in
from tests.watches.watched import ago
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.people.models import ROLES
from yizhen.watches.models import Certificate, Emergency, Readiness, Situation
from yizhen.watches.readiness.actions import (
    canonical,
    end_emergency,
    open_emergency,
    purge,
    record_readiness,
    report_situation,
)
from yizhen.watches.readiness.queries import board_lines, emergencies_visible_to, overdue_purges, regular

READERS = {"city_office", "county", "department", "township_head", "township_office"}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def opened(actor, client_id: str = "e", **changes) -> Emergency:
    given = {"title": "示例强降雨", "kind": "flood", "basis": "清应急〔2026〕9号（虚构）", "every_hours": 6}
    return open_emergency(actor, client_id=client_id, **{**given, **changes})


def counted(actor, code: str = LIUAN, minutes: float = 5, emergency=None, **changes) -> Readiness:
    given = {"facility": "柳岸镇卫生院", "kind": "beds", "capacity": 40, "available": 17, "source": "卫生院报（虚构）"}
    return record_readiness(
        actor, division=place(code), emergency=emergency, as_of=ago(minutes), **{**given, **changes}
    )


def reported(actor, emergency: Emergency, text: str = "安置点已开放。", client_id: str = "s") -> Situation:
    return report_situation(actor, emergency, client_id=client_id, division=place(LIUAN), text=text)


@pytest.fixture
def over(people):
    """An emergency that has ended, with three detailed records."""
    made = opened(people["department"])
    counted(people["township_office"], emergency=made, available=1234, capacity=98765)
    counted(people["township_office"], emergency=made, kind="staff", available=9, capacity=9)
    reported(people["township_office"], made, "水位最高的时候转移两个村。")
    return end_emergency(people["department"], made)


def test_last_count_is_valid_and_the_same_twice_is_one(people):
    office = people["township_office"]
    assert counted(office, minutes=90) == counted(office, minutes=90)
    counted(office, minutes=9, available=3)
    assert [(one.available, one.capacity) for one in regular(people["county"])] == [(3, 40)]
    with pytest.raises(ValidationError, match="报过别的数"):
        counted(office, minutes=9, available=4)
    line = board_lines(office, place(LIUAN))[0]
    assert (line.name, line.value) == ("可用床位", "3张")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Readiness.objects.update(available=1)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Readiness.objects.all().delete()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"available": 41}, "available"),
        ({"minutes": -30}, "as_of"),
        ({"kind": "people"}, "kind"),
        ({"facility": " "}, "facility"),
        ({"source": ""}, "source"),
        ({"capacity": -1}, "capacity"),
    ],
)
def test_wrong_count_is_refused_at_its_field(people, changes, field):
    with pytest.raises(ValidationError) as refused:
        counted(people["township_office"], **changes)
    assert field in refused.value.message_dict


def test_database_holds_available_within_capacity(people):
    with pytest.raises(DatabaseError, match="within_capacity"), transaction.atomic():
        Readiness.objects.create(
            division=place(LIUAN), facility="x", kind="beds", capacity=1, available=2, as_of=timezone.now(), source="x",
            by=people["county"], at=timezone.now(),
        )  # fmt: skip


def test_few_people_are_not_told_to_others_nor_by_their_sum(people):
    counted(people["township_office"], kind="staff", capacity=4, available=2)
    counted(people["township_office"], kind="staff", facility="二院", capacity=30, available=20)
    own = signed_in(people["township_office"]).get("/watches/readiness/").context
    assert [(line.capacity, line.available) for line in own["lines"]] == [(30, 20), (4, 2)]
    assert own["sums"][0][2:] == (2, 34, 22)
    for role in ("county", "city_office", "department"):
        shown = signed_in(people[role]).get("/watches/readiness/").context
        assert [(line.capacity, line.available) for line in shown["lines"]] == [(30, 20), ("少于 5", "少于 5")]
        assert shown["sums"][0][2:] == (2, "—", "—")


def test_purge_deletes_what_was_collected_and_leaves_a_certificate_alone(people, over):
    kept = counted(people["township_office"], minutes=3)
    counts, digest = canonical(over)
    lines = [
        {"sort": f"readiness:{one.kind}", "id": one.pk, "division_id": LIUAN, "facility": one.facility, "kind": one.kind,
         "capacity": one.capacity, "available": one.available, "as_of": one.as_of.isoformat(), "source": one.source,
         "by_id": one.by_id, "at": one.at.isoformat()}
        for one in Readiness.objects.filter(emergency=over).order_by("pk")
    ]  # fmt: skip
    note = Situation.objects.get()
    lines.append(
        {
            "sort": "situation",
            "id": note.pk,
            "division_id": LIUAN,
            "text": note.text,
            "by_id": note.by_id,
            "at": note.at.isoformat(),
        }
    )
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)

    made = purge(people["department"], over)

    assert counts == made.counts == {"readiness:beds": 1, "readiness:staff": 1, "situation": 1}
    assert digest == made.digest == hashlib.sha256(text.encode()).hexdigest()
    assert list(Readiness.objects.all()) == [kept]
    assert not Situation.objects.exists()
    assert "第八十四条、第八十五条" in made.basis
    assert purge(people["city_office"], over) == made
    said = json.dumps(list(Record.objects.values("event", "details", "subject")), ensure_ascii=False)
    said = re.sub("[0-9a-f]{64}", "", said)  # a hash may have any figure in it
    assert [word for word in ("98765", "1234", "转移两个村", "柳岸镇卫生院") if word in said] == []
    page = signed_in(people["township_office"]).get(f"/watches/emergencies/{over.pk}/certificate/").content.decode()
    assert all(word in page for word in (made.number, digest, "删除了多少条", "情况报告"))
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Certificate.objects.update(counts={})


def test_nothing_is_purged_or_certified_before_the_end_nor_added_after_it(people, over):
    going = opened(people["department"], "f")
    counted(people["township_office"], emergency=going)
    with pytest.raises(ValidationError, match="还没有结束"):
        purge(people["department"], going)
    with pytest.raises(DatabaseError, match="refuses delete"), transaction.atomic():
        Readiness.objects.filter(emergency=going).delete()
    blank = {
        "number": "X",
        "counts": {},
        "digest": "0",
        "due_on": timezone.localdate(),
        "by": people["county"],
        "at": timezone.now(),
    }
    for one in (going, over):  # the second has ended, and its records are still there
        with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
            Certificate.objects.create(emergency=one, **blank)
    with pytest.raises(ValidationError, match="已经结束"):
        counted(people["township_office"], emergency=over, minutes=1)
    with pytest.raises(ValidationError, match="已经结束"):
        reported(people["township_office"], over, client_id="t")
    with pytest.raises(ValidationError, match="已经结束"):
        end_emergency(people["department"], over)
    row = Readiness.objects.filter(emergency=over).first()
    row.pk, row.as_of = None, ago(1)
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic():
        Emergency.objects.filter(pk=over.pk).update(ended_at=None, ended_by=None)


def test_overdue_purge_is_red_until_it_is_done(people):
    with days_ago(31):
        made = end_emergency(people["department"], opened(people["department"]))
        assert (made.light, overdue_purges(people["city_office"])) == ("yellow", [])
    assert overdue_purges(people["township_office"]) == [made]
    client = signed_in(people["city_office"])
    assert "清除超期" in client.get("/watches/readiness/").content.decode()
    assert client.post(f"/watches/emergencies/{made.pk}/purge/").status_code == 302
    assert overdue_purges(people["city_office"]) == []
    assert Certificate.objects.get().was_late
    assert "没有详细记录" in client.get(f"/watches/emergencies/{made.pk}/certificate/").content.decode()


def test_purged_by_two_at_once_leaves_one_certificate(committing):
    factories.fictional_city()
    people = factories.everybody()
    made = opened(people["department"])
    counted(people["township_office"], emergency=made)
    end_emergency(people["department"], made)
    results = at_once([lambda: purge(people["department"], made)] * 3)
    assert {getattr(one, "number", one) for one in results} == {Certificate.objects.get().number}
    assert Certificate.objects.get().counts == {"readiness:beds": 1}


def test_who_opens_leads_and_who_records_is_of_the_place(people, over):
    for role in set(ROLES) - {"city_office", "department"}:
        with pytest.raises(PermissionDenied):
            opened(people[role], "n")
        with pytest.raises(PermissionDenied):
            purge(people[role], over)
    other = factories.account("department", unit=factories.unit("HEA"))
    going = opened(people["city_office"], "g")
    for job in (purge, end_emergency):
        with pytest.raises(PermissionDenied):
            job(other, over)
        with pytest.raises(PermissionDenied):
            job(other, going)
    for role in set(ROLES) - READERS:
        with pytest.raises(PermissionDenied):
            counted(people[role])
        assert not emergencies_visible_to(people[role])
    for role in ("county", "township_office"):
        with pytest.raises(PermissionDenied):
            counted(people[role], SHIMEN)
    assert opened(people["city_office"], "g") == going
    assert all(set(emergencies_visible_to(people[role])) == {over, going} for role in READERS)


def test_places_see_their_own_reports_alone(people):
    made = opened(people["department"])
    far = factories.account("township_office", SHIMEN)
    report_situation(far, made, client_id="x", division=place(SHIMEN), text="石门镇情况。")
    counted(far, SHIMEN, emergency=made, facility="石门镇卫生院")
    here = signed_in(people["township_office"]).get(f"/watches/emergencies/{made.pk}/").content.decode()
    there = signed_in(people["city_office"]).get(f"/watches/emergencies/{made.pk}/").content.decode()
    assert ("石门镇情况" in here, "石门镇情况" in there) == (False, True)
    assert ("石门镇卫生院" in here, "石门镇卫生院" in there) == (False, True)


def test_pages_go_from_the_opening_to_the_certificate_and_keep_what_was_typed(people):
    department, office = signed_in(people["department"]), signed_in(people["township_office"])
    given = {"client_id": "1", "title": "示例强降雨", "kind": "flood", "basis": "通知（虚构）", "every_hours": "6"}
    assert department.post("/watches/emergencies/new/", given | {"every_hours": "0"}).status_code == 400
    assert office.post("/watches/emergencies/new/", given).status_code == 403
    page = department.post("/watches/emergencies/new/", given)["Location"]
    number = Emergency.objects.get().pk
    at = timezone.localtime(ago(5)).strftime("%Y-%m-%dT%H:%M")
    count = {
        "emergency": number, "division": LIUAN, "facility": "柳岸镇卫生院", "kind": "beds", "capacity": "40", "available": "41",
        "as_of": at, "source": "x",
    }  # fmt: skip
    wrong = office.post("/watches/readiness/enter/", count)
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"available"})
    assert 'value="柳岸镇卫生院"' in wrong.content.decode()
    assert office.post("/watches/readiness/enter/", count | {"available": "4"})["Location"] == page
    assert office.post("/watches/readiness/enter/", count | {"available": "4", "emergency": ""}).status_code == 302
    assert office.post(f"{page}report/", {"client_id": "1", "division": LIUAN, "text": ""}).status_code == 400
    assert office.post(f"{page}report/", {"client_id": "1", "division": LIUAN, "text": "平稳。"}).status_code == 302
    assert office.post(f"{page}end/").status_code == 403
    assert department.post(f"{page}purge/").status_code == 302
    assert department.get(f"{page}certificate/").status_code == 404
    assert department.post(f"{page}end/").status_code == 302
    assert office.post(f"{page}purge/").status_code == 403
    assert department.post(f"{page}purge/").status_code == 302
    for address in (
        "/watches/emergencies/",
        page,
        f"{page}certificate/",
        "/watches/readiness/?kind=beds",
        "/watches/readiness/?format=xlsx",
    ):
        assert office.get(address).status_code == 200, address
    assert Readiness.objects.count() == 1


@pytest.mark.parametrize("number", [1, 4])
def test_lists_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    for code in list(factories.TOWNSHIPS)[:number]:
        counted(people["city_office"], code)
    for one in range(number):
        purge(people["city_office"], end_emergency(people["city_office"], opened(people["city_office"], str(one))))
    client = signed_in(people["city_office"])
    client.get("/watches/readiness/")
    with django_assert_num_queries(8):
        assert len(client.get("/watches/readiness/").context["lines"]) == number
    with django_assert_num_queries(4):
        assert len(client.get("/watches/emergencies/").context["emergencies"]) == number
