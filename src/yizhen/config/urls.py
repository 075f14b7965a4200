"""The site's addresses: each room owns its own."""

from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("yizhen.console.urls")),
    path("", include("yizhen.people.urls")),
    path("places/", include("yizhen.places.urls")),
    path("indicators/", include("yizhen.indicators.urls")),
    path("matters/", include("yizhen.matters.urls")),
    path("", include("yizhen.appraisals.urls")),
    path("growth/", include("yizhen.growth.urls")),
    path("livelihood/", include("yizhen.livelihood.urls")),
    path("exchange/", include("yizhen.exchange.urls")),
    path("party/", include("yizhen.party.urls")),
    path("needs/", include("yizhen.needs.urls")),
    path("watches/", include("yizhen.watches.urls")),
    path("ask/", include("yizhen.portal.urls")),
    path("audit/", include("yizhen.audit.urls")),
    path("demo/", include("yizhen.demo.urls")),
    path("language/", set_language, name="set_language"),
]
handler403 = "yizhen.web.views.forbidden"
handler404 = "yizhen.web.views.not_found"
handler500 = "yizhen.web.views.failed"
