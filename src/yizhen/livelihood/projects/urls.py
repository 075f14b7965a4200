"""Addresses of livelihood projects, below those of the room."""

from django.urls import path

from . import views, votes

urlpatterns = [
    path("", views.projects, name="projects"),
    path("new/", views.propose, name="propose"),
    path("votes/", votes.votes, name="votes"),
    path("votes/new/", votes.record, name="record_vote"),
    path("photos/<int:pk>/", views.photo, name="photo"),
    path("photos/<int:pk>/thumbnail/", views.thumbnail, name="thumbnail"),
    path("<int:pk>/", views.project, name="project"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/<slug:doing>/", views.act, name="act"),
]
