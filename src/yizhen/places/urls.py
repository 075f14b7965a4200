"""Addresses of the places room."""

from django.urls import path

from . import calendar_views, views

app_name = "places"
urlpatterns = [
    path("", views.places, name="places"),
    path("changes/", views.changes, name="changes"),
    path("calendars/", calendar_views.calendars, name="calendars"),
    path("calendars/import/", calendar_views.import_table, name="import_calendar"),
    path("calendars/table.xlsx", calendar_views.table_file, name="calendar_file"),
    path("calendars/closures/<int:pk>/withdraw/", calendar_views.withdraw, name="withdraw_closure"),
    path("<str:code>/grids/", views.grids, name="grids"),
    path("<str:code>/describe/", views.describe, name="describe"),
]
