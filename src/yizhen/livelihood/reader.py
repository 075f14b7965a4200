"""Who reads the pages of this room."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yizhen.livelihood.projects.rules import may_read
from yizhen.people.asking import who_asks
from yizhen.people.models import Account


def reader(request: HttpRequest) -> Account:
    """Return who asks, if this room's pages are shown to that role at all.

    Raises:
        PermissionDenied: for villages, grids, ballot accounts and administrators.
    """
    return who_asks(request, may_read, _("民生实事由乡镇（街道）、主管部门和市县填报、查看；公开的在居民页面。"))
