"""URLs of insights, under /insights/."""

from __future__ import annotations

from django.urls import path

from packhorse.roof.insights import pages

app_name = "insights"
urlpatterns = [
    path("", pages.insights, name="insights"),
    path("my-work/", pages.my_work, name="my-work"),
    path("work/", pages.team_work, name="team-work"),
    path("orders/", pages.judged.view, name="judged"),
]
