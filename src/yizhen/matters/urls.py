"""Addresses of the matters room."""

from django.urls import include, path

from . import views
from .pages import routing_urls
from .pages.bounces import bounces
from .pages.evidence import thumbnail

app_name = "matters"
urlpatterns = [
    path("", views.matter_list, name="list"),
    path("queue/", views.queue, name="queue"),
    path("assign/", views.assign, name="assign"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("evidence/<int:pk>/thumbnail/", thumbnail, name="thumbnail"),
    path("routing/", include(routing_urls)),
    path("bounces/", bounces, name="bounces"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/answer/", views.answer_notice, name="answer_notice"),
    path("<str:number>/", views.matter, name="matter"),
    path("<str:number>/notices/", views.issue_notice, name="issue_notice"),
]
