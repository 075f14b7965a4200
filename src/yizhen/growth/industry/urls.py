"""Addresses of distinctive industries, below those of the growth room."""

from django.urls import path

from . import entries, import_views, views

urlpatterns = [
    path("", views.industries, name="industries"),
    path("import/", import_views.import_table, name="industry_import"),
    path("import/template/", import_views.template, name="industry_template"),
    path("outside/", entries.outside, name="industry_outside"),
    path("outside/<int:pk>/withdraw/", entries.withdraw, name="industry_withdraw"),
    path("declarations/<int:pk>/decide/", views.decide, name="industry_decide"),
    path("declarations/<int:pk>/steps/new/", entries.step, name="industry_step"),
    path("steps/<int:pk>/report/", entries.report, name="industry_report"),
    path("reports/<int:pk>/check/", views.check, name="industry_check"),
    path("communities/<int:pk>/count/", entries.count, name="industry_count"),
    path("<str:code>/", views.township, name="industry_of"),
    path("<str:code>/declare/", entries.declare, name="industry_declare"),
    path("<str:code>/communities/new/", entries.community, name="industry_community"),
]
