"""Pages of long lists."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)


def paged(request: HttpRequest, found: QuerySet[Row, Any], size: int) -> Page[Row]:
    """Return the page of a query that the address asks for (``?page=``). What fits on the first page is not counted."""
    wanted = request.GET.get("page") or "1"
    if wanted != "1":
        return Paginator(found, size).get_page(wanted)
    first = list(found[: size + 1])
    if len(first) <= size:
        return Paginator(first, size).page(1)
    return Page(first[:size], 1, Paginator(found, size))
