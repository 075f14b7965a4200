"""The filters of the list page as one value: read from an address, applied to matters, written in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.clocks import Light
from yizhen.matters.kinds import KINDS, WORK_LINES
from yizhen.matters.kinds.registry import kind_of, kinds_in_force
from yizhen.matters.lifecycle import OPEN_STATES, STATE_NAMES, State
from yizhen.matters.lights import by_day, has_light
from yizhen.matters.models import Matter
from yizhen.matters.queries import in_thread
from yizhen.matters.searching import search
from yizhen.places.queries import inside

LIGHT_NAMES = {
    Light.RED: gettext_lazy("超期"),
    Light.YELLOW: gettext_lazy("临近"),
    Light.GREEN: gettext_lazy("正常"),
}


@dataclass(frozen=True)
class Filters:
    """What the list page narrows down by; an empty field narrows nothing."""

    kind: str = ""
    state: str = ""
    line: str = ""
    place: str = ""
    thread: str = ""
    q: str = ""
    light: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read the filters of a query string or of a saved search; values that nothing has are left out."""
        read = {name: str(given.get(name, "")).strip()[:40] for name in cls.__dataclass_fields__}
        known = {
            "kind": KINDS.keys() if read["kind"] in KINDS else kinds_in_force().keys() if read["kind"] else (),
            "state": {"open", *(state.value for state in STATE_NAMES)},
            "line": WORK_LINES.keys(),
            "light": {light.value for light in LIGHT_NAMES},
        }
        return cls(**{name: value for name, value in read.items() if name not in known or value in known[name]})

    def among(self, matters: QuerySet[Matter], today: date | None = None) -> QuerySet[Matter]:
        """Return the matters that pass."""
        if self.kind:
            matters = matters.filter(kind=self.kind)
        if self.state == "open":
            matters = matters.filter(state__in=OPEN_STATES).order_by(by_day(), "number")
        elif self.state:
            matters = matters.filter(state=self.state)
        if self.line:
            matters = matters.filter(work_line=self.line)
        if self.place:
            matters = matters.filter(inside(self.place))
        if self.thread:
            matters = in_thread(matters, self.thread)
        if self.light:
            matters = matters.filter(has_light(Light(self.light), today or timezone.localdate()))
        return search(matters, self.q)

    def as_dict(self) -> dict[str, str]:
        """Return the filters that narrow something."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def query(self) -> str:
        """The filters as a query string, without a question mark."""
        return urlencode(self.as_dict())

    @property
    def words(self) -> list[str]:
        """The filters in words, one each; empty when nothing is narrowed down."""
        threads = {"resident": _("群众诉求"), "rectification": _("述职评议整改"), "other": _("其他交办")}
        state = _("未销号") if self.state == "open" else STATE_NAMES[State(self.state)] if self.state else ""
        parts = (
            (_("种类"), kind_of(self.kind).name if self.kind else ""),
            (_("状态"), state),
            (_("条线"), WORK_LINES.get(self.line, "")),
            (_("灯"), LIGHT_NAMES[Light(self.light)] if self.light else ""),
            (_("区划"), self.place),
            (_("派件线"), threads.get(self.thread, self.thread)),
            (_("字词"), self.q),
        )
        return [_("%(name)s：%(value)s") % {"name": name, "value": value} for name, value in parts if value]
