"""URLs of returns and tickets, under /returns/; the customer's page under /r/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.steps.returns import pages, portal_pages, ticket_pages

app_name = "returns"
urlpatterns = [
    path("", pages.returns.view, name="list"),
    path("new/", pages.new, name="new"),
    path("orders/<int:order_id>/ask/", pages.ask, name="ask"),
    path("orders/<int:order_id>/to-ask/", ticket_pages.to_ask, name="to-ask"),
    path("blind/", pages.blind, name="blind"),
    path("terms/", pages.policies, name="policies"),
    path("terms/set/", pages.set_policy, name="set-policy"),
    path("<int:rma_id>/", pages.one, name="return"),
    path("<int:rma_id>/approve/", pages.approve, name="approve"),
    path("<int:rma_id>/refuse/", pages.refuse, name="refuse"),
    path("<int:rma_id>/receive/", pages.receive, name="receive"),
    path("<int:rma_id>/inspect/", pages.inspect, name="inspect"),
    path("<int:rma_id>/match/", pages.match, name="match"),
    path("<int:rma_id>/settle/", pages.settle, name="settle"),
    path("tickets/", ticket_pages.tickets.view, name="tickets"),
    path("tickets/new/", ticket_pages.new, name="new-ticket"),
    path("tickets/<int:ticket_id>/", ticket_pages.one, name="ticket"),
    path("tickets/<int:ticket_id>/reply/", ticket_pages.reply, name="reply-ticket"),
    path("tickets/<int:ticket_id>/message/", ticket_pages.message, name="ticket-message"),
    path("tickets/<int:ticket_id>/take/", ticket_pages.take, name="take-ticket"),
    path("tickets/<int:ticket_id>/solve/", ticket_pages.solve, name="solve-ticket"),
    path("tickets/<int:ticket_id>/reopen/", ticket_pages.reopen, name="reopen-ticket"),
    path("tickets/<int:ticket_id>/refund/", ticket_pages.refund, name="refund-ticket"),
]

public_urlpatterns = [
    path("<str:token>", portal_pages.portal, name="portal"),
    path("<str:token>/ask", portal_pages.ask, name="ask"),
    path("<str:token>/write", portal_pages.write, name="write"),
    path("<str:token>/terms", portal_pages.terms, name="terms"),
    path("<str:token>/brand.css", portal_pages.brand, name="brand"),
    path("<str:token>/label/<str:number>.pdf", portal_pages.label, name="label"),
]

settings_pages = (Entry(_("Terms of return"), "returns:policies", "manage_settings", _("How long, at whose cost, what is final"), icon="returns"),)
