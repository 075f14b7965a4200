"""Pages of deputies' votes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yizhen.livelihood.reader import reader
from yizhen.web.errors import ErrorsAt
from yizhen.web.forms import posted

from . import actions
from .forms import VoteForm, congresses
from .queries import projects_visible_to, votes_visible_to


@login_required
def votes(request: HttpRequest) -> HttpResponse:
    """List the votes with their totals."""
    user = reader(request)
    context = {"votes": votes_visible_to(user), "may_record": bool(congresses(user))}
    return render(request, "livelihood/votes.html", context)


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """Record the totals of a vote: first which congress, then its candidates."""
    user = reader(request)
    places = congresses(user)
    if not places:
        raise PermissionDenied(_("票决结果由同级人大所在的办公室或者市级录入。"))
    asked = request.GET.get("place", "")
    place = next((one for one in places if one.code == asked), places[0])
    candidates = list(projects_visible_to(user).filter(stage="candidate", division__code__startswith=place.code))
    form = VoteForm(candidates, posted(request))
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in (*form.Meta.fields, "client_id")}
        with ErrorsAt(form):
            made = actions.record_vote(user, division=place, votes=form.votes, **fields)
            chosen = sum(one.chosen for one in made.tallies.all())
            messages.success(request, _("已录入，票决出 %(n)s 项。") % {"n": chosen})
            return redirect("livelihood:votes")
    context = {"form": form, "place": place, "places": places}
    return render(request, "livelihood/vote_form.html", context, status=400 if form.errors else 200)
