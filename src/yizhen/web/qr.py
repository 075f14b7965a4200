"""QR codes as inline SVG."""

from functools import lru_cache
from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=64)  # it takes twenty milliseconds, and the same few addresses are drawn again and again
def qr_svg(text: str) -> SafeString:
    """Return a QR code of a text as SVG that scales with its box."""
    buffer = BytesIO()
    segno.make(text, error="m").save(
        buffer,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        border=2,
        svgclass="qr",
        lineclass=None,
        light="#fff",
    )
    return mark_safe(buffer.getvalue().decode())  # noqa: S308  # made here, from modules and not from the text
