"""Addresses of the signs."""

from django.urls import path

from . import signals

urlpatterns = [
    path("signals/", signals.signals, name="signals"),
    path("signals/find/", signals.find, name="find_signals"),
    path("signals/<int:pk>/", signals.signal, name="signal"),
    path("signals/<int:pk>/explain/", signals.explain, name="explain_signal"),
    path("signals/<int:pk>/decision/", signals.decide, name="decide_signal"),
]
