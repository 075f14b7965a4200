"""Addresses of the appraisals room."""

from django.urls import path

from .views import ballot, campaigns, conduct, paper, rectification, reports, results, session

app_name = "appraisals"
urlpatterns = [
    path("appraisals/", campaigns.campaign_list, name="list"),
    path("appraisals/new/", campaigns.new, name="new"),
    path("appraisals/<int:pk>/", campaigns.campaign, name="campaign"),
    path("appraisals/<int:pk>/wizard/<slug:step>/", campaigns.wizard, name="wizard"),
    path("appraisals/<int:pk>/publish/", campaigns.publish, name="publish"),
    path("appraisals/<int:pk>/attendance/", session.attendance, name="attendance"),
    path("appraisals/<int:pk>/console/", session.console, name="console"),
    path("appraisals/<int:pk>/console/do/", session.do, name="do"),
    path("appraisals/<int:pk>/projector/", session.projector, name="projector"),
    path("appraisals/<int:pk>/projector/slide/", session.projector_slide, name="slide"),
    path("appraisals/<int:pk>/key/", ballot.key, name="key"),
    path("appraisals/<int:pk>/cards/", ballot.cards, name="cards"),
    path("appraisals/<int:pk>/conflicts/", conduct.conflicts, name="conflicts"),
    path("appraisals/<int:pk>/versions/", conduct.versions, name="versions"),
    path("appraisals/<int:pk>/rights/", conduct.rights, name="rights"),
    path("appraisals/<int:pk>/paper/", paper.paper, name="paper"),
    path("appraisals/<int:pk>/paper/<slug:class_code>/<int:number>/", paper.sheet, name="paper_sheet"),
    path("appraisals/<int:pk>/cards/revoke/", ballot.revoke, name="revoke"),
    path("appraisals/<int:pk>/results/", results.results, name="results"),
    path("appraisals/<int:pk>/results.xlsx", results.export, name="export"),
    path("appraisals/<int:pk>/results/<int:speaker>/", results.result, name="result"),
    path("appraisals/<int:pk>/opinions/", results.opinions, name="opinions"),
    path("appraisals/<int:pk>/issue/", results.issue, name="issue"),
    path("appraisals/<int:pk>/feedback/", rectification.board, name="feedback"),
    path("appraisals/<int:pk>/feedback/table/", rectification.table, name="rectification_table"),
    path("appraisals/<int:pk>/feedback.xlsx", rectification.export, name="rectification_export"),
    path("appraisals/<int:pk>/common-problems/", rectification.common, name="common"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/edit/", reports.edit, name="report_edit"),
    path("reports/<int:pk>/finding/", reports.finding, name="finding"),
    path("reports/<int:pk>/return/", reports.give_back, name="report_return"),
    path("reports/<int:pk>/figure/<slug:code>/", reports.citation, name="citation"),
    path("now/<slug:token>/", session.now, name="now"),
    path("now/<slug:token>/status", session.status, name="status"),
    path("now/<slug:token>/receipts/", session.receipts, name="receipts"),
    path("b/", ballot.phone, name="ballot"),
    path("b/form", ballot.form, name="ballot_form"),
    path("b/cast", ballot.cast, name="ballot_cast"),
]
