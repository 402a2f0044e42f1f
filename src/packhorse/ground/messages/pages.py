"""The pages of messages: what customers were told, the words for it, and alerts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Choice, Column, Empty, ListPage
from packhorse.ground.catalog.selectors import client_choices
from packhorse.ground.messages import selectors, services
from packhorse.ground.messages.forms import RetryForm, WordingForm
from packhorse.ground.messages.types import TEMPLATES
from packhorse.ground.messages.words import SEVERITY_NAMES, STATE_NAMES, TEMPLATE_NAMES
from packhorse.ground.people.words import ROLE_NAMES

SETTINGS = Crumb(gettext_lazy("Settings"), reverse_lazy("settings"))
MESSAGES = Crumb(gettext_lazy("Messages"), reverse_lazy("messages:messages"))
WORDINGS = Crumb(gettext_lazy("Wording"), reverse_lazy("messages:wordings"))
STATES = {
    "queued": cells.Badge(STATE_NAMES["queued"], "calm"),
    "sending": cells.Badge(STATE_NAMES["sending"], "busy"),
    "sent": cells.Badge(STATE_NAMES["sent"], "good"),
    "failed": cells.Badge(STATE_NAMES["failed"], "bad"),
    "cancelled": cells.Badge(STATE_NAMES["cancelled"], "off"),
}
SEVERITIES = {
    "info": cells.Badge(SEVERITY_NAMES["info"], "calm"),
    "warning": cells.Badge(SEVERITY_NAMES["warning"], "warn"),
    "critical": cells.Badge(SEVERITY_NAMES["critical"], "bad"),
}


def _clients(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), label) for pk, label in client_choices(scope)]


messages = ListPage(
    name="messages.messages",
    title=gettext_lazy("Messages"),
    permission="see_orders",
    rows=selectors.messages,
    columns=(
        Column("template", gettext_lazy("Message"), lambda row: cells.link("title", "messages:message", "id")(row) if row.title else cells.NOTHING),
        Column("recipient", gettext_lazy("To")),
        Column("state", gettext_lazy("State"), cells.state("state", STATES)),
        Column("queued_at", gettext_lazy("Queued"), narrow=False),
        Column("sent_at", gettext_lazy("Sent")),
    ),
    filters=(
        Choice("state", gettext_lazy("State"), tuple(STATE_NAMES.items())),
        Choice("template", gettext_lazy("Kind"), tuple(TEMPLATE_NAMES.items())),
        Choice("client", gettext_lazy("Client"), _clients),
    ),
    tabs=((gettext_lazy("All"), ""), (gettext_lazy("Failed"), "state=failed"), (gettext_lazy("Queued"), "state=queued")),
    empty=Empty(gettext_lazy("No messages"), gettext_lazy("Customers are told at each turn of their order."), "mail"),
    search=gettext_lazy("Recipient or subject line"),
)


@page("see_orders")
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.message(actor.scope, message_id)
    actions: tuple[Action, ...] = ()
    if found.state == "failed" and actor.may("tickets"):
        form = RetryForm(initial={"recipient": found.recipient})
        actions = (Action(_("Send again"), reverse("messages:retry", args=[message_id]), form=form, tone="primary", icon="refresh"),)
    return detail(
        request,
        Detail(
            title=found.title or _("Forgotten message"),
            kind=TEMPLATE_NAMES.get(found.template, found.template),
            badge=STATES[found.state],
            sentence="" if found.body else _("Its retention has passed: recipient and words are erased."),
            crumbs=(SETTINGS, MESSAGES),
            facts=(
                Fact(_("To"), found.recipient),
                Fact(_("By"), _("E-mail") if found.channel == "mail" else _("Text message")),
                Fact(_("Language"), {"en": _("English"), "fr": _("French")}.get(found.language, found.language)),
                Fact(_("Queued"), found.queued_at),
                Fact(_("Sent"), found.sent_at),
                Fact(_("Tries"), found.attempts),
                Fact(_("What went wrong"), found.error),
            ),
            sections=(Piece(_("Text"), "messages/_body.html", {"body": found.body}),) if found.body else (),
            timeline=timeline(subject=Ref("messaging.message", message_id), scope=actor.scope),
            actions=actions,
        ),
    )


@action("tickets", form=RetryForm)
def retry(p: Posted, message_id: int) -> Done:
    services.retry_message(key=p.key, actor=p.actor, message_id=message_id, recipient=p.data["recipient"])
    return Done(_("It is sent again within a minute."))


@page("manage_catalog")
def wordings(request: HttpRequest) -> HttpResponse:
    """Which templates there are, by client and language, and which have words of their own."""
    scope = actor_of(request).scope
    own = selectors.own_words(scope)
    clients = [
        {
            "label": label,
            "templates": [
                {
                    "name": TEMPLATE_NAMES[t],
                    "languages": [(language, reverse("messages:wording", args=[pk, t, language]), (pk, t, language) in own) for language in ("en", "fr")],
                }
                for t in TEMPLATES
            ],
        }
        for pk, label in client_choices(scope)
    ]
    return render(request, "messages/wordings.html", {"title": _("Wording"), "crumbs": (SETTINGS,), "clients": clients})


def _words(request: HttpRequest, client_id: int, template: str, language: str) -> dict[str, Any]:
    if template not in TEMPLATES or language not in ("en", "fr"):
        raise Http404
    title, body, _own = selectors.words(actor_of(request).scope, client_id, template, language)
    return {"title": title, "body": body}


@form_page(
    WordingForm,
    title=gettext_lazy("Wording"),
    permission="manage_catalog",
    submit=gettext_lazy("Save"),
    crumbs=(SETTINGS, WORDINGS),
    initial=_words,
    intro=gettext_lazy(
        "Write in the customer’s language. {{ name }}, {{ order_number }}, {{ tracking_url }} and the like are filled in; "
        "{% if carrier %} … {% endif %} leaves out what is not known. Both empty: the house’s words."
    ),
)
def wording(p: Posted, client_id: int, template: str, language: str) -> Done:
    services.set_wording(
        key=p.key,
        actor=p.actor,
        client_id=client_id,
        template=template,
        language=language,
        title=p.data["title"],
        body=p.data["body"].replace("\r\n", "\n"),
    )
    return Done(_("The wording is saved."), to=reverse("messages:wordings"))


alerts = ListPage(
    name="messages.alerts",
    title=gettext_lazy("Alerts"),
    permission="see_orders",
    rows=selectors.alerts,
    columns=(
        Column("severity", gettext_lazy("Severity"), cells.state("severity", SEVERITIES)),
        Column("rule", gettext_lazy("What"), lambda row: cells.show(selectors.sentence(row)), plain=selectors.sentence),
        Column("owner_role", gettext_lazy("Who answers for it"), lambda row: cells.show(ROLE_NAMES.get(row.owner_role, row.owner_role))),
        Column("deadline", pgettext_lazy("deadline", "By")),
        Column("opened_at", gettext_lazy("Since")),
        Column("closed_at", gettext_lazy("Ended"), narrow=False),
    ),
    filters=(
        Choice("open", gettext_lazy("State"), (("yes", gettext_lazy("Open")), ("no", gettext_lazy("Ended")))),
        Choice("severity", gettext_lazy("Severity"), tuple(SEVERITY_NAMES.items())),
        Choice("owner", gettext_lazy("Who answers for it"), tuple(ROLE_NAMES.items())),
    ),
    tabs=((gettext_lazy("Open"), "open=yes"), (gettext_lazy("Ended"), "open=no"), (gettext_lazy("All"), "")),
    actions=(BulkAction(gettext_lazy("Put off for an hour"), "messages:snooze-many", "see_orders", icon="clock"),),
    empty=Empty(gettext_lazy("No alerts"), gettext_lazy("Nothing needs anybody just now."), "check"),
)


@action("see_orders")
def snooze(p: Posted, alert_id: int) -> Done:
    services.snooze_alert(key=p.key, actor=p.actor, alert_id=alert_id, until=clock.now() + dt.timedelta(hours=1))
    return Done(_("It comes back in an hour, if it has not ended by then."))


@action("see_orders")
def snooze_many(p: Posted) -> Done | HttpResponseBase:
    services.snooze_alerts(key=p.key, actor=p.actor, alert_ids=p.ids, until=clock.now() + dt.timedelta(hours=1))
    return Done(_("They come back in an hour, if they have not ended by then."))
