"""Addresses of the matters room."""

from django.urls import path

from . import views
from .pages.urls import urlpatterns as kind_pages

app_name = "matters"
urlpatterns = [
    path("", views.matter_list, name="list"),
    path("queue/", views.queue, name="queue"),
    path("assign/", views.assign, name="assign"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/answer/", views.answer_notice, name="answer_notice"),
    *kind_pages,
    path("<str:number>/", views.matter, name="matter"),
    path("<str:number>/notices/", views.issue_notice, name="issue_notice"),
]
