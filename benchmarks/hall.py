"""The hall around the benchmark, run as a process of its own with the settings of a throw-away site.

``hall.py open N`` readies the demo's second campaign for N voters, opens its ballot, and prints what the phones need:
one card and one sealed sheet each, and the key's shares. ``hall.py count 'SHARE SHARE'`` closes the ballot, counts it
and prints what the server holds. Everything goes through the actions that the site's own pages call.
"""

import base64
import json
import random
import sys
from typing import Any

import django

django.setup()

from nacl.public import PrivateKey  # noqa: E402

from yizhen.appraisals.actions import (  # noqa: E402
    arrivals,
    ballot,
    campaigns,
    carding,
    results,
    session,
)
from yizhen.appraisals.models import Campaign, Card, OpenedSheet, SealedSheet  # noqa: E402
from yizhen.appraisals.shares import paper_of  # noqa: E402
from yizhen.demo.phones import plausible_marks, seal_sheet  # noqa: E402
from yizhen.people.models import Account  # noqa: E402


def open_ballot(voters: int) -> dict[str, Any]:
    """Open a ballot with so many cards handed out, and vote with each of them as far as the sealed sheet."""
    office, scrutineer = Account.objects.get(username="office"), Account.objects.get(username="key")
    campaign = Campaign.objects.order_by("-pk")[0]
    classes = [row["code"] for row in campaign.config["classes"]]
    heaps = {code: len(range(place, voters, len(classes))) for place, code in enumerate(classes)}
    roll = {code: [f"{code}{number}" for number in range(1, size + 1)] for code, size in heaps.items()}
    campaigns.set_roll(office, campaign, roll)
    codes = {code: carding.make_cards(office, campaign, code, size) for code, size in heaps.items()}
    secret = PrivateKey.generate()
    round_ = carding.set_key(scrutineer, campaign.current_round, bytes(secret.public_key).hex(), "甲乙丙")
    session.begin_session(office, campaign)
    session.draw_lots(office, campaign, "1")
    everybody = list(campaign.roll.values_list("pk", flat=True))
    arrivals.mark_attendance(office, campaign, everybody, present=True, handed_out=True)
    ballot.open_ballot(office, campaign)
    chance = random.Random(1)
    phones = []
    for class_code, heap in codes.items():
        for code in heap:
            marks = plausible_marks(round_.layout, chance)
            sheet = seal_sheet(round_.public_key, round_.pk, class_code, marks, round_.layout)
            phones.append({"code": code, "sheet": base64.b64encode(sheet).decode()})
    chance.shuffle(phones)
    return {
        "phones": phones,
        "shares": paper_of(bytes(secret), bytes(secret.public_key)),
        "token": campaign.token,
        "round": round_.pk,
        "cells": len(round_.layout["speakers"]) * len(round_.layout["items"]),
    }


def count_ballot(shares: list[str]) -> dict[str, Any]:
    """Close and count the ballot; return the receipts and how many sheets and used cards there are."""
    office, scrutineer = Account.objects.get(username="office"), Account.objects.get(username="key")
    round_ = ballot.close_ballot(office, Campaign.objects.order_by("-pk")[0])
    results.count_round(scrutineer, round_, shares)
    opened = OpenedSheet.objects.filter(round=round_)
    return {
        "receipts": list(SealedSheet.objects.filter(round=round_).values_list("receipt", flat=True)),
        "used_cards": Card.objects.filter(round=round_, state="used").count(),
        "counted": opened.filter(void_reason="").count(),
        "void": opened.exclude(void_reason="").count(),
    }


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    print(json.dumps(open_ballot(int(argument)) if what == "open" else count_ballot(argument.split())))
