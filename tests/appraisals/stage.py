"""Sets the stage for the live server: a script beside it, on its data directory, through the room's actions.

It reads requests and prints answers, a line of JSON each. ``["hall", {"voters": {...}}]`` makes a hall with an open ballot
and answers what its phones and its host need; ``count`` counts a closed ballot with the paper key; ``departments`` makes
a city.
"""

import json
import os
import sys
import time
from typing import Any

import django


def office_session(office: Any) -> str:
    """Sign the office in with staff mode on, and return the session's cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(office.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = office.get_session_auth_hash()
    session["staff_mode_until"] = time.time() + 1800
    session["seen"] = time.time()
    session.save()
    return str(session.session_key)


def hall(options: dict[str, Any]) -> dict[str, Any]:
    """Make a campaign with an open ballot."""
    from tests import factories
    from tests.appraisals import room
    from yizhen.people.models import Account
    from yizhen.places.models import Division

    if not Division.objects.exists():
        factories.fictional_city()
    known = {"office": "city_office", "scrutineer": "scrutineer"}
    people = {name: Account.objects.filter(role=role).first() for name, role in known.items()}
    heads = {head.scope_id: head for head in Account.objects.filter(role="township_head")} or None
    made = room.opened(**people, heads=heads, voters=options.get("voters"))
    round_ = made.round
    return {
        "campaign": made.campaign.pk,
        "token": made.campaign.token,
        "round": round_.pk,
        "key": round_.public_key,
        "shares": made.shares,
        "layout": round_.layout,
        "codes": made.codes,
        "session": office_session(made.office),
    }


def count(options: dict[str, Any]) -> dict[str, Any]:
    """Count a closed ballot."""
    from yizhen.appraisals.actions import results
    from yizhen.appraisals.models import Round
    from yizhen.people.models import Account

    scrutineer = Account.objects.get(role="scrutineer")
    found = results.count_round(scrutineer, Round.objects.get(pk=options["round"]), options["shares"])
    return {"totals": [str(result.total) for result in found]}


def departments(options: dict[str, Any]) -> dict[str, Any]:
    """Make the city with some departments: what a rehearsal needs."""
    from tests import factories

    factories.fictional_city()
    return {"units": [factories.unit(code).pk for code in options["codes"]]}


def main() -> None:
    """Answer each line of the input by a line, and leave the database between two of them."""
    from django.db import connections

    from tests import memory

    with memory.off():
        for line in sys.stdin:
            what, options = json.loads(line)
            try:
                answer = {"hall": hall, "count": count, "departments": departments}[what](options)
            finally:
                connections.close_all()
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    sys.path[:0] = [os.environ["YIZHEN_ROOT"]]
    os.environ["DJANGO_SETTINGS_MODULE"] = "yizhen.config.settings"
    django.setup()
    main()
