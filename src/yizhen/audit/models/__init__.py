"""What the audit room keeps."""

from .record import Record

__all__ = ["Record"]
