"""A city in which every address of the site has something to show."""

from datetime import date, timedelta

from django.utils import timezone

from tests import factories
from tests.console.addresses import TABLE
from tests.factories import LIUAN, SHIMEN, XITANG, beds, rectification, request, row, task
from tests.growth.firms import draft as draft_policy
from tests.growth.firms import firm, policy
from tests.growth.industries import declared
from tests.indicators.forms import applied, opened, registered
from tests.matters.duties import asked, in_force, planned
from tests.matters.duties import draft as draft_duties
from tests.matters.gridded import GRID, listed
from tests.matters.routed import lamps_and_dykes
from tests.watches.watched import watched
from yizhen.exchange.actions import write_note
from yizhen.growth.enterprises.payments import register_payment
from yizhen.growth.industry.actions import enter_community, note_outside, plan_step, report_step
from yizhen.growth.parks.actions import register_park
from yizhen.growth.policies.granting import make_list, register_application
from yizhen.indicators.actions import Wanted, receive_file
from yizhen.indicators.actions.indices import design_index, edit_index, freeze_index, new_version
from yizhen.indicators.actions.schemes import make_scheme
from yizhen.indicators.models import ImportMapping
from yizhen.matters.actions import (
    draw_micro_grid,
    form_team,
    link_unit,
    refuse_demand,
    register_matter,
    save_reply,
    save_search,
    take_bulk,
)
from yizhen.matters.actions.kinds import copy_kind
from yizhen.matters.actions.routing import draft_routing
from yizhen.matters.actions.signals import explain_signal
from yizhen.matters.desk.bulk import BulkStep
from yizhen.matters.desk.filters import Filters
from yizhen.matters.kinds import KINDS
from yizhen.matters.models import Matter, Signal
from yizhen.needs.consultations.actions import draft_consultation, open_consultation
from yizhen.needs.talents.actions import deliver_policy
from yizhen.party.actions import list_item, plan_meeting
from yizhen.places.calendar_keeping import declare_closure
from yizhen.watches.emergency.actions import Duty, issue_plan, set_shifts
from yizhen.watches.models import Roster
from yizhen.watches.readiness.actions import open_emergency


def peopled_city():
    """Make a city with matters, figures, imports and an account of each role; return the accounts and the ids of its addresses."""
    factories.fictional_city()
    factories.catalogue()
    people = factories.everybody()
    office, department = people["city_office"], people["department"]
    figures = [row("P03", code, "2025Q4", value=5) for code in ("990181101201", "990122101201")]
    ids = {
        "batch": factories.import_figures(office, [*beds({LIUAN: 142, SHIMEN: 60}), *figures]).pk,
        "collection": opened(registered([Wanted("路灯盏数", "盏")])).pk,
        "own_batch": factories.import_figures(
            department, [row("S01", LIUAN, "2025-01", numerator=9, denominator=10)]
        ).pk,
        "table": receive_file(department, "table.csv", TABLE.encode()).pk,
        "mapping": ImportMapping.objects.create(
            fingerprint="0", scope=department.scope, unit=department.unit, content={}, by=department
        ).pk,
        "task": task(department).number,
        "health_task": task(factories.account("department", unit=factories.unit("HEA"))).number,
        "village": request("990181101201", title="前湾村路灯")[0].number,
        "neighbour": request(XITANG, title="西塘桥路灯")[0].number,
        "far": rectification(office, SHIMEN, title="石门镇整改").number,
        "account": people["county"].pk,
        "duty": in_force(office)["B-1"].pk,
        "draft": draft_duties(office, "草稿").pk,
        "admission": asked(department).number,
        "plan": planned(department, [LIUAN], timezone.localdate(), timezone.localdate()).number,
        "closure": declare_closure(
            office, factories.place(SHIMEN), first=date(2026, 7, 6), last=date(2026, 7, 8), reason="防汛", basis="文号"
        ).pk,
    }
    applied([Wanted("充电桩数")], code="F-102")
    ids["search"] = save_search(office, name="安全", filters=Filters(line="safety")).pk
    ids["reply"] = save_reply(department, title="收到", text="{place}已收到。").pk
    ids["run"] = take_bulk(office, BulkStep.ACCEPT, [Matter.objects.get(number=ids["far"])], client_id="site").pk
    old = lamps_and_dykes(office, in_force=True)
    draft = draft_routing(office, old.city)
    ids |= {"old_rule": old.rules.first().pk, "rule": draft.rules.first().pk, "case": draft.cases.first().pk}
    ids |= _signals(people["township_office"])
    hazard = KINDS["hazard"]
    copy_kind(office, hazard, code="hazard", letter="A", name_zh=hazard.name_zh, name_en=hazard.name_en)
    ids |= _grids_teams_and_sealed(people, ids["task"])
    ids |= _exchange_and_party(people["township_office"])
    _index_and_scheme(office)
    ids |= _needs(office) | _watches(people) | _firm_and_policies(people) | _industry_and_park(people)
    return people, ids


