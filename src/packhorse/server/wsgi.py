"""The WSGI application that granian serves."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from packhorse.server import lifeline, warming

lifeline.hold()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
application = get_wsgi_application()

get_resolver().url_patterns  # noqa: B018 - every page and the API are loaded now, not by the first request
gc.freeze()
warming.load()
