"""Addresses of the exchange room."""

from django.urls import path

from . import views

app_name = "exchange"
urlpatterns = [
    path("", views.notes, name="notes"),
    path("new/", views.write, name="write"),
    path("figures/<int:pk>/", views.figure, name="figure"),
    path("<int:pk>/", views.note, name="note"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/figures/", views.cite, name="cite"),
    path("<int:pk>/figures/<int:figure>/remove/", views.uncite, name="uncite"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/publish/", views.publish, name="publish"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/questions/", views.ask, name="ask"),
    path("<int:pk>/questions/<int:question>/answer/", views.answer, name="answer"),
    path("<int:pk>/adoptions/", views.adopt, name="adopt"),
]
