"""The demo's investment projects, entered by their townships and screened by the city, as ``demo_city.json`` tells them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from yizhen.growth.models import Project
from yizhen.growth.projects.actions import enter_realised, move, register_project, screen
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .clock import days_ago

IN_CHARGE = "INV"


def enter_projects(projects: list[dict[str, Any]], accounts: Mapping[str, Account]) -> None:
    """Enter the projects, screen those of which enough is known, and lead the first two on."""
    unit = Unit.objects.filter(code=IN_CHARGE).first()
    for number, one in enumerate(projects):
        place = Division.objects.get(name_zh=one["township"], level="township")
        with days_ago(120 - 10 * number):
            made = register_project(
                Account.objects.get(role="township_office", scope=place), client_id=f"demo:{number}", division=place,
                department=unit, name_zh=one["name_zh"], name_en=one["name_en"], source="项目申请报告（虚构）",
                investment=_number(one["investment_yi"]), land=_number(one["land_mu"]), tax_per_mu=_number(one["tax_per_mu_wan"]),
                research=_number(one["rd_intensity_percent"]), grade=one["green_grade"], energy=_number(one["energy_tce_per_wan"]),
                jobs=int(one["land_mu"]) * 3, safety_land=one["safety_land_gate"], fair_competition=one["fair_competition_check"],
                firm_promise=one["fair_competition_check"] == "not_started",
            )  # fmt: skip
            try:
                screen(accounts["inv"], made, "看了项目申请报告、用地预审和能耗测算。")
            except ValidationError:  # what is missing is shown on its page
                continue
        if number < 2:
            _lead_on(made, number)


def _lead_on(project: Project, number: int) -> None:
    office = Account.objects.get(role="township_office", scope=project.division)
    for stage, age in (("signed", 80), ("started", 60), ("producing", 20))[: 3 - number]:
        with days_ago(age):
            project = move(office, project, stage)
    if project.stage == "producing":
        enter_realised(
            office, project, year=1, tax=Decimal("1980.00"), jobs=262, source="税务、社保部门（虚构）", as_of=timezone.localdate()
        )  # fmt: skip


def _number(value: float) -> Decimal:
    return Decimal(str(value))
