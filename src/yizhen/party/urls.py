"""Addresses of the party room."""

from django.urls import path

from . import views

app_name = "party"
urlpatterns = [
    path("", views.city, name="city"),
    path("items/<int:pk>/report/", views.report, name="report"),
    path("items/<int:pk>/check/", views.check, name="check"),
    path("items/<int:pk>/drop/", views.drop, name="drop"),
    path("meetings/<int:pk>/record/", views.record, name="record"),
    path("<str:code>/", views.township, name="township"),
    path("<str:code>/items/new/", views.new_item, name="new_item"),
    path("<str:code>/meetings/new/", views.new_meeting, name="new_meeting"),
]
