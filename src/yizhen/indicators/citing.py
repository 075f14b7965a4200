"""Figures as they are cited: plain values that stay what they were when somebody wrote them down."""

import hashlib
import json
from typing import Any

from .models import Observation


def cited(figure: Observation) -> dict[str, Any]:
    """Return everything that "where from?" is answered with, as plain values. Numbers are kept as texts."""

    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    indicator = figure.indicator
    return {
        "code": indicator.code,
        "name_zh": indicator.name_zh,
        "name_en": indicator.name_en,
        "domain": indicator.domain,
        "direction": indicator.direction,
        "unit": indicator.unit,
        "count_unit": indicator.count_unit,
        "period": figure.period,
        "value": text(figure.value),
        "numerator": text(figure.numerator),
        "denominator": text(figure.denominator),
        "numerator_zh": indicator.numerator_zh,
        "denominator_zh": indicator.denominator_zh,
        "source": figure.source_id,
        "source_zh": figure.source.name_zh,
        "source_en": figure.source.name_en,
        "as_of": figure.as_of.isoformat(),
    }


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a citation, by which a changed one is noticed."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
