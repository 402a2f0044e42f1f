"""URLs of messages, under /settings/messages/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.ground.messages import pages

app_name = "messages"
urlpatterns = [
    path("", pages.messages.view, name="messages"),
    path("<int:message_id>/", pages.message, name="message"),
    path("<int:message_id>/retry/", pages.retry, name="retry"),
    path("wording/", pages.wordings, name="wordings"),
    path("wording/<int:client_id>/<slug:template>/<slug:language>/", pages.wording, name="wording"),
    path("alerts/", pages.alerts.view, name="alerts"),
    path("alerts/snooze/", pages.snooze_many, name="snooze-many"),
    path("alerts/<int:alert_id>/snooze/", pages.snooze, name="snooze"),
]
settings_pages = (
    Entry(_("Messages"), "messages:messages", "see_orders", _("What customers were told"), "mail"),
    Entry(_("Wording"), "messages:wordings", "manage_catalog", _("Each client’s own words, in each language"), "edit"),
    Entry(_("Alerts"), "messages:alerts", "see_orders", _("What needed somebody, and when it ended"), "alert"),
)
