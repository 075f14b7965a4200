"""Addresses of the matters room."""

from django.urls import include, path

from . import desk_urls, duty_urls, registering, views, views_clock
from .pages import routing_urls
from .pages.bounces import bounces
from .pages.evidence import thumbnail

app_name = "matters"
urlpatterns = [
    path("", views.matter_list, name="list"),
    *desk_urls.urlpatterns,
    path("clock/", views_clock.count_deadline, name="clock"),
    path("assign/", views.assign, name="assign"),
    path("register/", registering.register, name="register"),
    path("register/<slug:code>/", registering.register_kind, name="register_kind"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("evidence/<int:pk>/thumbnail/", thumbnail, name="thumbnail"),
    path("routing/", include(routing_urls)),
    path("bounces/", bounces, name="bounces"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/answer/", views.answer_notice, name="answer_notice"),
    *duty_urls.urlpatterns,
    path("<str:number>/", views.matter, name="matter"),
    path("<str:number>/sealed/", registering.open_sealed, name="open_sealed"),
    path("<str:number>/notices/", views.issue_notice, name="issue_notice"),
]
