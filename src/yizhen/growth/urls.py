"""Addresses of the growth room."""

from django.urls import path

from . import views

app_name = "growth"
urlpatterns = [
    path("projects/", views.projects, name="projects"),
    path("projects/new/", views.register, name="register"),
    path("projects/rule/", views.rule, name="rule"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/change/", views.change, name="change"),
    path("projects/<int:pk>/screen/", views.screen, name="screen"),
    path("projects/<int:pk>/move/", views.move, name="move"),
    path("projects/<int:pk>/realised/", views.realised, name="realised"),
]
