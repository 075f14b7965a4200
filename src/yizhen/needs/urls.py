"""Addresses of the needs room."""

from django.urls import include, path

from yizhen.needs.door.views import on_behalf

app_name = "needs"
urlpatterns = [
    path("consultations/", include("yizhen.needs.consultations.urls")),
    path("talents/", include("yizhen.needs.talents.urls")),
    path("behalf/", on_behalf, name="on_behalf"),
]
