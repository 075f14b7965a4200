"""Matters: anything that must be done, its history, evidence and look-backs."""

from .event import Event, Evidence
from .look_back import LookBack
from .matter import Matter, NumberSeries

__all__ = ["Event", "Evidence", "LookBack", "Matter", "NumberSeries"]
