"""Readiness as resources, events, and the purge after them."""
