"""Address of the demo's table."""

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [path("", views.heap, name="heap")]
