"""Watches: series of readings with levels, emergency duty, readiness: see README.md."""
