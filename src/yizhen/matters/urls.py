"""Addresses of the matters room."""

from django.urls import include, path

from . import desk_urls, duty_urls, field_urls, registering, views, views_clock
from .pages import call_backs, exclusion, grids, letters, rates, recusing, routing_urls, teams, whistle
from .pages.bounces import bounces
from .pages.evidence import thumbnail
from .pages.signal_urls import urlpatterns as signal_pages
from .pages.urls import urlpatterns as kind_pages

app_name = "matters"
urlpatterns = [
    path("", views.matter_list, name="list"),
    *desk_urls.urlpatterns,
    path("clock/", views_clock.count_deadline, name="clock"),
    path("assign/", views.assign, name="assign"),
    path("register/", registering.register, name="register"),
    path("register/<slug:code>/", registering.register_kind, name="register_kind"),
    *field_urls.urlpatterns,
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("evidence/<int:pk>/thumbnail/", thumbnail, name="thumbnail"),
    path("routing/", include(routing_urls)),
    path("bounces/", bounces, name="bounces"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/answer/", views.answer_notice, name="answer_notice"),
    path("grids/", grids.grids, name="grids"),
    path("grids/services/", grids.services, name="services"),
    path("grids/services/<int:pk>/withdraw/", grids.withdraw, name="withdraw_service"),
    path("grids/refuse/", grids.demand, name="refuse_demand"),
    path("grids/refusals/<int:pk>/", grids.refusal, name="grid_refusal"),
    path("grids/refusals/<int:pk>/reply.docx", grids.refusal_document, name="grid_refusal_document"),
    path("grids/micro/<int:pk>/retire/", grids.retire, name="retire_micro_grid"),
    path("grids/<str:code>/", grids.grid, name="grid"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:pk>/leave/", teams.leave, name="leave_team"),
    path("teams/links/<int:pk>/end/", teams.unlink, name="unlink"),
    *duty_urls.urlpatterns,
    path("rates/", rates.rates, name="rates"),
    path("rates/weights/", rates.weights, name="rate_weights"),
    path("rates/table.xlsx", rates.rates_workbook, name="rates_workbook"),
    path("call-backs/", call_backs.call_backs, name="call_backs"),
    path("call-backs/<int:pk>/", call_backs.draw, name="draw"),
    path("call-backs/<int:pk>/answer/", call_backs.record, name="record_call_back"),
    *signal_pages,
    path("whistle/", whistle.whistle, name="whistle"),
    path("<str:number>/teams/", teams.call_team, name="call_team"),
    path("<str:number>/letters/<slug:verb>/", letters.letter, name="letter"),
    path("<str:number>/letters/<slug:verb>/letter.docx", letters.document, name="letter_document"),
    path("<str:number>/whistle/", whistle.call, name="call"),
    path("<str:number>/rating/", whistle.rate, name="rate_whistle"),
    path("<str:number>/exclusion/", exclusion.ask, name="ask_exclusion"),
    path("<str:number>/exclusion/decision/", exclusion.decide, name="decide_exclusion"),
    path("<str:number>/recusals/", recusing.stand_aside, name="recuse"),
    path("<str:number>/recusals/<int:pk>/lift/", recusing.lift, name="lift_recusal"),
    *kind_pages,
    path("<str:number>/", views.matter, name="matter"),
    path("<str:number>/sealed/", registering.open_sealed, name="open_sealed"),
    path("<str:number>/notices/", views.issue_notice, name="issue_notice"),
]
