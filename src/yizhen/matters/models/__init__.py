"""Matters: anything that must be done, its history, evidence, look-backs, supervision, dispatch rules and followers."""

from .event import Event, Evidence
from .follower import Follower
from .look_back import LookBack
from .matter import Matter, NumberSeries
from .notice import SupervisionNotice
from .routing import RoutingCase, RoutingRule, RoutingRuleSet

__all__ = [
    "Event",
    "Evidence",
    "Follower",
    "LookBack",
    "Matter",
    "NumberSeries",
    "RoutingCase",
    "RoutingRule",
    "RoutingRuleSet",
    "SupervisionNotice",
]
