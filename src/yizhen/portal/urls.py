"""Addresses of the portal."""

from django.urls import path

from . import asking, consultations, exclusions, grids, large, policies, projects, talents, views

app_name = "portal"
urlpatterns = [
    path("", asking.ask, name="ask"),
    path("follow/", views.find, name="follow"),
    path("figures/", views.figures, name="figures"),
    path("figures/<slug:code>/", views.figure, name="figure"),
    path("grids/", grids.grids, name="grids"),
    path("grids/<str:code>/", grids.grid, name="grid"),
    path("excluded/", exclusions.excluded, name="excluded"),
    path("appeal/", exclusions.appeal, name="appeal"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/verdict/", projects.verdict, name="verdict"),
    path("projects/photos/<int:pk>/", projects.photo, name="project_photo"),
    path("projects/photos/<int:pk>/thumbnail/", projects.thumbnail, name="project_thumbnail"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/<int:pk>/", consultations.consultation, name="consultation"),
    path("policies/", policies.policies, name="policies"),
    path("talents/", talents.talents, name="talents"),
    path("large/", large.large, name="large"),
    path("promises/", views.promises, name="promises"),
]