def _needs(office):
    """Open a question of the city, and hand a policy on to a township."""
    day = timezone.localdate()
    question = draft_consultation(
        office, client_id="site", title="问题", text="说明", options=["一", "二"], several=False, wants_text=True,
        audience="everybody", by_lot=False, opens_on=day, closes_on=day,
    )  # fmt: skip
    delivery = deliver_policy(
        office, client_id="site", division=factories.place(LIUAN), policy="政策", document="", text="要点", whom="青年",
        delivered_on=day, channel="meeting", reached=9, source="台账",
    )  # fmt: skip
    return {"consultation": open_consultation(office, question).pk, "delivery": delivery.pk}


def _watches(people):
    """Make two watches, a plan and a roster of 柳岸镇, and an emergency."""
    town, department = people["township_office"], people["department"]
    today = timezone.localdate()
    plan = issue_plan(
        town, client_id="site", title="防汛预案", kinds=["flood"], text="正文", document="", valid_from=today,
        valid_until=today + timedelta(days=9), contacts=[("值班室", "119")],
    )  # fmt: skip
    set_shifts(town, [Duty(today, "day", "值班员", "119")])
    emergency = open_emergency(department, client_id="site", title="强降雨", kind="flood", basis="文号", every_hours=6)
    far = watched(people["city_office"], SHIMEN, client_id="far", office=factories.unit("HEA"))
    return {
        "watch": watched(department).pk, "far_watch": far.pk, "watch_plan": plan.pk, "roster": Roster.objects.get().pk,
        "emergency": emergency.pk,
    }  # fmt: skip


def _grids_teams_and_sealed(people, task_number):
    """Make a team, links, a list of services with a refusal, a petition, and an accusation of the township."""
    office, county, department = people["city_office"], people["county"], people["department"]
    liuan = factories.place(LIUAN)
    team = form_team(
        county, Matter.objects.get(number=task_number), "volunteers", name="志愿队", task="帮忙", members=3
    )
    service = listed(office)
    micro = draw_micro_grid(
        people["township_office"], factories.place(GRID), name="一号院", covers="1 号楼", households=9
    )
    refusal = refuse_demand(
        people["grid_worker"], factories.place(GRID), department.unit, asked="统计养犬", channel="chat",
        asked_on=timezone.localdate(), client_id="1",
    )  # fmt: skip
    sealed = {}
    for kind, actor, given in (("petition", county, {}), ("accusation", office, {"accused_places": [liuan]})):
        sealed[kind] = register_matter(
            actor, KINDS[kind], client_id=kind, division=liuan, title="反映的事项", text="请依法处理。",
            work_line="safety", requester="某某 000", fields={"channel": "来信"} if kind == "petition" else {}, **given,
        )[0].number  # fmt: skip
    link = link_unit(office, liuan, department.unit, "文号").pk
    return {"team": team.pk, "service": service.pk, "micro": micro.pk, "refusal": refusal.pk, "link": link, **sealed}


