"""The readers of grids, their workers, the list of services and refused demands."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from yizhen.matters.models import GridPost, GridRefusal, MicroGrid, ServiceItem
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code


def services_in_force(city: str, day: date | None = None) -> QuerySet[ServiceItem]:
    """Return the items of a city's list on a day; today when none is named. The list is public."""
    day = day or timezone.localdate()
    begun = ServiceItem.objects.filter(city=city, since__lte=day)
    return begun.filter(Q(until__isnull=True) | Q(until__gt=day)).order_by("part", "code")


def kinds_for_grids(city: str, day: date | None = None) -> set[str] | None:
    """Return the kinds of matter that a city's list lets be sent to grids; None where the city has no list."""
    rows = list(services_in_force(city, day).values_list("kinds", flat=True))
    return {kind for kinds in rows for kind in kinds} if rows else None


def grids_with_posts(prefix: str) -> QuerySet[Division]:
    """Return the grids under a code, each with its worker's post and its micro-grids: what is posted in public anyway."""
    posts = GridPost.objects.filter(until__isnull=True)
    micro = MicroGrid.objects.filter(retired_on__isnull=True)
    grids = Division.objects.filter(code__startswith=prefix, level="grid", retired_on=None)
    return (
        grids.select_related("parent__parent")
        .prefetch_related(
            Prefetch("grid_posts", queryset=posts, to_attr="post_now"),
            Prefetch("micro_grids", queryset=micro, to_attr="micro_now"),
        )
        .order_by("code")
    )


def grids_visible_to(user: Account) -> QuerySet[Division]:
    """Return the grids in the user's scope; a department sees those of its city."""
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return grids_with_posts("-")
    return grids_with_posts(city_code(user.scope_id) if user.role == "department" else user.scope_id)


def refusals_of_grids(user: Account) -> QuerySet[GridRefusal]:
    """Return the refused demands in the user's scope; a department sees those that were its own."""
    refusals = GridRefusal.objects.select_related("grid__parent", "unit", "by")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return refusals.none()
    if user.role == "department":
        return refusals.filter(unit=user.unit_id)
    return refusals.filter(grid__code__startswith=user.scope_id)


@dataclass(frozen=True)
class DemandRow:
    """How many demands of a department were refused by grids, and how many of these it has answered."""

    unit_zh: str
    unit_en: str
    refused: int
    answered: int

    @property
    def name_zh(self) -> str:
        """The department's Chinese name."""
        return self.unit_zh

    @property
    def name_en(self) -> str:
        """The department's English name."""
        return self.unit_en


def demands_by_unit(user: Account) -> list[DemandRow]:
    """Return the departments whose demands were refused, by code: the count stands against who demanded."""
    counted = (
        refusals_of_grids(user)
        .order_by("unit__code")
        .values("unit__code", "unit__name_zh", "unit__name_en")
        .annotate(refused=Count("pk"), answered=Count("pk", filter=~Q(answer="")))
    )
    return [DemandRow(row["unit__name_zh"], row["unit__name_en"], row["refused"], row["answered"]) for row in counted]


def workers_without_grid(user: Account, grid: Division) -> QuerySet[Account]:
    """Return the grid workers of a grid's village who answer for no grid yet, and whoever answers for this one."""
    busy = GridPost.objects.filter(until__isnull=True).exclude(grid=grid).values("worker")
    workers = Account.objects.filter(role="grid_worker", is_active=True).exclude(pk__in=busy)
    village = grid.code[:12]
    return workers.filter(Q(scope__code__startswith=village), scope__code__startswith=user.scope_id).order_by(
        "username"
    )
