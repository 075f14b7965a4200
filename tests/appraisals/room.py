"""Campaigns, halls and votes for tests, made through the room's own actions; the live server's stage uses them too."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from nacl.public import PrivateKey

from tests import factories
from tests.memory import remembered
from yizhen.appraisals.actions import arrivals, ballot, campaigns, carding, publishing, results, session, speech
from yizhen.appraisals.models import Campaign, Result, RollEntry, Round, Speaker
from yizhen.appraisals.shares import paper_of
from yizhen.demo.phones import plausible_marks, seal_opinion, seal_sheet
from yizhen.people.actions import appoint
from yizhen.people.models import Account, Appointment

PLACES = (factories.LIUAN, factories.XITANG, factories.GUDU)
VOTERS = {"A": 6, "B": 6, "C": 6, "D": 6, "E": 6}
ONE_ITEM = [{"code": "overall", "zh": "总体评价", "en": "Overall", "weight": 100}]
HOLDERS = ("持份人甲", "持份人乙", "持份人丙")
Marks = dict[str, dict[str, str]]


@dataclass
class Hall:
    """A campaign with the people who run it; ``codes`` and ``secret`` are there once cards and key were made."""

    campaign: Campaign
    office: Account
    scrutineer: Account
    heads: dict[str, Account]
    codes: dict[str, list[str]] = field(default_factory=dict)
    secret: PrivateKey | None = None

    @property
    def round(self) -> Round:
        """The latest round as it is in the database now."""
        return Round.objects.select_related("campaign").filter(campaign=self.campaign).order_by("-number")[0]

    @property
    def shares(self) -> list[str]:
        """The secret's three shares as the scrutineers have them on paper."""
        assert self.secret is not None
        return paper_of(bytes(self.secret), bytes(self.secret.public_key))

    def fresh(self) -> Campaign:
        """Return the campaign as it is in the database now."""
        self.campaign = Campaign.objects.get(pk=self.campaign.pk)
        return self.campaign

    def speaker(self, code: str = factories.LIUAN) -> Speaker:
        """Return the speaker of a place."""
        return Speaker.objects.select_related("campaign", "division", "official").get(
            campaign=self.campaign, division_id=code
        )

    def marks(self, grade: str | None = "excellent") -> Marks:
        """Return a sheet with one grade everywhere; None leaves it blank."""
        layout = self.round.layout
        return {} if grade is None else {str(pk): dict.fromkeys(layout["items"], grade) for pk in layout["speakers"]}

    def sheet(self, class_code: str, marks: Marks) -> bytes:
        """Return a sealed sheet."""
        round_ = self.round
        return seal_sheet(round_.public_key, round_.pk, class_code, marks, round_.layout)

    def opinion(self, text: str, code: str = factories.LIUAN) -> bytes:
        """Return a sealed opinion."""
        round_ = self.round
        return seal_opinion(round_.public_key, round_.pk, self.speaker(code).pk, text)

    def vote(
        self, class_code: str, number: int, marks: Marks, opinions: list[bytes] | None = None
    ) -> ballot.CastOutcome:
        """Cast a sheet with the n-th card of a class."""
        return ballot.cast_sheet(self.codes[class_code][number], self.sheet(class_code, marks), opinions or [])

    def vote_all(self, grade: str = "excellent", voters: dict[str, int] | None = None) -> None:
        """Let so many voters of each class give one grade everywhere."""
        for code, number in (voters or VOTERS).items():
            for n in range(number):
                assert self.vote(code, n, self.marks(grade)).state == "counted"


def appointment(code: str, head: Account, name: str = "") -> Appointment:
    """Put a placeholder person into the office of a place's head and return the appointment."""
    official = appoint(
        None,
        name=name or f"示例干部{code[-3:]}",
        division=factories.place(code),
        title="党委书记",
        began_on=timezone.localdate() - timedelta(days=400),
        account=head,
    )
    return Appointment.objects.get(official=official)


