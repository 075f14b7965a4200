"""Addresses of consultations, below those of the needs room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.consultations, name="consultations"),
    path("new/", views.draft, name="ask"),
    path("<int:pk>/", views.consultation, name="consultation"),
    path("<int:pk>/change/", views.draft, name="change"),
    path("<int:pk>/publish/", views.publish, name="publish"),
    path("<int:pk>/invitations/", views.invitations, name="invitations"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/outcome/", views.outcome, name="outcome"),
]
