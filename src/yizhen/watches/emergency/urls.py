"""Addresses of emergency plans and duty rosters."""

from django.urls import path

from . import views

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.issue, name="issue_plan"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/next/", views.issue, name="next_plan"),
    path("duty/", views.duty, name="duty"),
    path("duty/mine/", views.mine, name="duty_mine"),
    path("duty/import/", views.import_shifts, name="duty_import"),
    path("duty/template.xlsx", views.shift_template, name="duty_template"),
    path("duty/<int:pk>/", views.roster, name="roster"),
    path("duty/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
]
