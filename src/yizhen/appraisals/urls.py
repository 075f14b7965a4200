"""Addresses of the appraisals room."""

from django.urls import path

from .views import ballot, campaigns, papers, reports, results, session

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
    path("appraisals/<int:pk>/results/", results.results, name="results"),
    path("appraisals/<int:pk>/results.xlsx", results.export, name="export"),
    path("appraisals/<int:pk>/results/<int:speaker>/", results.result, name="result"),
    path("appraisals/<int:pk>/opinions/", results.opinions, name="opinions"),
    path("appraisals/<int:pk>/issue/", results.issue, name="issue"),
    path("appraisals/<int:pk>/feedback/", results.feedback, name="feedback"),
    path("appraisals/<int:pk>/papers/", papers.papers, name="papers"),
    path("appraisals/<int:pk>/papers/pack.zip", papers.pack, name="pack"),
    path("appraisals/<int:pk>/papers/letters.zip", papers.all_letters, name="letters"),
    path("appraisals/<int:pk>/papers/letters/<int:speaker>.docx", papers.letter, name="letter"),
    path("appraisals/<int:pk>/papers/rectification.xlsx", papers.rectification, name="rectification_xlsx"),
    path("appraisals/<int:pk>/papers/<slug:name>.docx", papers.document, name="document"),
    path("appraisals/<int:pk>/papers/print/<slug:name>/", papers.printed, name="printed"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/edit/", reports.edit, name="report_edit"),
    path("reports/<int:pk>/return/", reports.give_back, name="report_return"),
    path("reports/<int:pk>/figure/<slug:code>/", reports.citation, name="citation"),
    path("now/<slug:token>/", session.now, name="now"),
    path("now/<slug:token>/status", session.status, name="status"),
    path("now/<slug:token>/receipts/", session.receipts, name="receipts"),
    path("b/", ballot.phone, name="ballot"),
    path("b/form", ballot.form, name="ballot_form"),
    path("b/cast", ballot.cast, name="ballot_cast"),
]
