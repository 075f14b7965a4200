"""What residents may read: their own matter by its code, and the promises made in public."""

from collections import Counter

from django.db.models import QuerySet

from yizhen.appraisals.models import CampaignState
from yizhen.matters.actions import follow_hash
from yizhen.matters.models import Follower, Matter
from yizhen.people.models import ROLES


def matter_by_code(code: str) -> Matter | None:
    """Return the matter that a follow-up code opens."""
    return Matter.objects.select_related("division").filter(follow_hash=follow_hash(code)).first()


def openings_of(matter: Matter) -> list[tuple[dict[str, str], int]]:
    """Return which roles looked at who asked, and how often: whoever holds the code may know."""
    looks = Counter(matter.openings.values_list("role", flat=True))
    return [({"zh": ROLES[role][0], "en": ROLES[role][1]}, n) for role, n in looks.items()]


def followed_by_code(code: str) -> Follower | None:
    """Return the follower whose code it is: it opens public facts of somebody else's matter, and none of its words."""
    return Follower.objects.select_related("matter__division").filter(code_hash=follow_hash(code)).first()


def sent_before(client_id: str) -> bool:
    """Return whether a form has been taken already: then it is answered again, and no hint is shown."""
    return Matter.objects.filter(client_id=f"ask:{client_id}").exists()


def public_promises() -> QuerySet[Matter]:
    """Return rectification promises of issued campaigns: matters and dates, no persons and no scores."""
    return (
        Matter.objects.filter(kind="rectification", problem__comment__speaker__campaign__state=CampaignState.ISSUED)
        .select_related("division")
        .order_by("division_id", "due_on")
    )
