"""Addresses of investment projects, below those of the growth room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.projects, name="projects"),
    path("new/", views.register, name="register"),
    path("rule/", views.rule, name="rule"),
    path("<int:pk>/", views.project, name="project"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/screen/", views.screen, name="screen"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/realised/", views.realised, name="realised"),
]
