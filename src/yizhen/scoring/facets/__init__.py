"""Many-facet Rasch models: severity, difficulty and thresholds apart from what is judged."""

from .model import ManyFacetRasch
from .newton import NotConverged
from .result import FacetsResult

__all__ = ["FacetsResult", "ManyFacetRasch", "NotConverged"]
