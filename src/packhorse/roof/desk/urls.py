"""URLs of the desk: the front door, the search, the system page. An order's page stands at orders' own address, /orders/<id>/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.roof.desk import pages

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("search", pages.search, name="search"),
    path("order/<str:number>", pages.order_by_number, name="order-by-number"),
    path("system/", pages.system, name="system"),
    path("system/check/", pages.check_books, name="check-books"),
    path("system/mend/", pages.mend, name="mend"),
    path("system/jobs/<int:job_id>/retry/", pages.retry_job, name="retry-job"),
    path("system/events/retry/", pages.retry_events, name="retry-events"),
]
settings_pages = (Entry(_("System"), "desk:system", "run_system", _("Are the books right, which jobs failed, which events wait"), "refresh"),)
