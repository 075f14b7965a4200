"""Addresses of the duty list, admissions, refusals and inspections; part of the room's addresses."""

from django.urls import path

from .pages import admissions, duties, inspections, refusing

urlpatterns = [
    path("duties/", duties.duty_list, name="duties"),
    path("duties/list.xlsx", duties.download, name="duties_xlsx"),
    path("duties/template.xlsx", duties.template, name="duties_template"),
    path("duties/import/", duties.upload, name="duties_import"),
    path("duties/gate/", duties.gate_answer, name="duties_gate"),
    path("duties/new/", duties.new, name="duty_new"),
    path("duties/drafts/<int:pk>/", duties.draft, name="duty_draft"),
    path("duties/items/<int:pk>/", duties.item, name="duty"),
    path("duties/items/<int:pk>/edit/", duties.edit, name="duty_edit"),
    path("refusals/<str:number>/", refusing.refusal, name="refusal"),
    path("refusals/<str:number>/reply.docx", refusing.document, name="refusal_document"),
    path("admissions/", admissions.admissions, name="admissions"),
    path("admissions/new/", admissions.new, name="admission_new"),
    path("admissions/terms/", admissions.terms, name="admission_terms"),
    path("admissions/<str:number>/", admissions.admission, name="admission"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/new/", inspections.new, name="inspection_new"),
    path("inspections/at/<str:code>/", inspections.calendar, name="inspection_calendar"),
    path("inspections/<str:number>/", inspections.inspection, name="inspection"),
    path("<str:number>/refuse/", refusing.refuse, name="refuse"),
]
