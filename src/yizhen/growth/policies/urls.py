"""Addresses of enterprise policies, below those of the growth room."""

from django.urls import path

from . import granting_views, views

urlpatterns = [
    path("", views.policies, name="policies"),
    path("new/", views.draft, name="draft_policy"),
    path("checklist/", views.checklist, name="checklist"),
    path("procurement/", granting_views.procurement_shares, name="procurement"),
    path("redemptions/", granting_views.redemptions, name="redemptions"),
    path("redemptions/<int:pk>/", granting_views.redemption, name="redemption"),
    path("lists/<int:pk>/", granting_views.benefit_list, name="benefit_list"),
    path("lists/<int:pk>/confirm/", granting_views.confirm, name="confirm_list"),
    path("apply/<int:pk>/", granting_views.apply, name="apply"),
    path("<int:pk>/", views.policy, name="policy"),
    path("<int:pk>/change/", views.change, name="change_policy"),
    path("<int:pk>/force/", views.force, name="force_policy"),
    path("<int:pk>/end/", views.end, name="end_policy"),
    path("<int:pk>/version/", views.version, name="policy_version"),
    path("<int:pk>/fees/", views.fees, name="policy_fees"),
    path("<int:pk>/firms/", views.qualifying, name="qualifying"),
    path("<int:pk>/list/", granting_views.make_list, name="make_list"),
]
