"""Addresses of watches."""

from django.urls import path

from . import api, views

urlpatterns = [
    path("", views.watches, name="watches"),
    path("new/", views.define, name="define"),
    path("api/<int:pk>/readings/", api.receive, name="receive"),
    path("<int:pk>/", views.watch, name="watch"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/enter/", views.enter, name="enter"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/import/", views.import_table, name="import"),
    path("<int:pk>/import/template.xlsx", views.template, name="template"),
    path("<int:pk>/thresholds/", views.thresholds, name="thresholds"),
    path("<int:pk>/thresholds/<int:version>/end/", views.end_threshold, name="end_threshold"),
    path("<int:pk>/interface/", views.interface, name="interface"),
    path("<int:pk>/interface/<int:token>/revoke/", views.revoke, name="revoke"),
    path("<int:pk>/<slug:place>/", views.series, name="series"),
    path("<int:pk>/<slug:place>/table.xlsx", views.series_table, name="series_table"),
]
