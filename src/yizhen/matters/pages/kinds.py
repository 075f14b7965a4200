"""Pages that show the kinds: all of them, and one with its way, clocks, fields, texts and cases."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yizhen.matters.actions.kinds import cases_of
from yizhen.matters.clock_words import SUSPENSION_NAMES
from yizhen.matters.diagram import lifecycle_svg
from yizhen.matters.kind_forms import ENTRY_NAMES, OPENER_NAMES, STAGE_NAMES, TYPE_NAMES, CopyForm
from yizhen.matters.kind_rules import may_configure
from yizhen.matters.kinds import KINDS, WORK_LINES, MatterKind
from yizhen.matters.kinds.cases import run_cases, shipped_cases
from yizhen.matters.kinds.traits import ways_of
from yizhen.matters.lifecycle import STATE_NAMES, VERB_NAMES, Verb
from yizhen.matters.lifecycle_words import UNIT_NAMES
from yizhen.matters.models import OwnKind

from .lifecycle import reader


@login_required
def kinds(request: HttpRequest) -> HttpResponse:
    """List all kinds, shipped and own, with their clocks and sources, and the drafts."""
    user = reader(request)
    own = list(OwnKind.objects.exclude(state="retired").select_related("by", "put_in_force_by"))
    in_force = {one.code: one for one in own if one.state == "in_force"}
    every = KINDS | {code: one.kind for code, one in in_force.items()}
    rows = [(kind, in_force.get(code), _clock_words(kind)) for code, kind in every.items()]
    context = {
        "rows": rows,
        "drafts": [one for one in own if one.state == "draft"],
        "may_configure": may_configure(user),
        "lines": WORK_LINES,
    }
    return render(request, "matters/kinds.html", context)


@login_required
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """Show one kind as it is in force, or its draft while there is nothing else."""
    user = reader(request)
    versions = list(OwnKind.objects.filter(code=code).select_related("by", "put_in_force_by").prefetch_related("cases"))
    own = next((one for one in versions if one.state == "in_force"), None)
    draft = next((one for one in versions if one.state == "draft"), None)
    if own is None and code not in KINDS:
        own = draft
    if own is None and code not in KINDS:
        raise Http404
    return render(
        request, "matters/kind.html", kind_context(code, own, draft, versions) | {"may_configure": may_configure(user)}
    )


def kind_context(code: str, own: OwnKind | None, draft: OwnKind | None, versions: list[OwnKind]) -> dict[str, object]:
    """Return what the page of a kind shows."""
    shown = own.kind if own else KINDS[code]
    cases = cases_of(own) if own else list(shipped_cases().get(code, ()))
    return {
        "kind": shown,
        "own": own,
        "draft": draft,
        "versions": versions,
        "copy": CopyForm(),
        "picture": lifecycle_svg(ways_of(shown), STATE_NAMES, VERB_NAMES, _("事项的一生")),
        "entry": ENTRY_NAMES[shown.entry],
        "line": WORK_LINES.get(shown.work_line, ""),
        "openers": [OPENER_NAMES[each] for each in shown.openers],
        "clocks": _clock_words(shown),
        "fields": [(each, TYPE_NAMES[each.type], STAGE_NAMES[each.stage]) for each in shown.fields],
        "reasons": [SUSPENSION_NAMES.get(each, each) for each in shown.suspensions],
        "texts": [(VERB_NAMES[Verb(verb)], text) for verb, text in shown.texts.items()],
        "outcomes": run_cases(shown, cases),
        "states": STATE_NAMES,
    }


def _clock_words(shown: MatterKind) -> list[dict[str, object]]:
    return [
        {
            "clock": clock,
            "unit": UNIT_NAMES[clock.unit],
            "starts": [VERB_NAMES[Verb(verb)] for verb in clock.starts],
            "stops": [VERB_NAMES[Verb(verb)] for verb in clock.stops],
        }
        for clock in shown.clocks
    ]
