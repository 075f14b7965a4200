"""Addresses of the field page: the service worker's own address decides what it reaches, /matters/field/ and no more."""

from django.urls import path

from .pages import field, field_setup

urlpatterns = [
    path("field/", field.page, name="field"),
    path("field/me/", field.me, name="field_me"),
    path("field/send/", field.send, name="field_send"),
    path("field/worker.js", field.worker, name="field_worker"),
    path("field/app.webmanifest", field.manifest, name="field_manifest"),
    path("field/setup/", field_setup.setup, name="field_setup"),
    path("field/setup/yizhen-ca.crt", field_setup.certificate, name="field_certificate"),
]
