"""Addresses of the indicators room."""

from django.urls import path

from .views import catalogue, comparison, fields, filling, imports, register

app_name = "indicators"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("new/", catalogue.define, name="define"),
    path("import/", imports.import_workbook, name="import"),
    path("import/template.xlsx", imports.template, name="template"),
    path("import/<int:pk>/", imports.batch, name="batch"),
    path("import/<int:pk>/commit/", imports.commit, name="commit"),
    path("import/<int:pk>/undo/", imports.undo, name="undo"),
    path("fields/", fields.fields, name="fields"),
    path("fields/new/", fields.new, name="field_new"),
    path("fields/<slug:code>/", fields.field, name="field"),
    path("fields/<slug:code>/retire/", fields.retire, name="field_retire"),
    path("forms/", register.forms, name="forms"),
    path("forms/new/", register.new, name="form_new"),
    path("forms/refuse/", register.refuse, name="refuse"),
    path("forms/replies/<slug:number>/", register.refusal, name="refusal"),
    path("forms/replies/<slug:number>/reply.docx", register.refusal_document, name="refusal_document"),
    path("forms/<slug:code>/", register.form, name="form"),
    path("forms/<slug:code>/decide/", register.decide, name="form_decide"),
    path("forms/<slug:code>/lines/<int:pk>/", register.take, name="form_take"),
    path("forms/<slug:code>/drop/", register.drop, name="form_drop"),
    path("forms/<slug:code>/rules/", register.set_rules, name="form_rules"),
    path("forms/<slug:code>/open/", register.open_window, name="form_open"),
    path("forms/<slug:code>/withdraw/", register.withdraw, name="form_withdraw"),
    path("forms/<slug:code>/known.xlsx", register.known_table, name="form_known"),
    path("filling/", filling.filling, name="filling"),
    path("filling/<int:pk>/", filling.collection, name="collection"),
    path("filling/<int:pk>/approve/", filling.approve, name="approve"),
    path("filling/<int:pk>/form.xlsx", filling.workbook, name="form_workbook"),
    path("filling/<int:pk>/upload/", filling.upload, name="form_upload"),
    path("filling/<int:pk>/sums/<slug:code>/", filling.rolled_up, name="rolled_up"),
    path("filling/<int:pk>/<slug:code>/", filling.sheet, name="sheet"),
    path("filling/<int:pk>/<slug:code>/cell/", filling.cell, name="cell"),
    path("filling/<int:pk>/<slug:code>/cells/<slug:field>/", filling.history, name="cell_history"),
    path("filling/<int:pk>/<slug:code>/return/", filling.give_back, name="give_back"),
    path("filling/<int:pk>/<slug:code>/extend/", filling.extend, name="extend"),
    path("burden/", register.burden_meter, name="burden"),
    path("<slug:code>/", catalogue.indicator, name="indicator"),
    path("<slug:code>/compare/", comparison.compare, name="compare"),
    path("<slug:code>/compare/table.xlsx", comparison.compare_table, name="compare_table"),
    path("<slug:code>/<str:division>/", catalogue.figure, name="figure"),
]
