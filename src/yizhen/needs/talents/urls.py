"""Addresses of talents' housing and deliveries, below those of the needs room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.talents, name="talents"),
    path("housing/new/", views.housing, name="housing"),
    path("deliveries/new/", views.delivery, name="delivery"),
    path("deliveries/<int:pk>/confirm/", views.confirm, name="confirm"),
]
