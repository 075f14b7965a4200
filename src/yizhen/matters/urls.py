"""Addresses of the matters room."""

from django.urls import path

from . import desk_urls, views

app_name = "matters"
urlpatterns = [
    path("", views.matter_list, name="list"),
    *desk_urls.urlpatterns,
    path("assign/", views.assign, name="assign"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/answer/", views.answer_notice, name="answer_notice"),
    path("<str:number>/", views.matter, name="matter"),
    path("<str:number>/notices/", views.issue_notice, name="issue_notice"),
]
