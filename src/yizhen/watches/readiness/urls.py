"""Addresses of readiness and emergencies."""

from django.urls import path

from . import views

urlpatterns = [
    path("readiness/", views.readiness, name="readiness"),
    path("readiness/enter/", views.enter, name="readiness_enter"),
    path("emergencies/", views.emergencies, name="emergencies"),
    path("emergencies/new/", views.open_emergency, name="open_emergency"),
    path("emergencies/<int:pk>/", views.emergency, name="emergency"),
    path("emergencies/<int:pk>/report/", views.report, name="report"),
    path("emergencies/<int:pk>/end/", views.end, name="end_emergency"),
    path("emergencies/<int:pk>/purge/", views.purge, name="purge"),
    path("emergencies/<int:pk>/certificate/", views.certificate, name="certificate"),
]
