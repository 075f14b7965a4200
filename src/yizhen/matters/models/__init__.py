"""Matters: anything that must be done, its history and evidence."""

from .event import Event, Evidence
from .matter import Matter, NumberSeries

__all__ = ["Event", "Evidence", "Matter", "NumberSeries"]
