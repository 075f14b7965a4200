"""Addresses of the indicators room."""

from django.urls import path

from .views import catalogue, comparison, imports, index_tables, indices, schemes

app_name = "indicators"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("new/", catalogue.define, name="define"),
    path("import/", imports.import_workbook, name="import"),
    path("import/template.xlsx", imports.template, name="template"),
    path("import/<int:pk>/", imports.batch, name="batch"),
    path("import/<int:pk>/commit/", imports.commit, name="commit"),
    path("import/<int:pk>/undo/", imports.undo, name="undo"),
    path("indices/", indices.index_list, name="indices"),
    path("indices/<slug:code>/again/", indices.index_again, name="index_again"),
    path("indices/<slug:code>/<int:number>/", indices.index_version, name="index_version"),
    path("indices/<slug:code>/<int:number>/edit/", indices.index_edit, name="index_edit"),
    path("indices/<slug:code>/<int:number>/freeze/", indices.index_freeze, name="index_freeze"),
    path("indices/<slug:code>/<int:number>/changes/", indices.index_changes, name="index_changes"),
    path("indices/<slug:code>/<int:number>/table.xlsx", index_tables.index_table, name="index_table"),
    path("indices/<slug:code>/<int:number>/place/<str:division>/", indices.index_place, name="index_place"),
    path("schemes/", schemes.scheme_list, name="schemes"),
    path("schemes/<slug:code>/", schemes.scheme, name="scheme"),
    path("schemes/<slug:code>/weights/", schemes.scheme_weights, name="scheme_weights"),
    path("schemes/<slug:code>/items/", schemes.scheme_item, name="scheme_item"),
    path("schemes/<slug:code>/entries/", schemes.scheme_entry, name="scheme_entry"),
    path("schemes/<slug:code>/entries/<int:entry>/", schemes.scheme_decide, name="scheme_decide"),
    path("schemes/<slug:code>/freeze/", schemes.scheme_freeze, name="scheme_freeze"),
    path("schemes/<slug:code>/table.xlsx", schemes.scheme_table, name="scheme_table"),
    path("schemes/<slug:code>/place/<str:division>/", schemes.scheme_place, name="scheme_place"),
    path("<slug:code>/", catalogue.indicator, name="indicator"),
    path("<slug:code>/compare/", comparison.compare, name="compare"),
    path("<slug:code>/compare/table.xlsx", comparison.compare_table, name="compare_table"),
    path("<slug:code>/<str:division>/", catalogue.figure, name="figure"),
]
