"""The WSGI application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from packhorse.server import lifeline

lifeline.hold()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
application = get_wsgi_application()
