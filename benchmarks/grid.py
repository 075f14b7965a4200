"""The grid around the benchmark of the field page, run as a process of its own with the settings of a throw-away site.

``grid.py open N`` opens the accounts of N grid workers, signs each in, and prints what their phones hold. ``grid.py count``
prints what the server holds afterwards. Everything goes through the actions that the site's own pages call.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from yizhen.audit.actions import first_broken_link  # noqa: E402
from yizhen.matters.models import Evidence, FieldReport, Matter  # noqa: E402
from yizhen.people.actions import open_account  # noqa: E402
from yizhen.places.models import Division  # noqa: E402


def open_phones(workers: int) -> list[dict[str, str]]:
    """Open accounts over the demo's villages in turn; return cookies, token, account and place of each phone."""
    villages = list(Division.objects.filter(level="village", retired_on=None).order_by("code"))
    phones = []
    for number in range(workers):
        village = villages[number % len(villages)]
        account = open_account(
            None, username=f"grid-{number}", display_name=f"网格员{number}", role="grid_worker", scope=village
        )
        browser = Client()
        browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        me = browser.get("/matters/field/me/").json()
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        cookies = "; ".join(f"{name}={browser.cookies[name].value}" for name in names)
        phones.append({"cookies": cookies, "token": me["token"], "account": me["account"], "place": village.code})
    return phones


def count() -> dict[str, Any]:
    """Return the client ids of what was taken, how many matters and photographs came of it, and the chain's first flaw."""
    return {
        "ids": list(FieldReport.objects.values_list("client_id", flat=True)),
        "numbers": list(FieldReport.objects.values_list("matter__number", flat=True)),
        "matters": Matter.objects.filter(client_id__startswith="field:").count(),
        "photographs": Evidence.objects.filter(event__matter__field_report__isnull=False).count(),
        "broken": first_broken_link(),
    }


if __name__ == "__main__":
    print(json.dumps(open_phones(int(sys.argv[2])) if sys.argv[1] == "open" else count()))
