"""Following a matter that somebody else has raised, by a code of one's own."""

import secrets

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.lifecycle import OPEN_STATES
from yizhen.matters.models import Follower, Matter
from yizhen.matters.routing.history import may_learn_from

from .opening import FOLLOW_ALPHABET, follow_hash

SALT = "matters.follow"
VALID = 24 * 60 * 60  # seconds


@event("matters.followed")
class MatterFollowed:
    """Somebody follows a matter. Who it is nobody knows."""

    number: str


def follow_token(matter: Matter) -> str:
    """Return what a hint carries so that this matter, and no other by its number, can be followed for a day."""
    return signing.dumps(matter.pk, salt=SALT)


@transaction.atomic
def follow_matter(token: str, client_id: str) -> tuple[Follower, str]:
    """Follow the matter of a hint and return the follower with its code. No personal data is taken.

    The same ``client_id`` gives the same follower; its code was shown once and cannot be read again.

    Raises:
        ValidationError: when the hint is forged or older than a day, or the matter is open no more.
    """
    if not client_id:
        raise ValidationError(_("这条提示已过期，请重新提交。"))
    before = Follower.objects.select_related("matter__division").filter(client_id=f"ask:{client_id}").first()
    if before is not None:
        return before, ""
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature as error:
        raise ValidationError(_("这条提示已过期，请重新提交。")) from error
    # Locked, so that of two taps at once the second waits here and then finds the first one's follower.
    matter = Matter.objects.select_for_update().filter(pk=pk, state__in=OPEN_STATES).first()
    if matter is None or not may_learn_from(matter.kind):
        raise ValidationError(_("那一件已经办完或撤回，请把您的这件照样提交。"))
    again = Follower.objects.select_related("matter__division").filter(client_id=f"ask:{client_id}").first()
    if again is not None:
        return again, ""
    code = "".join(secrets.choice(FOLLOW_ALPHABET) for _unused in range(10))
    made = Follower.objects.create(
        matter=matter, code_hash=follow_hash(code), client_id=f"ask:{client_id}", since=timezone.localdate()
    )
    record(None, MatterFollowed(number=matter.number), f"matters.matter:{matter.pk}", scope=matter.division_id)
    return made, code