def _exchange_and_party(office):
    """Make a draft of a practice note, an item of responsibility and a planned meeting of 柳岸镇."""
    today = timezone.localdate()
    note = write_note(
        office, client_id="1", work_line="safety", title="试过的做法", problem="x", steps="x", cost=1, person_days=1,
        failed="x", contact="党政办",
    )  # fmt: skip
    item = list_item(
        office,
        client_id="1",
        division=office.scope,
        year=today.year,
        what="x",
        basis="x",
        due_on=date(today.year, 12, 31),
    )
    meeting = plan_meeting(office, client_id="1", division=office.scope, sort="study", planned_on=today, subject="x")
    return {"note": note.pk, "item": item.pk, "meeting": meeting.pk}


def _firm_and_policies(people):
    """Make a firm of 柳岸镇 with what it is owed and was granted, a waiting list and a draft of the department."""
    city, department, unit = people["city_office"], people["department"], people["township_office"]
    one = firm(unit)
    applied_for = policy(department)
    without = policy(department, mode="no_application")
    payment = register_payment(
        unit, one, client_id="p", debtor=department.unit, subject="采购", amount=100, scale="small",
        began_on=timezone.localdate(), source="合同",
    )  # fmt: skip
    redemption = register_application(unit, applied_for, one, client_id="r", applied_on=timezone.localdate())
    return {
        "firm": one.pk, "payment": payment.pk, "policy": without.pk, "redemption": redemption.pk,
        "policy_draft": draft_policy(department).pk, "benefit_list": make_list(city, without, client_id="l").pk,
    }  # fmt: skip


def _industry_and_park(people):
    """Make a declared industry that waits with a step, its report, a community, a place outside, and a park."""
    own, day = people["township_office"], timezone.localdate()
    declaration = declared(own)
    step = plan_step(own, declaration, client_id="1", title="建检测中心", reaches=4, due_on=day)
    report = report_step(own, step, client_id="1", result="已建成", done_on=day, source="证书")
    counts = {"homes": 9, "services": 9, "firms": 9, "source": "台账", "as_of": day}
    community = enter_community(
        own, client_id="1", division=own.scope, name_zh="社区", address="东侧", industry_zh="汽配", **counts
    )
    outside = note_outside(
        people["city_office"], client_id="1", place_zh="云洲市（虚构）", industry_zh="汽配", sectors=["C36"], source="规划", as_of=day
    )  # fmt: skip
    park = register_park(own, client_id="1", division=own.scope, name_zh="集中区", industry_zh="汽配")
    return {
        "industry": declaration.pk, "step": step.pk, "report": report.pk, "community": community.pk, "outside": outside.pk, "park": park.pk,
    }  # fmt: skip


def _signals(unit):
    """Make a sign of 柳岸镇 that waits, one that it has explained, and one of 石门镇 that waits."""
    day = timezone.localdate()
    statistic = {"count": 60, "of": 120, "expected": 0.1, "low": 0.0, "high": 0.2, "peers": 9}
    statistic["series"] = {"labels": ["2031-06-30"], "own": [50.0], "peers": [10.0]}
    made = {
        name: Signal.objects.create(
            code=code, period="2031Q2", division_id=place, statistic=statistic, found_on=day, opens_on=day + timedelta(days=7)
        )
        for name, code, place in (("signal", "burst", LIUAN), ("heard", "too_flat", LIUAN), ("others", "burst", SHIMEN))
    }  # fmt: skip
    explain_signal(unit, made["heard"], "说明")
    return {name: signal.pk for name, signal in made.items()}


def _index_and_scheme(office):
    """Make an index with a frozen version and a draft, and a scheme in draft."""
    draft = design_index(office, code="beds", name_zh="床位指数", name_en="Beds", division=office.scope, period="2025")
    beds_alone = [{"code": "L01", "parent": "livelihood", "weight": 1.0, "worst": 0.0, "best": 90.0}]
    frozen = freeze_index(
        office, edit_index(office, draft, {**draft.spec, "indicators": beds_alone}), "依据", draws=100
    )
    new_version(office, frozen.design)
    make_scheme(office, code="beds", name_zh="方案", name_en="Scheme", index=frozen, bonus_cap=3, deduction_cap=3)
