"""Addresses of industrial parks, below those of the growth room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.parks, name="parks"),
    path("new/", views.register, name="park_register"),
    path("<int:pk>/", views.park, name="park"),
    path("<int:pk>/change/", views.change, name="park_change"),
    path("<int:pk>/target/", views.target, name="park_target"),
    path("<int:pk>/figures/", views.figures, name="park_figures"),
]
