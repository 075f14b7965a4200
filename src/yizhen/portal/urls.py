"""Addresses of the portal."""

from django.urls import path

from . import exclusions, grids, views

app_name = "portal"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("follow/", views.find, name="follow"),
    path("figures/", views.figures, name="figures"),
    path("figures/<slug:code>/", views.figure, name="figure"),
    path("grids/", grids.grids, name="grids"),
    path("grids/<str:code>/", grids.grid, name="grid"),
    path("excluded/", exclusions.excluded, name="excluded"),
    path("appeal/", exclusions.appeal, name="appeal"),
    path("promises/", views.promises, name="promises"),
]
