"""Addresses of the indicators room."""

from django.urls import path

from .views import catalogue, comparison, imports, tables

app_name = "indicators"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("new/", catalogue.define, name="define"),
    path("import/", imports.import_workbook, name="import"),
    path("import/template.xlsx", imports.template, name="template"),
    path("import/tables/<int:pk>/", tables.table, name="table"),
    path("import/mappings/<int:pk>/forget/", tables.forget, name="forget_mapping"),
    path("import/<int:pk>/", imports.batch, name="batch"),
    path("import/<int:pk>/commit/", imports.commit, name="commit"),
    path("import/<int:pk>/undo/", imports.undo, name="undo"),
    path("<slug:code>/", catalogue.indicator, name="indicator"),
    path("<slug:code>/compare/", comparison.compare, name="compare"),
    path("<slug:code>/compare/table.xlsx", comparison.compare_table, name="compare_table"),
    path("<slug:code>/<str:division>/", catalogue.figure, name="figure"),
]
