"""Where files are read."""

from __future__ import annotations

from django.urls import path

from packhorse.ground.files import pages

app_name = "files"
urlpatterns = [path("<int:file_id>/", pages.content, name="content")]
