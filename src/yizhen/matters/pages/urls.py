"""Addresses of the kinds and of the lifecycle."""

from django.urls import path

from . import kind_editing, kinds, lifecycle

urlpatterns = [
    path("lifecycle/", lifecycle.lifecycle, name="lifecycle"),
    path("kinds/", kinds.kinds, name="kinds"),
    path("kinds/<str:code>/", kinds.kind, name="kind"),
    path("kinds/<str:code>/copy/", kind_editing.copy, name="copy_kind"),
    path("kinds/<str:code>/draft/", kind_editing.draft, name="kind_draft"),
    path("kinds/<str:code>/cases/", kind_editing.cases, name="kind_cases"),
    path("kinds/<str:code>/cases/upload/", kind_editing.upload, name="upload_cases"),
    path("kinds/<str:code>/cases/table.xlsx", kind_editing.table_file, name="cases_file"),
    path("kinds/<str:code>/force/", kind_editing.put_in_force, name="put_kind_in_force"),
    path("kinds/<str:code>/drop/", kind_editing.drop, name="drop_kind"),
]
