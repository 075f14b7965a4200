"""Addresses of the matters room."""

from django.urls import path

from . import views

app_name = "matters"
urlpatterns = [
    path("", views.matter_list, name="list"),
    path("queue/", views.queue, name="queue"),
    path("assign/", views.assign, name="assign"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("<str:number>/", views.matter, name="matter"),
]
