"""Addresses of enterprises, below those of the growth room."""

from django.urls import path

from . import payment_views, table_views, views

urlpatterns = [
    path("", views.firms, name="firms"),
    path("new/", views.register, name="register_firm"),
    path("import/", table_views.import_table, name="import_firms"),
    path("import/template.xlsx", table_views.template, name="firms_template"),
    path("table.xlsx", table_views.workbook, name="firms_workbook"),
    path("payments/", payment_views.payments, name="payments"),
    path("payments/table.xlsx", payment_views.payments_workbook, name="payments_workbook"),
    path("payments/<int:pk>/", payment_views.payment, name="payment"),
    path("<int:pk>/", views.firm, name="firm"),
    path("<int:pk>/change/", views.change, name="change_firm"),
    path("<int:pk>/officer/", views.officer, name="officer"),
    path("<int:pk>/ask/", views.ask, name="ask_for_firm"),
    path("<int:pk>/visit/", views.visit, name="visit"),
    path("<int:pk>/owe/", payment_views.owe, name="owe"),
]
