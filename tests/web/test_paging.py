"""A page of a list: the same rows as Django's paginator gives, without counting what fits on the first page."""

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests import factories
from yizhen.places.models import Division
from yizhen.web.paging import paged

SIZE = 5


@pytest.mark.parametrize("number", [0, 1, 4, 5, 6, 10, 11])
@pytest.mark.parametrize("wanted", ["", "1", "2", "3", "0", "-1", "99", "last", "x", "1 "])
def test_the_same_page_as_the_paginators(db, number, wanted):
    factories.fictional_city()
    chosen = Division.objects.order_by("code").values_list("pk", flat=True)[:number]
    found = Division.objects.filter(pk__in=list(chosen)).order_by("code")
    assert found.count() == number

    page = paged(RequestFactory().get("/", {"page": wanted} if wanted else {}), found, SIZE)
    expected = Paginator(found, SIZE).get_page(wanted or None)

    assert list(page) == list(expected)
    for name in ("number", "has_next", "has_previous", "has_other_pages", "start_index", "end_index"):
        mine, theirs = getattr(page, name), getattr(expected, name)
        assert (mine() if callable(mine) else mine) == (theirs() if callable(theirs) else theirs)
    assert (page.paginator.count, page.paginator.num_pages) == (number, expected.paginator.num_pages)


@pytest.mark.parametrize(("number", "queries"), [(0, 1), (5, 1), (6, 2)])
def test_what_fits_on_the_first_page_is_not_counted(db, number, queries):
    factories.fictional_city()
    chosen = list(Division.objects.order_by("code").values_list("pk", flat=True)[:number])
    found = Division.objects.filter(pk__in=[*chosen, "none"]).order_by("code")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = paged(RequestFactory().get("/"), found, SIZE)
        assert (len(list(page)), page.paginator.count) == (min(number, SIZE), number)

    assert len(asked) == queries
