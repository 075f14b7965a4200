"""Yizhen 一针: duty appraisal and township work, from the data to the rectification."""

__version__ = "0.1.0"
