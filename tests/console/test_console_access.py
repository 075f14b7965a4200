"""Every address as every role: who is let in, who is turned away, and that nobody finds what lies elsewhere."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, beds, bring_to, rectification, request, row, signed_in, task
from tests.growth.firms import draft as draft_policy
from tests.growth.firms import firm, policy
from tests.growth.industries import declared
from tests.indicators.forms import applied, opened, registered
from tests.matters.duties import asked, in_force, planned
from tests.matters.duties import draft as draft_duties
from tests.matters.gridded import GRID, listed
from tests.matters.routed import lamps_and_dykes
from tests.memory import remembered
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
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter, Signal
from yizhen.needs.consultations.actions import draft_consultation, open_consultation
from yizhen.needs.talents.actions import deliver_policy
from yizhen.party.actions import list_item, plan_meeting
from yizhen.people.models import ROLES
from yizhen.places.calendar_keeping import declare_closure
from yizhen.watches.emergency.actions import Duty, issue_plan, set_shifts
from yizhen.watches.models import Roster
from yizhen.watches.readiness.actions import open_emergency

OK, HOME, NO, NONE, POST = 200, 302, 403, 404, 405
ADMINS = ("system_admin", "security_admin", "audit_admin")
BUSINESS = tuple(role for role in ROLES if role not in ADMINS)


def only(*roles: str, otherwise: int = NO) -> dict[str, int]:
    return {role: OK if role in roles else otherwise for role in ROLES}


EVERYBODY = only(*ROLES)
BUSINESS_READERS = ("city_office", "county", "department", "township_head", "township_office")
NO_ADMINS = only(*BUSINESS, otherwise=NONE)
DISPATCHERS = only("city_office", "department", "county")
NO_ADMINS_NOTHING = only(otherwise=NONE) | dict.fromkeys(ADMINS, NO)
FILLERS = only("city_office", "county", "township_head", "township_office", "village", otherwise=NONE)
SENDERS = ("city_office", "department", "county")
VISITED = only(*SENDERS, "township_head", "township_office", "village", "grid_worker", otherwise=NONE)
NO_DESK = (*ADMINS, "scrutineer", "teller")
DESK = EVERYBODY | dict.fromkeys(NO_DESK, NO)
KEEPERS = only("city_office", "county", "department", "township_office")
ASKED = (*BUSINESS_READERS, "village")
COUNTERS = ("city_office", "county", "township_head", "township_office", "village")
ENTERS = only("city_office", "department", "township_head", "township_office")
PARK_KEEPERS = only("city_office", "county", "township_head", "township_office")
FIELD = only("township_head", "township_office", "village", "grid_worker")
IN_COUNTY = ("county", "township_head", "township_office", "village", "grid_worker")
# address → role → status; {…} are ids that the fixture fills in. Anonymous visitors are sent to sign in unless OPEN says otherwise.
# A sign of 柳岸镇 that only the town sees; those of no unit have no such page at all.
SIGNALLED = only("township_head", "township_office", otherwise=NO) | dict.fromkeys(
    ("city_office", "county", "department"), NONE
)
TOWNSHIP = ("township_head", "township_office")
FOURTH_BOARD = only("city_office", "county", *TOWNSHIP)
DRAFT_NOTE = only("city_office", *TOWNSHIP) | dict.fromkeys(("county", "department"), NONE)
EXCHANGE_AND_PARTY_PAGES: dict[str, dict[str, int]] = {
    "/officials/commitments/": only("city_office", *TOWNSHIP),
    "/party/": FOURTH_BOARD,
    f"/party/{LIUAN}/": FOURTH_BOARD,
    f"/party/{SHIMEN}/": only("city_office") | dict.fromkeys(("county", *TOWNSHIP), NONE),
    f"/party/{LIUAN}/items/new/": only(*TOWNSHIP),
    f"/party/{LIUAN}/meetings/new/": only(*TOWNSHIP),
    f"/party/{XITANG}/meetings/new/": only() | dict.fromkeys(TOWNSHIP, NONE),
    "/party/items/{item}/report/": only(*TOWNSHIP),
    "/party/items/{item}/check/": only(),
    "/party/items/{item}/drop/": only("city_office"),
    "/party/meetings/{meeting}/record/": only(*TOWNSHIP),
    "/party/meetings/999999/record/": only() | dict.fromkeys(("city_office", "county", *TOWNSHIP), NONE),
    "/exchange/": only(*BUSINESS_READERS),
    "/exchange/new/": only(*TOWNSHIP),
    "/exchange/{note}/": DRAFT_NOTE,
    "/exchange/{note}/change/": DRAFT_NOTE | {"city_office": NO},
    "/exchange/figures/999999/": only() | dict.fromkeys(BUSINESS_READERS, NONE),
    "/exchange/999999/": only() | dict.fromkeys(BUSINESS_READERS, NONE),
}
EXCHANGE_AND_PARTY_POSTS: dict[str, dict[str, int]] = {
    "/officials/commitments/give/": only() | dict.fromkeys(("city_office", *TOWNSHIP), NONE),  # nobody's own log-in
    "/officials/commitments/paper/": only() | {"city_office": 400},
    "/officials/commitments/text/": only() | {"city_office": 400},
    "/matters/{task}/recusals/": only(otherwise=NONE)
    | dict.fromkeys(("city_office", "county", "department", *TOWNSHIP), 400),
    "/matters/{task}/recusals/999999/lift/": only(otherwise=NONE),
    "/matters/{petition}/recusals/": only(otherwise=NONE) | dict.fromkeys(("city_office", "county", *TOWNSHIP), 400),
    f"/party/{LIUAN}/items/new/": only() | dict.fromkeys(TOWNSHIP, 400),
    f"/party/{LIUAN}/meetings/new/": only() | dict.fromkeys(TOWNSHIP, 400),
    "/party/items/{item}/report/": only() | dict.fromkeys(TOWNSHIP, 400),
    "/party/items/{item}/check/": only(),
    "/party/items/{item}/drop/": only() | {"city_office": 400},
    "/party/meetings/{meeting}/record/": only() | dict.fromkeys(TOWNSHIP, 400),
    "/exchange/new/": only() | dict.fromkeys(TOWNSHIP, 400),
    "/exchange/{note}/figures/": DRAFT_NOTE | dict.fromkeys(TOWNSHIP, 400) | {"city_office": NO},
    "/exchange/{note}/figures/999999/remove/": DRAFT_NOTE | dict.fromkeys(("city_office", *TOWNSHIP), NONE),
    "/exchange/{note}/check/": DRAFT_NOTE | {"city_office": 400, "township_head": 400, "township_office": NO},
    "/exchange/{note}/publish/": DRAFT_NOTE | dict.fromkeys(("city_office", *TOWNSHIP), NO),
    "/exchange/{note}/withdraw/": DRAFT_NOTE | dict.fromkeys(("city_office", *TOWNSHIP), NO),
    "/exchange/{note}/questions/": DRAFT_NOTE | dict.fromkeys(("city_office", *TOWNSHIP), 400),
    "/exchange/{note}/adoptions/": DRAFT_NOTE | dict.fromkeys(("city_office", *TOWNSHIP), 400),
}
READERS_NOTHING = only() | dict.fromkeys(BUSINESS_READERS, NONE)
READERS_WRONG = only() | dict.fromkeys(BUSINESS_READERS, 400)
TOWN_WRONG = only() | dict.fromkeys(("township_head", "township_office"), 400)
# A firm of 柳岸镇: its township, county and city; a department only where it is in charge or serves.
IN_CIRCLE = only("city_office", "county", "township_head", "township_office") | {"department": NONE}
PAGES: dict[str, dict[str, int]] = {
    **EXCHANGE_AND_PARTY_PAGES,
    "/": EVERYBODY,
    "/headquarters/": only("city_office", "county"),
    "/boards/": only(*(role for role in BUSINESS if role not in ("scrutineer", "teller"))),
    "/search/": EVERYBODY,
    "/search/?q=柳岸": EVERYBODY,
    f"/township/{LIUAN}/": EVERYBODY,
    f"/township/{SHIMEN}/": EVERYBODY,
    "/township/990181/": only(otherwise=NONE),
    "/township/990181101201/": only(otherwise=NONE),
    "/township/999999999/": only(otherwise=NONE),
    "/accounts/": only("system_admin", "security_admin"),
    "/password/": EVERYBODY,
    "/officials/": only("city_office", "county"),
    "/growth/projects/": only(*BUSINESS_READERS),
    "/growth/projects/new/": only("city_office", "department", "township_head", "township_office"),
    "/growth/projects/rule/": only(*BUSINESS_READERS),
    # livelihood
    "/livelihood/projects/": only(*BUSINESS_READERS),
    "/livelihood/projects/new/": only("department", "township_head", "township_office"),
    "/livelihood/projects/votes/": only(*BUSINESS_READERS),
    "/livelihood/projects/votes/new/": only("city_office", "county", "township_head", "township_office"),
    "/livelihood/projects/999999/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, NONE),
    "/livelihood/projects/photos/999999/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, NONE),
    "/livelihood/facilities/": only(*BUSINESS_READERS),
    "/livelihood/facilities/new/": only("department", "township_head", "township_office"),
    "/livelihood/facilities/rule/": only(*BUSINESS_READERS),
    "/livelihood/facilities/999999/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, NONE),
    "/livelihood/gaps/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, HOME),
    f"/livelihood/gaps/{LIUAN}/": only(*BUSINESS_READERS),
    f"/livelihood/gaps/{SHIMEN}/": only(*BUSINESS_READERS),
    "/livelihood/gaps/9901/": only(*BUSINESS_READERS),
    "/livelihood/gaps/990181101201/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, NONE),
    "/needs/consultations/": only(*ASKED),
    "/needs/consultations/new/": only(*BUSINESS_READERS),
    "/needs/consultations/{consultation}/": only(*ASKED),
    "/needs/consultations/{consultation}/change/": only("city_office"),
    "/needs/talents/": only(*BUSINESS_READERS),
    "/needs/talents/housing/new/": ENTERS,
    "/needs/talents/deliveries/new/": ENTERS,
    "/needs/talents/deliveries/{delivery}/confirm/": only("city_office", "township_head", "township_office"),
    "/needs/behalf/": only(*COUNTERS),
    "/growth/enterprises/": only(*BUSINESS_READERS),
    "/growth/enterprises/?q=示例": only(*BUSINESS_READERS),
    "/growth/enterprises/new/": only(*BUSINESS_READERS),
    "/growth/enterprises/import/": only(*BUSINESS_READERS),
    "/growth/enterprises/import/template.xlsx": only(*BUSINESS_READERS),
    "/growth/enterprises/table.xlsx": only(*BUSINESS_READERS),
    "/growth/enterprises/payments/": only(*BUSINESS_READERS),
    "/growth/enterprises/payments/table.xlsx": only(*BUSINESS_READERS),
    "/growth/enterprises/payments/{payment}/": IN_CIRCLE | {"department": OK},  # it is the debtor
    "/growth/enterprises/{firm}/": IN_CIRCLE,
    "/growth/enterprises/{firm}/change/": IN_CIRCLE,
    "/growth/enterprises/{firm}/visit/": IN_CIRCLE,
    "/growth/enterprises/{firm}/ask/": IN_CIRCLE,
    "/growth/enterprises/{firm}/owe/": IN_CIRCLE,
    "/growth/enterprises/999999/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, NONE),
    "/growth/policies/": only(*BUSINESS_READERS),
    "/growth/policies/new/": only("city_office", "department"),
    "/growth/policies/checklist/": only(*BUSINESS_READERS),
    "/growth/policies/procurement/": only(*BUSINESS_READERS),
    "/growth/policies/redemptions/": only(*BUSINESS_READERS),
    "/growth/policies/redemptions/{redemption}/": IN_CIRCLE | {"department": OK},  # it grants the policy
    "/growth/policies/apply/{firm}/": IN_CIRCLE,
    "/growth/policies/lists/{benefit_list}/": only("city_office", "department")
    | dict.fromkeys(("county", "township_head", "township_office"), NONE),
    "/growth/policies/{policy}/": only(*BUSINESS_READERS),
    "/growth/policies/{policy}/firms/": only(*BUSINESS_READERS),
    "/growth/policies/{policy}/change/": only(otherwise=NO),
    "/growth/policies/{policy_draft}/": only("city_office", "department")
    | dict.fromkeys(("county", "township_head", "township_office"), NONE),
    "/growth/policies/{policy_draft}/change/": only("city_office", "department")
    | dict.fromkeys(("county", "township_head", "township_office"), NONE),
    "/growth/industry/": only(*BUSINESS_READERS),
    f"/growth/industry/{LIUAN}/": only(*BUSINESS_READERS),
    f"/growth/industry/{SHIMEN}/": only(*BUSINESS_READERS),
    "/growth/industry/999999999/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, NONE),
    f"/growth/industry/{LIUAN}/declare/": only("township_head", "township_office"),
    f"/growth/industry/{LIUAN}/communities/new/": only("township_head", "township_office"),
    "/growth/industry/outside/": only(*BUSINESS_READERS),
    "/growth/industry/import/": only("city_office", "county", "township_head", "township_office"),
    "/growth/industry/import/template/": only("city_office", "county", "township_head", "township_office"),
    "/growth/industry/declarations/{industry}/steps/new/": only("township_head", "township_office"),
    "/growth/industry/steps/{step}/report/": only("township_head", "township_office"),
    "/growth/industry/communities/{community}/count/": only("township_head", "township_office"),
    "/growth/parks/": only(*BUSINESS_READERS),
    "/growth/parks/{park}/": only(*BUSINESS_READERS),
    "/growth/parks/new/": PARK_KEEPERS,
    "/growth/parks/{park}/change/": PARK_KEEPERS,
    "/growth/parks/{park}/figures/": PARK_KEEPERS,
    "/growth/parks/{park}/target/": only("city_office", "county"),
    "/officials/figures/": only("city_office"),
    "/officials/figures/young/": only("city_office"),
    "/officials/import/": only("city_office"),
    "/officials/import/template/": only("city_office"),
    "/staff-mode/": only("city_office", "county", "system_admin", "security_admin"),
    "/places/": EVERYBODY,
    "/places/changes/": EVERYBODY,
    "/places/calendars/": EVERYBODY,
    f"/places/calendars/?place={SHIMEN}": EVERYBODY,
    "/places/calendars/?place=990122101201": only(otherwise=NONE),
    "/places/calendars/table.xlsx": EVERYBODY,
    "/places/calendars/import/": only("city_office"),
    f"/places/{LIUAN}/describe/": only("city_office", "county", "system_admin"),
    f"/places/{SHIMEN}/describe/": only("city_office", "system_admin"),
    "/places/990181101201/describe/": only("city_office", "county", "system_admin") | {"grid_worker": NONE},
    "/places/990122101201/describe/": only("city_office", "system_admin")
    | dict.fromkeys(("county", "township_head", "township_office", "village", "grid_worker"), NONE),
    "/places/990181101201/grids/": EVERYBODY | {"grid_worker": NONE},
    "/places/990122101201/grids/": EVERYBODY
    | dict.fromkeys(("county", "township_head", "township_office", "village", "grid_worker"), NONE),
    "/places/999999/describe/": only(otherwise=NONE),
    "/indicators/": EVERYBODY,
    "/indicators/new/": only("city_office"),
    "/indicators/import/": only("city_office", "department"),
    "/indicators/import/template.xlsx": only("city_office", "department"),
    "/indicators/import/{batch}/": only("city_office", otherwise=NONE),
    "/indicators/import/{own_batch}/": only("city_office", "department", otherwise=NONE),
    "/indicators/import/tables/{table}/": only("department", otherwise=NONE),
    "/indicators/import/tables/999999/": only(otherwise=NONE),
    "/indicators/import/999999/": only(otherwise=NONE),
    "/indicators/import/99999999999999999999/": only(otherwise=NONE),
    "/indicators/L01/": NO_ADMINS,
    "/indicators/NOPE/": only(otherwise=NONE),
    "/indicators/L01/compare/": NO_ADMINS,
    "/indicators/L01/compare/table.xlsx": NO_ADMINS,
    "/indicators/L01/thresholds/": only("city_office", otherwise=NO) | dict.fromkeys(ADMINS, NONE),
    "/indicators/NOPE/compare/": only(otherwise=NONE),
    "/indicators/indices/": EVERYBODY,
    "/indicators/indices/beds/1/": NO_ADMINS,
    "/indicators/indices/beds/2/": only("city_office", otherwise=NONE),
    "/indicators/indices/beds/2/edit/": only("city_office", otherwise=NONE),
    "/indicators/indices/beds/2/changes/": only("city_office", otherwise=NONE),
    "/indicators/indices/beds/9/": only(otherwise=NONE),
    "/indicators/indices/beds/1/table.xlsx": NO_ADMINS,
    f"/indicators/indices/beds/1/place/{SHIMEN}/": NO_ADMINS,
    f"/indicators/indices/beds/1/place/{GUDU}/": only(otherwise=NONE),
    "/indicators/schemes/": EVERYBODY,
    "/indicators/schemes/beds/": only("city_office", "department", otherwise=NONE),
    "/indicators/schemes/beds/weights/": only("city_office", otherwise=NONE) | {"department": NO},
    "/indicators/schemes/beds/table.xlsx": only("city_office", "department", otherwise=NONE),
    f"/indicators/schemes/beds/place/{LIUAN}/": only("city_office", "department", otherwise=NONE),
    "/indicators/schemes/nothing/": only(otherwise=NONE),
    f"/indicators/L01/{LIUAN}/": NO_ADMINS,
    f"/indicators/L01/{SHIMEN}/": NO_ADMINS,
    f"/indicators/L01/{GUDU}/": only(otherwise=NONE),
    "/indicators/P03/990122101201/": only("city_office", "department", "scrutineer", "teller", otherwise=NONE),
    "/indicators/P03/990181101201/": only(
        "city_office",
        "department",
        "scrutineer",
        "teller",
        "county",
        "township_head",
        "township_office",
        "village",
        otherwise=NONE,
    ),
    "/indicators/fields/": EVERYBODY,
    "/indicators/fields/table.xlsx": EVERYBODY,
    "/indicators/fields/new/": only("city_office"),
    "/indicators/fields/BEDS/": NO_ADMINS,
    "/indicators/fields/NOPE/": only(otherwise=NONE),
    "/indicators/forms/": EVERYBODY,
    "/indicators/forms/new/": only("city_office", "department"),
    "/indicators/forms/F-101/": NO_ADMINS,
    "/indicators/forms/F-101/known.xlsx": NO_ADMINS,
    "/indicators/forms/F-102/": only("city_office", otherwise=NONE),
    "/indicators/forms/refuse/": only("county", "township_head", "township_office", "village"),
    "/indicators/forms/replies/NOPE/": only(otherwise=NONE),
    "/indicators/filling/": EVERYBODY,
    "/indicators/filling/{collection}/": FILLERS,
    "/indicators/filling/{collection}/form.xlsx": FILLERS,
    "/indicators/filling/{collection}/990181101201/": FILLERS,
    "/indicators/filling/{collection}/990122101201/": only("city_office", otherwise=NONE),
    "/indicators/filling/{collection}/990181101201/cells/F101_01/": FILLERS,
    "/indicators/filling/{collection}/sums/990181101/": FILLERS | {"village": NO},
    "/indicators/filling/999999/": only(otherwise=NONE),
    "/indicators/overview/": EVERYBODY,
    "/indicators/overview/table.xlsx": EVERYBODY,
    f"/indicators/board/{SHIMEN}/": EVERYBODY,
    "/indicators/board/990181101201/": only(otherwise=NONE),
    f"/indicators/neighbours/{SHIMEN}/": EVERYBODY,
    "/indicators/burden/table.xlsx": only(*BUSINESS) | dict.fromkeys(("scrutineer", "teller", "grid_worker"), NO),
    "/indicators/burden/": only(*BUSINESS) | dict.fromkeys(("scrutineer", "teller", "grid_worker"), NO),
    "/matters/": EVERYBODY,
    "/matters/queue/": EVERYBODY,
    "/matters/clock/": EVERYBODY,
    f"/matters/clock/?amount=5&unit=working_day&start=2026-07-02&place={SHIMEN}": EVERYBODY,
    "/matters/clock/?amount=5&unit=working_day&start=2026-07-02&place=990122101201": only(otherwise=400),
    "/matters/field/": EVERYBODY,
    "/matters/field/me/": FIELD,
    "/matters/field/worker.js": EVERYBODY,
    "/matters/field/app.webmanifest": EVERYBODY,
    "/matters/field/setup/": EVERYBODY,
    "/matters/field/setup/yizhen-ca.crt": only(otherwise=NONE),  # none was made
    "/matters/board/": DESK,
    "/matters/calendar/": DESK,
    "/matters/calendar/?day=2026-03-02": DESK,
    "/matters/calendar/nothing.ics": only(otherwise=NONE),
    "/matters/searches/": DESK,
    "/matters/digest/": DESK,
    "/matters/bulk/": DESK,
    "/matters/bulk/?m={far}": DESK | dict.fromkeys((*IN_COUNTY, "department"), NONE),
    "/matters/bulk/{run}/": only("city_office", otherwise=NONE) | dict.fromkeys(NO_DESK, NO),
    "/matters/replies/": KEEPERS,
    "/matters/replies/{reply}/": only("department", otherwise=NONE)
    | {role: NO for role, status in KEEPERS.items() if status == NO},
    "/matters/assign/": only("city_office", "department", "county"),
    "/matters/whistle/": EVERYBODY,
    "/matters/teams/": EVERYBODY,
    "/matters/{task}/teams/": only("city_office", "county", "township_head", "township_office", otherwise=NONE)
    | {"department": NO},
    "/matters/{far}/teams/": only("city_office", otherwise=NONE),
    "/matters/grids/": EVERYBODY,
    "/matters/grids/services/": only(*BUSINESS) | dict.fromkeys(("scrutineer", "teller"), NO),
    "/matters/grids/refuse/": only("township_head", "township_office", "village", "grid_worker"),
    "/matters/grids/990181101201001/": only(
        "city_office",
        "county",
        "department",
        "township_head",
        "township_office",
        "village",
        "grid_worker",
        otherwise=NONE,
    ),
    "/matters/grids/990122101201001/": only(otherwise=NONE),
    "/matters/grids/refusals/{refusal}/": only(
        "city_office",
        "county",
        "department",
        "township_head",
        "township_office",
        "village",
        "grid_worker",
        otherwise=NONE,
    ),
    "/matters/grids/refusals/{refusal}/reply.docx": only(
        "city_office",
        "county",
        "department",
        "township_head",
        "township_office",
        "village",
        "grid_worker",
        otherwise=NONE,
    ),
    "/matters/register/": only(
        "city_office", "county", "department", "township_head", "township_office", "village", "grid_worker"
    ),
    "/matters/register/petition/": only(
        "city_office", "county", "department", "township_head", "township_office", "village"
    ),
    "/matters/register/accusation/": only("city_office", "county"),
    "/matters/register/grid_event/": only(
        "city_office", "county", "township_head", "township_office", "village", "grid_worker"
    ),
    "/matters/register/nothing/": only(otherwise=NONE),
    "/matters/{petition}/": only("city_office", "county", "township_head", "township_office", otherwise=NONE),
    "/matters/{accusation}/": only("city_office", "county", otherwise=NONE),
    "/matters/call-backs/": only("city_office", "county", "township_head", "township_office"),
    "/matters/call-backs/999999/": only(otherwise=NONE),
    "/matters/rates/": only("city_office", "county", "township_head", "township_office"),
    "/matters/rates/weights/": only("city_office"),
    "/matters/rates/table.xlsx": only("city_office", "county", "township_head", "township_office"),
    "/matters/signals/": only("city_office", "department", "county", "township_head", "township_office"),
    "/matters/signals/{signal}/": SIGNALLED,
    "/matters/signals/{heard}/": SIGNALLED | dict.fromkeys(("city_office", "county"), OK),
    "/matters/signals/{others}/": SIGNALLED | dict.fromkeys(("township_head", "township_office"), NONE),
    "/matters/{task}/whistle/": only("township_head", "township_office", otherwise=NONE)
    | dict.fromkeys(("city_office", "department", "county"), NO),
    "/matters/{far}/whistle/": only(otherwise=NONE) | {"city_office": NO},
    "/matters/lifecycle/": only(*BUSINESS),
    "/matters/lifecycle/?kind=petition": only(*BUSINESS),
    "/matters/kinds/": only(*BUSINESS),
    "/matters/kinds/petition/": only(*BUSINESS),
    "/matters/kinds/nothing/": NO_ADMINS_NOTHING,
    "/matters/kinds/hazard/draft/": only("city_office"),
    "/matters/kinds/hazard/cases/": only("city_office"),
    "/matters/kinds/hazard/cases/table.xlsx": only("city_office"),
    "/matters/kinds/petition/draft/": only(otherwise=NO) | {"city_office": NONE},
    "/matters/{task}/": only("city_office", "department", "county", "township_head", "township_office", otherwise=NONE),
    "/matters/{health_task}/": only("city_office", "county", "township_head", "township_office", otherwise=NONE),
    "/matters/{village}/": only("city_office", "county", "township_head", "township_office", "village", otherwise=NONE),
    "/matters/{neighbour}/": only("city_office", "county", otherwise=NONE),
    "/matters/{far}/": only("city_office", otherwise=NONE),
    "/matters/R1999-00001/": only(otherwise=NONE),
    "/matters/evidence/999999/": only(otherwise=NONE),
    "/matters/duties/": EVERYBODY,
    "/matters/duties/list.xlsx": NO_ADMINS,
    "/matters/duties/template.xlsx": only("city_office"),
    "/matters/duties/import/": only("city_office"),
    "/matters/duties/new/": only("city_office"),
    "/matters/duties/gate/": only(*SENDERS),
    "/matters/duties/items/{duty}/": NO_ADMINS,
    "/matters/duties/items/{duty}/edit/": only("city_office"),
    "/matters/duties/items/999999/": only(otherwise=NONE),
    "/matters/duties/drafts/{draft}/": only("city_office", otherwise=NONE),
    "/matters/{task}/refuse/": only("township_head", "township_office", otherwise=NONE) | dict.fromkeys(SENDERS, NO),
    "/matters/{far}/refuse/": only(otherwise=NONE) | {"city_office": NO},
    "/matters/refusals/NOPE/": only(otherwise=NONE),
    "/matters/refusals/NOPE/reply.docx": only(otherwise=NONE),
    "/matters/admissions/": EVERYBODY,
    "/matters/admissions/new/": only("department"),
    "/matters/admissions/terms/": only("city_office"),
    "/matters/admissions/{admission}/": only("city_office", "department", otherwise=NONE),
    "/matters/admissions/NOPE/": only(otherwise=NONE),
    "/matters/inspections/": EVERYBODY,
    "/matters/inspections/new/": only(*SENDERS),
    "/matters/inspections/{plan}/": VISITED,
    "/matters/inspections/NOPE/": only(otherwise=NONE),
    f"/matters/inspections/at/{LIUAN}/": VISITED | dict.fromkeys(("scrutineer", "teller", *ADMINS), NO),
    f"/matters/inspections/at/{SHIMEN}/": only("city_office", "department", otherwise=NONE)
    | dict.fromkeys(("scrutineer", "teller", *ADMINS), NO),
    "/matters/evidence/999999/thumbnail/": only(otherwise=NONE),
    "/matters/bounces/": DISPATCHERS,
    "/matters/routing/": DISPATCHERS,
    "/matters/routing/?version=1": DISPATCHERS,
    "/matters/routing/?version=2": only("city_office") | dict.fromkeys(("department", "county"), NONE),
    "/matters/routing/?version=9": only() | dict.fromkeys(("city_office", "department", "county"), NONE),
    "/matters/routing/cases.xlsx": DISPATCHERS,
    "/matters/routing/try/": DISPATCHERS,
    "/matters/routing/learning/": DISPATCHERS,
    "/matters/routing/rules/new/": only("city_office"),
    "/matters/routing/rules/{rule}/": only("city_office"),
    "/matters/routing/rules/{old_rule}/": only() | {"city_office": NONE},
    "/matters/routing/rules/999999/": only() | {"city_office": NONE},
    "/audit/": only("audit_admin"),
    "/no/such/page/": only(otherwise=NONE),
    # watches: a watch of the EMG in 柳岸镇, one of another department in 石门镇
    "/watches/": only(*BUSINESS_READERS),
    "/watches/new/": only(*SENDERS),
    "/watches/{watch}/": only(*BUSINESS_READERS),
    "/watches/{far_watch}/": READERS_NOTHING | {"city_office": OK},
    f"/watches/{{watch}}/{LIUAN}/": only(*BUSINESS_READERS),
    f"/watches/{{watch}}/{SHIMEN}/": READERS_NOTHING,
    f"/watches/{{far_watch}}/{SHIMEN}/": READERS_NOTHING | {"city_office": OK},
    f"/watches/{{watch}}/{LIUAN}/table.xlsx": only(*BUSINESS_READERS),
    "/watches/{watch}/import/": only(*BUSINESS_READERS),
    "/watches/{watch}/import/template.xlsx": only(*BUSINESS_READERS),
    "/watches/{watch}/thresholds/": only(*BUSINESS_READERS),
    "/watches/{watch}/interface/": only("city_office", "department"),
    "/watches/{watch}/change/": only("city_office", "department"),
    "/watches/99999999999999999999/": READERS_NOTHING,
    "/watches/api/1/readings/": only(otherwise=POST),  # no session counts there, a token alone
    "/watches/plans/": only(*BUSINESS_READERS),
    "/watches/plans/new/": only(*BUSINESS_READERS),
    "/watches/plans/{watch_plan}/": only(*BUSINESS_READERS),
    "/watches/plans/{watch_plan}/next/": only("township_head", "township_office"),
    "/watches/duty/": only(*BUSINESS_READERS),
    "/watches/duty/mine/": only(*BUSINESS_READERS),
    "/watches/duty/import/": only(*BUSINESS_READERS),
    "/watches/duty/template.xlsx": only(*BUSINESS_READERS),
    "/watches/duty/{roster}/": only(*BUSINESS_READERS),
    "/watches/duty/999999/": READERS_NOTHING,
    "/watches/readiness/": only(*BUSINESS_READERS),
    "/watches/readiness/enter/": only(*BUSINESS_READERS),
    "/watches/emergencies/": only(*BUSINESS_READERS),
    "/watches/emergencies/new/": only("city_office", "department"),
    "/watches/emergencies/{emergency}/": only(*BUSINESS_READERS),
    "/watches/emergencies/{emergency}/certificate/": READERS_NOTHING,
}
POSTS: dict[str, dict[str, int]] = {
    **EXCHANGE_AND_PARTY_POSTS,
    "/indicators/import/rates/": only(otherwise=HOME),  # "x" is no month
    "/matters/signals/find/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/signals/{signal}/explain/": SIGNALLED | dict.fromkeys(("township_head", "township_office"), 400),
    "/matters/signals/{signal}/decision/": SIGNALLED | dict.fromkeys(("township_head", "township_office"), NO),
    "/matters/signals/{heard}/explain/": SIGNALLED
    | dict.fromkeys(("township_head", "township_office", "city_office", "county"), NO),
    "/matters/signals/{heard}/decision/": SIGNALLED
    | dict.fromkeys(("township_head", "township_office"), NO)
    | dict.fromkeys(("city_office", "county"), 400),
    "/matters/signals/{others}/explain/": SIGNALLED | dict.fromkeys(("township_head", "township_office"), NONE),
    "/matters/{far}/": only(otherwise=NONE) | {"city_office": NO},
    "/matters/{task}/whistle/": only(otherwise=NONE)
    | dict.fromkeys(("city_office", "department", "county"), NO)
    | dict.fromkeys(("township_head", "township_office"), 400),
    "/matters/rates/weights/": only(otherwise=NO) | {"city_office": 400},
    "/matters/teams/": only(otherwise=NO) | dict.fromkeys(("city_office", "county"), 400),
    "/matters/teams/{team}/leave/": only(otherwise=NONE)
    | dict.fromkeys(("city_office", "county", "township_head", "township_office"), HOME)
    | {"department": NO},
    "/matters/teams/links/{link}/end/": only(otherwise=NONE) | {"city_office": HOME},  # and then it is ended
    "/matters/{task}/teams/": only(otherwise=NONE)
    | {"department": NO}
    | dict.fromkeys(("city_office", "county", "township_head", "township_office"), 400),
    "/matters/grids/services/": only(otherwise=NO) | {"city_office": 400},
    "/matters/grids/services/{service}/withdraw/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/grids/micro/{micro}/retire/": only(otherwise=NONE)
    | dict.fromkeys(("village", "grid_worker", "department"), NO)
    | dict.fromkeys(("city_office", "county", "township_head", "township_office"), HOME),
    "/matters/grids/refusals/{refusal}/": only(otherwise=NONE)
    | dict.fromkeys(("city_office", "county", "township_head", "township_office", "village", "grid_worker"), NO)
    | {"department": 400},
    "/matters/grids/refuse/": only(otherwise=NO)
    | dict.fromkeys(("township_head", "township_office", "village", "grid_worker"), 400),
    "/matters/register/petition/": only(otherwise=NO)
    | dict.fromkeys(("city_office", "county", "department", "township_head", "township_office", "village"), 400),
    "/matters/{petition}/sealed/": only(otherwise=NONE)
    | dict.fromkeys(("city_office", "county", "township_head", "township_office"), 400),
    "/matters/{accusation}/sealed/": only(otherwise=NONE) | dict.fromkeys(("city_office", "county"), 400),
    "/matters/{far}/exclusion/": only(otherwise=NONE) | {"city_office": NO},
    "/matters/{far}/exclusion/decision/": only(otherwise=NONE),
    "/matters/{far}/rating/": only(otherwise=NONE) | {"city_office": NO},
    "/indicators/filling/{collection}/990181101201/return/": only(otherwise=NONE)
    | dict.fromkeys(("county", "township_head", "township_office", "city_office"), HOME)
    | {"village": NO},
    "/indicators/filling/{collection}/990181101201/extend/": only(otherwise=NONE)
    | dict.fromkeys(("county", "township_head", "township_office", "village"), NO)
    | {"city_office": HOME},
    "/indicators/filling/{collection}/990122101201/return/": only(otherwise=NONE) | {"city_office": HOME},
    "/indicators/filling/{collection}/990122101201/cell/": only(otherwise=NONE) | {"city_office": 400},
    "/indicators/filling/{collection}/990122101201/": only(otherwise=NONE) | {"city_office": NO},
    "/indicators/filling/{collection}/approve/": only(otherwise=NONE)
    | dict.fromkeys(("county", "township_head", "township_office", "city_office"), HOME)
    | {"village": NO},
    "/indicators/forms/F-102/decide/": only(otherwise=NONE) | {"city_office": 400},
    "/indicators/forms/F-101/rules/": only(otherwise=NONE) | dict.fromkeys(BUSINESS, NO) | {"city_office": HOME},
    "/indicators/forms/F-101/withdraw/": only(otherwise=NONE) | dict.fromkeys(BUSINESS, NO) | {"city_office": HOME},
    "/places/calendars/": only(otherwise=NO) | dict.fromkeys(("city_office", "county"), 400),
    "/places/calendars/import/": only(otherwise=NO) | {"city_office": 400},
    "/places/calendars/closures/{closure}/withdraw/": only(otherwise=NO) | {"city_office": HOME},
    "/places/calendars/closures/999999/withdraw/": only(otherwise=NONE),
    "/matters/field/send/": {role: 400 if status == OK else NO for role, status in FIELD.items()},
    "/matters/calendar/feed/": DESK,
    "/matters/calendar/feed/revoke/": only(otherwise=HOME) | dict.fromkeys(NO_DESK, NO),
    "/matters/searches/": only(otherwise=400) | dict.fromkeys(NO_DESK, NO),
    "/matters/searches/{search}/drop/": only(otherwise=NONE) | dict.fromkeys(NO_DESK, NO) | {"city_office": HOME},
    "/matters/bulk/": only(otherwise=400) | dict.fromkeys(NO_DESK, NO),
    "/matters/replies/": KEEPERS | {role: 400 for role, status in KEEPERS.items() if status == OK},
    "/matters/replies/{reply}/drop/": KEEPERS
    | {role: NONE for role, status in KEEPERS.items() if status == OK}
    | {"department": HOME},
    "/matters/routing/draft/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/routing/in-force/": only(otherwise=NO) | {"city_office": 400},
    "/matters/routing/rules/new/": only(otherwise=NO) | {"city_office": 400},
    "/matters/routing/rules/{rule}/": only(otherwise=NO) | {"city_office": 400},
    "/matters/routing/rules/{rule}/change/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/routing/rules/{old_rule}/change/": only(otherwise=NO) | {"city_office": NONE},
    "/matters/routing/cases/": only(otherwise=NO) | {"city_office": 400},
    "/matters/routing/cases/{case}/remove/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/routing/cases/999999/remove/": only(otherwise=NO) | {"city_office": NONE},
    "/matters/routing/try/": only(otherwise=NO) | dict.fromkeys(("city_office", "department", "county"), 400),
    "/matters/kinds/hazard/copy/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/kinds/hazard/draft/": only(otherwise=NO) | {"city_office": 400},
    "/matters/kinds/hazard/cases/": only(otherwise=NO) | {"city_office": HOME},
    "/matters/kinds/hazard/cases/upload/": only(otherwise=NO) | {"city_office": 400},
    "/matters/kinds/hazard/force/": only(otherwise=NO),
    "/matters/kinds/nothing/drop/": only(otherwise=NO) | {"city_office": NONE},
    "/matters/assign/": only(otherwise=NO) | dict.fromkeys(("city_office", "department", "county"), 400),
    "/matters/duties/import/": only(otherwise=NO) | {"city_office": 400},
    "/matters/duties/new/": only(otherwise=NO) | {"city_office": 400},
    "/matters/duties/items/{duty}/edit/": only(otherwise=NO) | {"city_office": 400},
    "/matters/duties/drafts/{draft}/": only("city_office", otherwise=NONE),
    # Refused once: the head does it, and then there is nothing left to refuse for the office.
    "/matters/{task}/refuse/": only(otherwise=NONE)
    | dict.fromkeys(SENDERS, NO)
    | {"township_head": HOME, "township_office": NO},
    "/matters/admissions/new/": only(otherwise=NO) | {"department": 400},
    "/matters/admissions/terms/": only(otherwise=NO) | {"city_office": 400},
    "/matters/admissions/{admission}/": only(otherwise=NONE) | {"city_office": 400, "department": NO},
    "/matters/inspections/new/": only(otherwise=NO) | dict.fromkeys(SENDERS, 400),
    "/matters/inspections/{plan}/": {role: NO if status == OK else status for role, status in VISITED.items()}
    | {"department": OK},
    "/indicators/new/": only(otherwise=NO) | {"city_office": 400},
    "/indicators/import/{batch}/commit/": only(otherwise=NONE) | {"city_office": HOME},
    "/indicators/import/{batch}/undo/": only(otherwise=NONE) | {"city_office": HOME},
    "/indicators/import/tables/{table}/": only("department", otherwise=NONE),
    "/indicators/import/mappings/{mapping}/forget/": only(otherwise=NONE) | {"department": HOME},
    "/indicators/indices/": only(otherwise=NO) | {"city_office": 400},
    "/indicators/indices/beds/2/edit/": only(otherwise=NONE) | {"city_office": 400},
    "/indicators/indices/beds/2/freeze/": only(otherwise=NONE) | {"city_office": HOME},
    "/indicators/indices/beds/again/": only(otherwise=NO) | {"city_office": HOME} | dict.fromkeys(ADMINS, NONE),
    "/indicators/schemes/": only(otherwise=NO) | {"city_office": 400},
    "/indicators/schemes/beds/items/": only(otherwise=NONE) | dict.fromkeys(("city_office", "department"), 400),
    "/indicators/schemes/beds/entries/": only(otherwise=NONE) | dict.fromkeys(("city_office", "department"), 400),
    "/indicators/schemes/beds/entries/999999/": only(otherwise=NONE),
    "/indicators/schemes/beds/freeze/": only(otherwise=NONE) | {"city_office": HOME, "department": NO},
    f"/places/{SHIMEN}/describe/": only(otherwise=NO) | dict.fromkeys(("city_office", "system_admin"), HOME),
    "/accounts/{account}/switch/": only(otherwise=HOME),  # to staff mode first
    "/staff-mode/leave/": only(otherwise=HOME),
    "/password/": only(otherwise=400),
    "/growth/projects/new/": only(otherwise=NO)
    | dict.fromkeys(("city_office", "department", "township_head", "township_office"), 400),
    "/growth/projects/rule/": only(otherwise=NO) | {"city_office": 400},
    "/livelihood/projects/new/": only(otherwise=NO)
    | dict.fromkeys(("department", "township_head", "township_office"), 400),
    "/livelihood/projects/votes/new/": only(otherwise=NO)
    | dict.fromkeys(("city_office", "county", "township_head", "township_office"), 400),
    "/livelihood/facilities/new/": only(otherwise=NO)
    | dict.fromkeys(("department", "township_head", "township_office"), 400),
    "/livelihood/facilities/rule/": only(otherwise=NO) | {"city_office": 400},
    "/needs/consultations/new/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, 400),
    "/needs/consultations/{consultation}/publish/": only(otherwise=NO) | {"city_office": 400},
    "/needs/consultations/{consultation}/invitations/": only(otherwise=NO) | {"city_office": 400},
    "/needs/consultations/{consultation}/outcome/": only(otherwise=NO) | {"city_office": 400},
    "/needs/talents/housing/new/": {role: 400 if status == OK else NO for role, status in ENTERS.items()},
    "/needs/talents/deliveries/new/": {role: 400 if status == OK else NO for role, status in ENTERS.items()},
    "/needs/talents/deliveries/{delivery}/confirm/": only(otherwise=NO)
    | dict.fromkeys(("city_office", "township_head", "township_office"), 400),
    "/needs/behalf/": only(otherwise=NO) | dict.fromkeys(COUNTERS, 400),
    "/growth/enterprises/new/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, 400),
    "/growth/enterprises/import/": only(otherwise=NO) | dict.fromkeys(BUSINESS_READERS, 400),
    "/growth/enterprises/{firm}/change/": {role: 400 if status == OK else status for role, status in IN_CIRCLE.items()},
    "/growth/enterprises/{firm}/visit/": {role: 400 if status == OK else status for role, status in IN_CIRCLE.items()},
    "/growth/enterprises/{firm}/owe/": {role: 400 if status == OK else status for role, status in IN_CIRCLE.items()},
    "/growth/enterprises/{firm}/ask/": {role: 400 if status == OK else status for role, status in IN_CIRCLE.items()},
    "/growth/enterprises/{firm}/officer/": {
        role: HOME if status == OK else status for role, status in IN_CIRCLE.items()
    },
    "/growth/enterprises/payments/{payment}/": {
        role: 400 if status == OK else status for role, status in IN_CIRCLE.items()
    }
    | {"department": NO},
    "/growth/policies/apply/{firm}/": {role: 400 if status == OK else status for role, status in IN_CIRCLE.items()},
    "/growth/policies/new/": only(otherwise=NO) | dict.fromkeys(("city_office", "department"), 400),
    "/growth/policies/procurement/": only(otherwise=NO) | dict.fromkeys(("city_office", "department"), 400),
    "/growth/policies/redemptions/{redemption}/": only(otherwise=NO) | {"department": 400},
    "/growth/policies/lists/{benefit_list}/confirm/": only(otherwise=NO)
    | dict.fromkeys(("county", "township_head", "township_office"), NONE)
    | {"department": HOME},
    "/growth/policies/{policy}/list/": only(otherwise=NO) | dict.fromkeys(("city_office", "department"), 400),
    "/growth/policies/{policy}/end/": only(otherwise=NO) | dict.fromkeys(("city_office", "department"), 400),
    "/growth/policies/{policy}/fees/": only(otherwise=NO) | dict.fromkeys(("city_office", "department"), 400),
    # Once: then it is in force, and then there is a draft of its next version.
    "/growth/policies/{policy_draft}/force/": only(otherwise=NO) | {"city_office": HOME, "department": 400},
    "/growth/policies/{policy_draft}/version/": only(otherwise=NO) | {"city_office": HOME, "department": 400},
    f"/growth/industry/{LIUAN}/declare/": only(otherwise=NO) | dict.fromkeys(("township_head", "township_office"), 400),
    f"/growth/industry/{LIUAN}/communities/new/": only(otherwise=NO)
    | dict.fromkeys(("township_head", "township_office"), 400),
    "/growth/industry/outside/": only(otherwise=NO) | {"city_office": 400},
    "/growth/industry/outside/{outside}/withdraw/": only(otherwise=NO) | {"city_office": HOME},
    "/growth/industry/import/": only(otherwise=NO)
    | dict.fromkeys(("city_office", "county", "township_head", "township_office"), 400),
    "/growth/industry/declarations/{industry}/decide/": only(otherwise=NO)
    | dict.fromkeys(("city_office", "county"), 400),
    "/growth/industry/declarations/{industry}/steps/new/": only(otherwise=NO)
    | dict.fromkeys(("township_head", "township_office"), 400),
    "/growth/industry/steps/{step}/report/": only(otherwise=NO)
    | dict.fromkeys(("township_head", "township_office"), 400),
    "/growth/industry/reports/{report}/check/": only(otherwise=NO) | dict.fromkeys(("city_office", "county"), 400),
    "/growth/industry/communities/{community}/count/": only(otherwise=NO)
    | dict.fromkeys(("township_head", "township_office"), 400),
    "/growth/parks/new/": {role: 400 if status == OK else NO for role, status in PARK_KEEPERS.items()},
    "/growth/parks/{park}/change/": {role: 400 if status == OK else NO for role, status in PARK_KEEPERS.items()},
    "/growth/parks/{park}/figures/": {role: 400 if status == OK else NO for role, status in PARK_KEEPERS.items()},
    "/growth/parks/{park}/target/": only(otherwise=NO) | dict.fromkeys(("city_office", "county"), 400),
    "/officials/import/": only(otherwise=NO) | {"city_office": 400},
    "/officials/": only(otherwise=NO) | dict.fromkeys(("city_office", "county"), 400),
    "/watches/new/": only() | dict.fromkeys(SENDERS, 400),
    "/watches/{watch}/change/": only() | dict.fromkeys(("city_office", "department"), 400),
    "/watches/{watch}/enter/": READERS_WRONG,
    "/watches/{far_watch}/enter/": READERS_NOTHING | {"city_office": 400},
    "/watches/{watch}/import/": READERS_WRONG,
    "/watches/{watch}/thresholds/": only() | dict.fromkeys(("city_office", "department"), 400),
    "/watches/{watch}/thresholds/999999/end/": only() | dict.fromkeys(("city_office", "department"), NONE),
    "/watches/{watch}/interface/": only() | dict.fromkeys(("city_office", "department"), 400),
    "/watches/{watch}/interface/999999/revoke/": only() | dict.fromkeys(("city_office", "department"), NONE),
    "/watches/{watch}/end/": only() | dict.fromkeys(("city_office", "department"), HOME),
    "/watches/plans/new/": READERS_WRONG,
    "/watches/plans/{watch_plan}/next/": TOWN_WRONG,
    "/watches/duty/mine/": only() | dict.fromkeys(BUSINESS_READERS, HOME),  # an empty week
    "/watches/duty/import/": READERS_WRONG,
    "/watches/duty/{roster}/hand-over/": TOWN_WRONG,
    "/watches/readiness/enter/": READERS_WRONG,
    "/watches/emergencies/new/": only() | dict.fromkeys(("city_office", "department"), 400),
    "/watches/emergencies/{emergency}/report/": READERS_WRONG,
    "/watches/emergencies/{emergency}/end/": only() | dict.fromkeys(("city_office", "department"), HOME),
    "/watches/emergencies/{emergency}/purge/": only() | dict.fromkeys(("city_office", "department"), HOME),
}
TABLE = "地区,应整改数,按期核验销号数\n柳岸镇,10,9\n"
ANSWERS_A_SCRIPT = {"/matters/field/send/": 401}  # a redirect to a sign-in page must not look like a receipt
OPEN = {
    "/matters/field/": OK,
    "/matters/field/me/": 401,
    "/matters/field/worker.js": OK,
    "/matters/field/app.webmanifest": OK,
    "/matters/field/setup/": OK,
    "/matters/field/setup/yizhen-ca.crt": NONE,
    "/matters/calendar/nothing.ics": NONE,
    "/ask/": OK,
    "/ask/follow/": OK,
    "/ask/promises/": OK,
    "/ask/projects/": OK,
    "/ask/projects/999999/": NONE,
    "/ask/grids/": OK,
    "/ask/grids/990181101201001/": OK,
    "/ask/grids/990181101201/": NONE,
    "/ask/excluded/": OK,
    "/ask/appeal/": OK,
    f"/ask/?place={LIUAN}": OK,
    "/ask/?about=talent": OK,
    "/ask/consultations/": OK,
    "/ask/consultations/999999/": NONE,
    "/ask/talents/": OK,
    "/ask/large/?on=1": HOME,
    "/sign-in/": OK,
    "/first-run/": 410,
    "/watches/api/1/readings/": POST,
    "/no/such/page/": NONE,
}


@pytest.fixture
@remembered
def site(db):
    """A city with matters, figures, imports and an account of each role."""
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


def test_every_page_as_every_role(site):
    people, ids = site
    clients = {role: signed_in(user) for role, user in people.items()}

    found = {page: {role: clients[role].get(page.format(**ids)).status_code for role in ROLES} for page in PAGES}

    assert {page: statuses for page, statuses in found.items() if statuses != PAGES[page]} == {}


@pytest.mark.once
def test_every_change_as_every_role(site):
    people, ids = site
    clients = {role: signed_in(user) for role, user in people.items()}

    found = {
        page: {role: clients[role].post(page.format(**ids), {"verb": "accept", "x": "1"}).status_code for role in ROLES}
        for page in POSTS
    }

    assert {page: statuses for page, statuses in found.items() if statuses != POSTS[page]} == {}


def test_every_page_and_change_without_an_account_leads_to_sign_in(site):
    _people, ids = site
    client = Client()

    answers = [(page, client.get(page.format(**ids))) for page in PAGES if page not in OPEN]
    answers += [
        (page, client.post(page.format(**ids), {"verb": "accept"})) for page in POSTS if page not in ANSWERS_A_SCRIPT
    ]

    wrong = [
        page
        for page, response in answers
        if response.status_code != 302 or not response.headers["Location"].startswith("/sign-in/")
    ]
    assert wrong == []
    assert {page: client.post(page).status_code for page in ANSWERS_A_SCRIPT} == ANSWERS_A_SCRIPT


def test_open_pages_need_no_account(site):
    client = Client()

    assert {page: client.get(page).status_code for page in OPEN} == OPEN


def test_changes_by_a_mere_link_are_refused(site):
    people, ids = site
    client = signed_in(people["city_office"], staff_mode=True)
    pages = [
        "/indicators/import/{batch}/commit/",
        "/indicators/import/{batch}/undo/",
        "/places/calendars/closures/{closure}/withdraw/",
        "/matters/routing/draft/",
        "/matters/routing/in-force/",
        "/matters/routing/cases/",
        "/matters/routing/rules/{rule}/change/",
        "/matters/routing/cases/{case}/remove/",
        "/indicators/indices/beds/2/freeze/",
        "/indicators/schemes/beds/items/",
        "/matters/field/send/",
        "/matters/calendar/feed/",
        "/matters/searches/{search}/drop/",
        "/staff-mode/leave/",
        "/accounts/{account}/switch/",
        "/sign-out/",
    ]

    assert [client.get(page.format(**ids)).status_code for page in pages] == [POST] * len(pages)


def test_changes_without_the_form_token_are_refused(site):
    people, ids = site
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["city_office"], backend="django.contrib.auth.backends.ModelBackend")

    assert [client.post(page.format(**ids), {"x": "1"}).status_code for page in POSTS] == [NO] * len(POSTS)


# --- what the pages hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_search_finds_nothing_outside_the_scope(site, role):
    people, _ids = site
    client = signed_in(people[role])
    far = {
        m.division_id
        for word in ("路灯", "整改", "排查")
        for m in client.get("/search/", {"q": word}).context["matters"]
    }
    villages = {d.code for d in client.get("/search/", {"q": "村"}).context["places"]}

    scope = people[role].scope_id
    assert [code for code in far if not code.startswith(scope)] == []
    assert [code for code in villages if not code.startswith(scope)] == []
    if role in ADMINS:
        assert (far, list(client.get("/search/", {"q": "率"}).context["indicators"])) == (set(), [])


@pytest.mark.once
@pytest.mark.parametrize("role", ADMINS)
def test_administrators_see_no_business_data_on_any_page(site, role):
    people, ids = site
    client = signed_in(people[role])
    pages = [page for page, statuses in PAGES.items() if statuses[role] == OK and page != "/audit/"]
    words = [ids[name] for name in ("task", "village", "neighbour", "far")] + [
        "前湾村路灯",
        "石门镇整改",
        "汛期隐患排查",
        "19.14",
    ]

    found = {
        (page, word) for page in pages for word in words if word.encode() in client.get(page.format(**ids)).content
    }

    assert found == set()


@pytest.mark.once
@pytest.mark.parametrize("role", ["township_head", "township_office", "village", "grid_worker"])
def test_nothing_of_another_township_is_on_any_page(site, role):
    people, ids = site
    client = signed_in(people[role])
    pages = [page for page, statuses in PAGES.items() if statuses[role] == OK]

    words = [ids["neighbour"], ids["far"], "西塘桥路灯", "石门镇整改", "塘西村", "石门村"]
    found = {
        (page, word) for page in pages for word in words if word.encode() in client.get(page.format(**ids)).content
    }

    assert found == set()


@pytest.mark.parametrize(
    ("role", "own", "due"),
    [("city_office", True, 2), ("county", True, 2), ("township_office", True, 3), ("township_head", True, 3), ("village", False, 1),
     ("grid_worker", False, 0), ("department", True, 0), ("scrutineer", True, 0)],
)  # fmt: skip
def test_counts_on_today_and_township_pages_are_of_the_own_scope(site, role, own, due):
    people, _ids = site
    client = signed_in(people[role])

    here, there = client.get(f"/township/{LIUAN}/").context, client.get(f"/township/{XITANG}/").context

    assert client.get("/").context["due_count"] == due
    assert here["own"] == own
    if role in {"township_head", "township_office", "village", "grid_worker"}:
        assert "threads" not in there


def test_headquarters_counts_the_own_county_only(site):
    people, _ids = site

    rows = {role: signed_in(people[role]).get("/headquarters/").context["rows"] for role in ("city_office", "county")}

    assert {role: {r.division.code: (r.total, r.promises) for r in found} for role, found in rows.items()} == {
        "city_office": {LIUAN: (5, 0), XITANG: (1, 0), GUDU: (0, 0), SHIMEN: (1, 1), "990103001": (0, 0)},
        "county": {LIUAN: (5, 0), XITANG: (1, 0), GUDU: (0, 0)},
    }


def test_headquarters_counts_bounces_on_the_sender(site):
    people, _ids = site
    bring_to(
        State.RETURNED, task(people["department"]), handler=people["township_office"], verifier=people["department"]
    )

    bounces = signed_in(people["county"]).get("/headquarters/").context["bounces"]

    assert [(row.unit.code, row.sent, row.returned) for row in bounces] == [("EMG", 2, 1), ("HEA", 1, 0)]


@pytest.mark.parametrize(
    "text", ["%", "_", "'\"", "\\", "<script>", "🪡", "长" * 5000, "{{ 1 }}", "..", "%s", "\u202e", "-1"]
)
def test_odd_words_break_no_search_and_are_shown_as_text(site, text):
    people, _ids = site
    office, auditor = signed_in(people["city_office"]), signed_in(people["audit_admin"])
    pages = ["/search/", "/places/", "/matters/", "/matters/board/"]

    answers = [office.get(page, {"q": text, "page": text, "place": text, "thread": text}) for page in pages]
    answers.append(auditor.get("/audit/", {"q": text, "page": text}))

    assert [response.status_code for response in answers] == [200] * 5
    assert ["<script>" in response.content.decode() for response in answers] == [False] * 5


@pytest.mark.parametrize("word", ["nosuch", "长" * 60, "%25", "🪡", "'"])
def test_odd_words_in_an_address_are_not_found(site, word):
    people, _ids = site
    client = signed_in(people["city_office"])
    pages = [f"/township/{word}/", f"/matters/{word}/", f"/places/{word}/describe/", f"/indicators/L01/{word}/"]

    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
