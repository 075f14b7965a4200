"""Addresses of facilities, below those of the room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.facilities, name="facilities"),
    path("new/", views.open_facility, name="open_facility"),
    path("rule/", views.rule, name="use_rule"),
    path("<int:pk>/", views.facility, name="facility"),
    path("<int:pk>/change/", views.change, name="change_facility"),
    path("<int:pk>/use/", views.use, name="use"),
]
