"""Addresses of the growth room."""

from django.urls import include, path

app_name = "growth"
urlpatterns = [
    path("projects/", include("yizhen.growth.projects.urls")),
    path("enterprises/", include("yizhen.growth.enterprises.urls")),
    path("policies/", include("yizhen.growth.policies.urls")),
    path("industry/", include("yizhen.growth.industry.urls")),
    path("parks/", include("yizhen.growth.parks.urls")),
]
