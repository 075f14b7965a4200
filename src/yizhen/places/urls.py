"""Addresses of the places room."""

from django.urls import path

from . import views

app_name = "places"
urlpatterns = [
    path("", views.places, name="places"),
    path("changes/", views.changes, name="changes"),
    path("<str:code>/grids/", views.grids, name="grids"),
    path("<str:code>/describe/", views.describe, name="describe"),
]
