"""Addresses of the console room."""

from django.urls import path

from . import views

app_name = "console"
urlpatterns = [
    path("", views.today, name="today"),
    path("headquarters/", views.headquarters, name="headquarters"),
    path("township/<str:code>/", views.township, name="township"),
    path("boards/", views.boards, name="boards"),
    path("search/", views.search, name="search"),
]
