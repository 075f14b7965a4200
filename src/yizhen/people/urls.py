"""Addresses of the people room."""

from django.urls import path

from . import views
from .integrity import views as integrity
from .roster import views as roster

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/<str:secret>/", views.sign_in_by_link, name="sign_in_by_link"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("first-run/", views.first_run, name="first_run"),
    path("staff-mode/", views.staff_mode, name="staff_mode"),
    path("staff-mode/leave/", views.leave_staff_mode, name="leave_staff_mode"),
    path("accounts/", views.accounts, name="accounts"),
    path("password/", views.password, name="password"),
    path("officials/", views.officials, name="officials"),
    path("officials/figures/", roster.figures, name="roster"),
    path("officials/figures/<slug:code>/", roster.members, name="roster_members"),
    path("officials/commitments/", integrity.commitments, name="commitments"),
    path("officials/commitments/give/", integrity.give, name="give_commitment"),
    path("officials/commitments/paper/", integrity.record_paper, name="record_commitment"),
    path("officials/commitments/text/", integrity.set_text, name="commitment_text"),
    path("officials/import/", roster.import_table, name="roster_import"),
    path("officials/import/template/", roster.template, name="roster_template"),
    path("officials/<int:pk>/relations/", views.relations, name="relations"),
    path("accounts/<int:pk>/switch/", views.switch, name="switch"),
]
