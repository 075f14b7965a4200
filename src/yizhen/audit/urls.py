"""Addresses of the audit room."""

from django.urls import path

from . import views

app_name = "audit"
urlpatterns = [path("", views.chain, name="chain")]
