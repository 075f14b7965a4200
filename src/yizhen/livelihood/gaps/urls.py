"""Addresses of the pages of gaps, below those of the room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.own, name="own_gaps"),
    path("<slug:code>/", views.gaps, name="gaps"),
]
