"""The WSGI entry that granian's workers load: the hall's phones are answered at the door, before any middleware."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yizhen.config.settings")
site = get_wsgi_application()  # loads the settings and the rooms, which the door needs

from yizhen.appraisals.views.door import Door  # noqa: E402

application = Door(site)
