"""Addresses of dispatch rules, below /matters/routing/."""

from django.urls import path

from . import routing

urlpatterns = [
    path("", routing.routing, name="routing"),
    path("draft/", routing.draft, name="routing_draft"),
    path("in-force/", routing.put_in_force, name="routing_in_force"),
    path("rules/new/", routing.rule, name="routing_rule_new"),
    path("rules/<int:pk>/", routing.rule, name="routing_rule"),
    path("rules/<int:pk>/change/", routing.change_rule, name="routing_rule_change"),
    path("cases.xlsx", routing.cases_workbook, name="routing_workbook"),
    path("cases/", routing.upload_cases, name="routing_cases"),
    path("cases/<int:pk>/remove/", routing.remove_case, name="routing_case_remove"),
    path("try/", routing.trial, name="routing_trial"),
    path("learning/", routing.learning, name="routing_learning"),
]
