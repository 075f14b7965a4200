"""Recount kits of counted campaigns: what they hold, who gets them, and what one changed byte does."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from nacl.public import PrivateKey
from python_calamine import CalamineWorkbook

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals import recount
from yizhen.appraisals.actions import arrivals, ballot, campaigns, carding, publishing, session
from yizhen.appraisals.actions import results as counting
from yizhen.appraisals.actions.kit import confirm_kit
from yizhen.appraisals.kit import differences, kit_digest, open_kit, public_kit, sealed_kit, sheets_kit
from yizhen.appraisals.models import Campaign, KitConfirmation, Phase, Round
from yizhen.appraisals.recount import PUBLIC, SHEETS, Refused, read_kit, write_kit
from yizhen.appraisals.shares import WrongShare
from yizhen.audit.models import Record
from yizhen.cli import main
from yizhen.demo.phones import seal_sheet


def records_of(hall: Hall) -> list[recount.Record]:
    return read_kit(public_kit(hall.fresh()))[0]


def wrong_in(hall: Hall) -> list[str]:
    return recount.recount(records_of(hall)).wrong


def test_kit_reproduces_every_declared_figure(city: Any) -> None:
    hall = room.issued()
    found = recount.recount(records_of(hall))
    assert (found.wrong, len(found.lines)) == ([], 6)  # rules, round, speakers, and the three of them
    kit = public_kit(hall.campaign)
    assert kit == public_kit(Campaign.objects.get(pk=hall.campaign.pk))  # the same bytes each time
    results = recount.of_kind(read_kit(kit)[0], "result")
    totals = {result.speaker_id: f"{result.total:.3f}" for result in hall.round.results.all()}
    assert {record["speaker"]: record["declared"]["total"] for record in results} == totals


def test_kit_names_no_person(city: Any) -> None:
    hall = room.issued()
    text = public_kit(hall.campaign).decode()
    names = [hall.speaker(code).person for code in room.PLACES] + list(room.HOLDERS)
    names += list(hall.campaign.roll.values_list("label", flat=True)) + [str(hall.office), str(hall.scrutineer)]
    assert [name for name in names if name in text] == []


def test_kit_with_hidden_classes_tells_no_more_than_the_total(city: Any) -> None:
    hall = room.counted(cast={"A": 6, "B": 6, "C": 6, "D": 5, "E": 3})
    assert wrong_in(hall) == []
    for record in recount.of_kind(records_of(hall), "result"):
        assert record["hidden"]["classes"] == ["D", "E"]
        assert {code for row in record["items"].values() for code in row} == {"A", "B", "C"}
        assert set(record["declared"]["class_scores"]) == {"A", "B", "C"}
        assert set(record["hidden"]) == {
            *("classes", "scored", "valid", "flags", "short", "divisor", "excellent", "negative", "remainder")
        }


def test_kit_below_the_least_number_of_sheets_tells_turnout_alone(city: Any) -> None:
    hall = room.counted(cast={"A": 6})
    assert wrong_in(hall) == []
    record = recount.of_kind(records_of(hall), "result")[0]
    assert ({code for row in record["items"].values() for code in row}, record["declared"]["total"]) == (set(), None)
    assert record["hidden"]["valid"] == 6
    assert {"divisor", "excellent", "negative", "remainder"} & set(record["hidden"]) == set()


@pytest.mark.parametrize("figure", ["total", "excellent_rate", "class_scores", "marks", "flags", "remainder"])
def test_recount_finds_a_figure_that_is_not_what_the_marks_give(city: Any, figure: str) -> None:
    hall = room.counted(cast={"A": 6, "B": 6, "C": 6, "D": 5, "E": 3})
    records = records_of(hall)
    record = recount.of_kind(records, "result")[0]
    declared = record["declared"]
    if figure == "marks":
        record["items"]["overall"]["A"]["marks"] = "000001"
    elif figure == "remainder":
        record["hidden"]["remainder"] = "0"
    else:
        other = {"total": "99.999", "excellent_rate": "99.99", "flags": ["below_minimum_total"]}
        declared[figure] = other.get(figure) or declared[figure] | {"A": "99.000000"}
    again = read_kit(write_kit(PUBLIC, records))[0]  # new hashes, as whoever changes a record can compute them
    assert len(recount.recount(again).wrong) == 1


@pytest.mark.parametrize("what", ["receipt", "root", "rules", "returned", "voids"])
def test_recount_finds_a_round_that_does_not_fit(city: Any, what: str) -> None:
    hall = room.counted()
    records = records_of(hall)
    round_ = recount.of_kind(records, "round")[0]
    if what == "rules":
        records[0]["rules"]["config"]["rules"]["min_valid_total"] = 9
    elif what == "receipt":
        round_["receipts"][0] = "0" * 64
    elif what == "root":
        round_["root"] = "0" * 64
    elif what == "voids":
        round_["voids"] = {"spoilt": 1}
    else:
        round_["classes"][0]["returned"] = 5
    assert recount.recount(records).wrong != []


def test_kit_of_a_void_round_and_the_one_that_replaced_it(city: Any) -> None:
    hall = room.opened()
    for number in range(8):  # eight sheets of six voters: cards that nobody was marked for
        hall.vote("A", number, hall.marks())
    ballot.close_ballot(hall.office, hall.fresh())
    first = list(hall.round.sealed_sheets.values_list("receipt", flat=True))
    ballot.prepare_revote(hall.office, hall.fresh())
    room.give_cards(hall)
    arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
    ballot.open_ballot(hall.office, hall.fresh())
    hall.vote_all()
    room.count(hall)
    assert wrong_in(hall) == []
    void, counted = recount.of_kind(records_of(hall), "round")
    assert (void["state"], void["receipts"], void["sheets"]) == ("void", sorted(first), "")
    assert (counted["state"], counted["replaces"], len(counted["receipts"])) == ("counted", 1, 30)


def test_no_page_or_file_has_a_figure_of_a_hidden_class(city: Any) -> None:
    hall = room.opened()
    hall.vote_all("excellent", {"A": 6, "B": 6, "C": 6, "D": 5})
    hall.vote_all("basically_competent", {"E": 3})
    room.count(hall)
    counting.issue_results(hall.office, hall.campaign)
    speaker = hall.speaker()
    declared = hall.round.results.get(speaker=speaker).declared
    assert (declared["hidden_classes"], declared["class_scores"]["E"]) == (["D", "E"], "60.000000")
    base = f"/appraisals/{hall.campaign.pk}/results"
    office, head = factories.signed_in(hall.office), factories.signed_in(hall.heads[factories.LIUAN])
    for client in (office, head):
        pages = [client.get(f"{base}/").content.decode(), client.get(f"{base}/{speaker.pk}/").content.decode()]
        rows = sheet_rows(client.get(f"{base}.xlsx").content)
        assert [page for page in pages if re.search(r">60\.0+<", page)] == []
        assert [cell for row in rows for cell in row if str(cell).startswith("60")] == []
        assert rows[1].count("不足人数不显示") == 2


def sheet_rows(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_person_without_a_result_sees_no_distribution(city: Any) -> None:
    hall = room.counted(cast={"A": 6})
    counting.issue_results(hall.office, hall.campaign)
    address = f"/appraisals/{hall.campaign.pk}/results/{hall.speaker().pk}/"
    assert '<td class="n">6</td>' in factories.signed_in(hall.office).get(address).content.decode()
    assert '<td class="n">6</td>' not in factories.signed_in(hall.heads[factories.LIUAN]).get(address).content.decode()


# --- whole sheets -----------------------------------------------------------------------------------------------------


def test_sheets_give_what_the_public_kit_says_hidden_classes_included(city: Any) -> None:
    hall = room.counted(cast={"A": 6, "B": 6, "C": 6, "D": 5, "E": 3})
    sheets, digest = read_kit(sheets_kit(hall.round), SHEETS)
    found = recount.recount_sheets(sheets, records_of(hall))
    assert (found.wrong, len(found.lines)) == ([], 4)
    assert recount.of_kind(records_of(hall), "round")[0]["sheets"] == digest


def test_sheets_that_were_exchanged_are_found(city: Any) -> None:
    hall = room.counted()
    sheets = read_kit(sheets_kit(hall.round), SHEETS)[0]
    sheet = recount.of_kind(sheets, "opened")[0]
    sheet["marks"] = "1" + sheet["marks"][1:]
    assert len(recount.recount_sheets(sheets, records_of(hall)).wrong) == 1


def test_sealed_sheets_open_with_any_two_shares_and_nothing_less(city: Any) -> None:
    hall = room.counted()
    content = sealed_kit(hall.round)
    assert content != sealed_kit(hall.round)  # sealed anew each time; the digest inside is the same
    for pair in (hall.shares[:2], hall.shares[1:]):
        plain, key = open_kit(content, pair)
        assert plain == sheets_kit(hall.round)
        assert differences(read_kit(plain, SHEETS)[0], key) == {}
    with pytest.raises(WrongShare):
        open_kit(content, hall.shares[:1])
    wrapped = json.loads(content)
    sealed = wrapped["sealed"]
    for changed in (sealed[:-9] + ("A" if sealed[-9] != "A" else "B") + sealed[-8:], "AAAA"):
        with pytest.raises(Refused):
            open_kit(json.dumps(wrapped | {"sealed": changed}).encode(), hall.shares[:2])
    with pytest.raises(Refused):
        open_kit(content.replace(b'"number":1', b'"number":2'), hall.shares[:2])


def test_a_count_that_is_not_what_was_sealed_is_found_with_the_key(city: Any) -> None:
    hall = room.counted()
    plain, key = open_kit(sealed_kit(hall.round), hall.shares[:2])
    sheets = read_kit(plain, SHEETS)[0]
    sheet = recount.of_kind(sheets, "opened")[0]
    sheet["marks"] = "1" + sheet["marks"][1:]
    assert sorted(differences(sheets, key).values()) == [-1, 1]


# --- who confirms -----------------------------------------------------------------------------------------------------


def test_scrutineer_confirms_the_digest_once(city: Any) -> None:
    hall = room.counted()
    digest = kit_digest(public_kit(hall.campaign))
    spaced = " ".join(digest[at : at + 4].upper() for at in range(0, 64, 4))
    assert confirm_kit(hall.scrutineer, hall.campaign, spaced) == confirm_kit(hall.scrutineer, hall.campaign, digest)
    written = Record.objects.filter(event="appraisals.kit_confirmed")
    assert [record.details for record in written] == [{"digest": digest}]
    with pytest.raises(IntegrityError), transaction.atomic():
        KitConfirmation.objects.update(digest="0" * 64)
    assert kit_digest(public_kit(hall.campaign)) == digest


def test_confirming_is_for_scrutineers_and_the_kit_as_it_is(city: Any) -> None:
    hall = room.counted()
    digest = kit_digest(public_kit(hall.campaign))
    with pytest.raises(PermissionDenied):
        confirm_kit(hall.office, hall.campaign, digest)
    with pytest.raises(ValidationError):
        confirm_kit(hall.scrutineer, hall.campaign, "0" * 64)
    early = room.opened(office=hall.office, scrutineer=hall.scrutineer, heads=hall.heads, title="第二期")
    with pytest.raises(ValidationError):
        confirm_kit(hall.scrutineer, early.campaign, digest)
    assert not KitConfirmation.objects.exists()


# --- pages ------------------------------------------------------------------------------------------------------------


def kit_over_http(hall: Hall, client: Client | None = None) -> Any:
    return (client or Client()).get(f"/now/{hall.campaign.token}/kit.json")


def announced(hall: Hall) -> None:
    """Have the rules say that results are announced in the hall (past the trigger: they were frozen without)."""
    with transaction.atomic():
        config = Campaign.objects.get(pk=hall.campaign.pk).config
        config["rules"]["announce"] = "hall"
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("DROP TRIGGER appraisals_campaign_guards_update")
            else:
                cursor.execute("DROP TRIGGER appraisals_campaign_guards_update ON appraisals_campaign")
        Campaign.objects.filter(pk=hall.campaign.pk).update(config=config)
    cache.clear()  # kits are kept for a minute


def test_public_kit_is_for_office_and_scrutineers_until_the_rules_make_it_public(city: Any) -> None:
    hall = room.issued()
    head = factories.signed_in(hall.heads[factories.LIUAN])
    assert [kit_over_http(hall, client).status_code for client in (Client(), head)] == [403, 403]
    for account in (hall.office, hall.scrutineer):
        answer = kit_over_http(hall, factories.signed_in(account))
        assert (answer.status_code, answer.content) == (200, public_kit(hall.campaign))
        assert "attachment" in answer["Content-Disposition"]
    announced(hall)
    assert kit_over_http(hall).content == public_kit(hall.fresh())


def test_no_kit_before_the_count(opened: Hall) -> None:
    assert kit_over_http(opened, factories.signed_in(opened.office)).status_code == 403


def test_recount_program_is_this_very_file(published: Hall) -> None:
    answer = Client().get("/recount.py")
    assert (answer.status_code, answer.content) == (200, Path(recount.__file__).read_bytes())


def test_sealed_sheets_are_for_scrutineers(city: Any) -> None:
    hall = room.counted()
    address = f"/appraisals/{hall.campaign.pk}/proof/sheets-1.json"
    assert factories.signed_in(hall.office).get(address).status_code == 403
    answer = factories.signed_in(hall.scrutineer).get(address)
    assert open_kit(answer.content, hall.shares[:2])[0] == sheets_kit(hall.round)
    assert factories.signed_in(hall.scrutineer).get(address.replace("-1", "-2")).status_code == 404


def test_proof_page_says_how_and_takes_the_confirmation(city: Any) -> None:
    hall = room.counted()
    digest = kit_digest(public_kit(hall.campaign))
    address = f"/appraisals/{hall.campaign.pk}/proof/"
    client = factories.signed_in(hall.scrutineer)
    page = client.get(address).content.decode()
    assert digest in page
    assert "python recount.py" in page
    assert client.post(address, {"digest": "12"}, follow=True).status_code == 200
    assert not KitConfirmation.objects.exists()
    page = client.post(address, {"digest": digest}, follow=True).content.decode()
    assert KitConfirmation.objects.get().by == hall.scrutineer
    assert str(hall.scrutineer) in page
    public = f"/now/{hall.campaign.token}/proof/"
    assert digest not in Client().get(public).content.decode()
    announced(hall)
    assert digest not in Client().get(public).content.decode()  # the rules' hash is in the kit: another digest now
    assert kit_digest(public_kit(hall.fresh())) in Client().get(public).content.decode()


def test_proof_page_is_for_those_who_see_all_results(city: Any) -> None:
    hall = room.counted()
    address = f"/appraisals/{hall.campaign.pk}/proof/"
    assert factories.signed_in(hall.heads[factories.LIUAN]).get(address).status_code == 403
    assert factories.signed_in(hall.office).post(address, {"digest": "0"}).status_code == 403


# --- the command ------------------------------------------------------------------------------------------------------


def test_both_commands_recount_a_kit(city: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hall = room.counted(cast={"A": 6, "B": 6, "C": 6, "D": 5, "E": 3})
    kit, sheets = tmp_path / "kit.json", tmp_path / "sheets.json"
    kit.write_bytes(public_kit(hall.campaign))
    sheets.write_bytes(sheets_kit(hall.round))
    digest = kit_digest(kit.read_bytes())
    arguments = [str(kit), "--digest", digest, "--sheets", str(sheets)]
    alone = subprocess.run(
        [sys.executable, "-I", "-S", recount.__file__, *arguments],
        text=True, capture_output=True, env={"PYTHONUTF8": "1"}, timeout=60,
    )  # fmt: skip
    assert (alone.returncode, alone.stderr) == (0, "")
    assert main(["recount", *arguments]) == 0
    assert capsys.readouterr().out == alone.stdout
    assert main(["recount", str(kit), "--digest", "0" * 64]) == 1
    kit.write_bytes(kit.read_bytes().replace(b'"abstained":0', b'"abstained":1', 1))
    assert main(["recount", str(kit)]) == 2


def test_command_opens_sealed_sheets(city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = room.counted()
    sealed, plain = tmp_path / "sealed.json", tmp_path / "sheets.json"
    sealed.write_bytes(sealed_kit(hall.round))
    words = iter(hall.shares[:2])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(words))
    assert main(["unseal", str(sealed), str(plain)]) == 0
    assert plain.read_bytes() == sheets_kit(hall.round)
    assert plain.stat().st_mode & 0o777 == 0o600
    words = iter([hall.shares[0], hall.shares[0]])
    assert main(["unseal", str(sealed), str(tmp_path / "other.json")]) == 2
    assert not (tmp_path / "other.json").exists()


def test_kit_of_a_campaign_that_votes_on_each_speaker(city: Any) -> None:
    hall = room.draft()
    rules = hall.campaign.config["rules"] | {"ballot": "speaker"}
    campaigns.change_part(hall.office, hall.campaign, "rules", rules)
    publishing.publish(hall.office, Campaign.objects.get(pk=hall.campaign.pk))
    session.begin_session(hall.office, hall.fresh())
    session.draw_lots(hall.office, hall.fresh(), "3-5-1-6")
    for code in room.PLACES:
        speaker = hall.speaker(code)
        session.move_to(hall.office, hall.fresh(), speaker, Phase.REPORT)
        round_ = hall.fresh().current_round
        assert round_.speaker_ids == [speaker.pk]
        hall.secret = hall.secret or PrivateKey.generate()
        if not round_.public_key:
            carding.set_key(hall.scrutineer, round_, bytes(hall.secret.public_key).hex(), room.HOLDERS)
            round_ = Round.objects.get(pk=round_.pk)
        if not hall.codes:
            for row in hall.campaign.config["classes"]:
                hall.codes[row["code"]] = carding.make_cards(hall.office, hall.campaign, row["code"], 8)
            arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
        ballot.open_ballot(hall.office, hall.fresh())
        marks = {str(speaker.pk): dict.fromkeys(round_.layout["items"], "competent")}
        for class_code, heap in hall.codes.items():
            for one in heap[:6]:
                sheet = seal_sheet(round_.public_key, round_.pk, class_code, marks, round_.layout)
                assert ballot.cast_sheet(one, sheet, [], round_.pk).state == "counted"
        ballot.close_ballot(hall.office, hall.fresh())
    counting.count_rounds(hall.scrutineer, hall.fresh(), hall.shares[:2])
    assert wrong_in(hall) == []
    assert [row["state"] for row in recount.of_kind(records_of(hall), "round")] == ["counted"] * 3