@remembered
def draft(
    office: Account | None = None,
    scrutineer: Account | None = None,
    heads: dict[str, Account] | None = None,
    *,
    places: tuple[str, ...] = PLACES,
    voters: dict[str, int] | None = None,
    items: list[dict[str, Any]] | None = None,
    rules: dict[str, Any] | None = None,
    previous: Campaign | None = None,
    title: str = "第一期述职评议",
) -> Hall:
    """Return a draft that is ready to be published."""
    office = office or factories.account("city_office")
    scrutineer = scrutineer or factories.account("scrutineer")
    if heads is None:
        heads = {code: factories.account("township_head", code) for code in places}
        for code, head in heads.items():
            appointment(code, head)
    campaign = campaigns.make_campaign(
        office, kind="comprehensive", title=title, period="2026年上半年", previous=previous
    )
    if items is not None:
        campaign = campaigns.change_part(office, campaign, "items", items)
    if rules is not None:
        campaign = campaigns.change_part(office, campaign, "rules", {**campaign.config["rules"], **rules})
    campaigns.set_basics(
        office,
        campaign,
        title=title,
        period="2026年上半年",
        reports_due_on=timezone.localdate() + timedelta(days=2),
        session_on=timezone.localdate() + timedelta(days=5),
    )
    chosen = list(Appointment.objects.filter(division_id__in=places, ended_on__isnull=True).order_by("division_id"))
    campaigns.choose_speakers(office, campaign, chosen)
    names = {code: [f"{code}类代表{n:02d}" for n in range(number)] for code, number in (voters or VOTERS).items()}
    campaigns.set_roll(office, campaign, names)
    return Hall(Campaign.objects.get(pk=campaign.pk), office, scrutineer, heads)


@remembered
def published(**options: Any) -> Hall:
    """Return a published campaign."""
    hall = draft(**options)
    publishing.publish(hall.office, hall.campaign)
    hall.fresh()
    return hall


@remembered
def prepared(**options: Any) -> Hall:
    """Return a session that has begun, with key and cards, everybody present with a card: one step before opening."""
    hall = published(**options)
    session.begin_session(hall.office, hall.campaign)
    session.draw_lots(hall.office, hall.campaign, "3-5-1-6")
    give_cards(hall)
    arrivals.mark_attendance(hall.office, hall.campaign, entries(hall), present=True, handed_out=True)
    hall.fresh()
    return hall


def entries(hall: Hall, class_code: str = "") -> list[int]:
    """Return the ids of the roll, or of one class."""
    roll = RollEntry.objects.filter(campaign=hall.campaign)
    return list((roll.filter(class_code=class_code) if class_code else roll).values_list("pk", flat=True))


def give_cards(hall: Hall, spare: int = 2) -> None:
    """Make the round's key and a heap of cards for each class, with some to spare."""
    hall.secret = PrivateKey.generate()
    carding.set_key(hall.scrutineer, hall.round, bytes(hall.secret.public_key).hex(), HOLDERS)
    for row in hall.campaign.config["classes"]:
        number = hall.campaign.roll.filter(class_code=row["code"]).count() + spare
        hall.codes[row["code"]] = carding.make_cards(hall.office, hall.campaign, row["code"], number)


@remembered
def opened(**options: Any) -> Hall:
    """Return a hall with an open ballot."""
    hall = prepared(**options)
    ballot.open_ballot(hall.office, hall.campaign)
    return hall


def count(hall: Hall) -> list[Result]:
    """Close the ballot and count."""
    ballot.close_ballot(hall.office, hall.campaign)
    found = results.count_round(hall.scrutineer, hall.round, hall.shares[1:])
    hall.fresh()
    return found


@remembered
def counted(grade: str = "excellent", cast: dict[str, int] | None = None, **options: Any) -> Hall:
    """Return a counted campaign in which everybody gave one grade."""
    hall = opened(**options)
    hall.vote_all(grade, cast)
    count(hall)
    return hall


@remembered
def issued(problems: list[dict[str, Any]] | None = None, **options: Any) -> Hall:
    """Return a campaign whose results are issued; ``problems`` were named in the comment on Liuan."""
    hall = opened(**options)
    speech.make_comment(hall.office, hall.speaker(), strengths="数据实。", problems=problems or [])
    chance = random.Random(90315)
    for code, number in VOTERS.items():
        for n in range(number):
            hall.vote(code, n, plausible_marks(hall.round.layout, chance))
    count(hall)
    results.issue_results(hall.office, hall.campaign)
    hall.fresh()
    return hall


def problem(fact: str = "每万人床位低于全市", days: int = 60, **fields: Any) -> dict[str, Any]:
    """Return a problem as a leader names it."""
    content: dict[str, Any] = {
        "fact": fact,
        "requirement": "年内补足",
        "owner": "分管负责人",
        "due_on": timezone.localdate() + timedelta(days=days),
        "indicator": "L01",
        "work_line": "livelihood",
    }
    return content | fields
