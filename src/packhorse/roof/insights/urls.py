"""URLs of insights, under /insights/."""

from __future__ import annotations

from django.urls import path

from packhorse.roof.insights import pages

app_name = "insights"
urlpatterns = [
    path("", pages.insights, name="insights"),
    path("orders/", pages.judged.view, name="judged"),
]
