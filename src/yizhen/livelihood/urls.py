"""Addresses of the livelihood room."""

from django.urls import include, path

app_name = "livelihood"
urlpatterns = [
    path("projects/", include("yizhen.livelihood.projects.urls")),
    path("facilities/", include("yizhen.livelihood.facilities.urls")),
    path("gaps/", include("yizhen.livelihood.gaps.urls")),
]
