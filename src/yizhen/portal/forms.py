"""Forms of the portal: the door's own, which the needs room shares with whoever enters for somebody."""

from yizhen.needs.door.forms import RequestForm as AskForm

__all__ = ["AskForm"]
