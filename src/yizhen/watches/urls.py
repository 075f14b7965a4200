"""Addresses of the watches room."""

from django.urls import include, path

app_name = "watches"
urlpatterns = [
    path("", include("yizhen.watches.series.urls")),
    path("", include("yizhen.watches.emergency.urls")),
    path("", include("yizhen.watches.readiness.urls")),
]
