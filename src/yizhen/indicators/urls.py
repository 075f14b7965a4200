"""Addresses of the indicators room."""

from django.urls import path

from . import views

app_name = "indicators"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("new/", views.define, name="define"),
    path("import/", views.import_workbook, name="import"),
    path("import/template.xlsx", views.template, name="template"),
    path("import/<int:pk>/", views.batch, name="batch"),
    path("import/<int:pk>/commit/", views.commit, name="commit"),
    path("import/<int:pk>/undo/", views.undo, name="undo"),
    path("<slug:code>/", views.indicator, name="indicator"),
    path("<slug:code>/compare/", views.compare, name="compare"),
    path("<slug:code>/compare/table.xlsx", views.compare_table, name="compare_table"),
    path("<slug:code>/<str:division>/", views.figure, name="figure"),
]
