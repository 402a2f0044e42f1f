"""URLs of returns and tickets, under /returns/; the customer's page under /r/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.steps.returns.pages import portal, returns, tickets

app_name = "returns"
urlpatterns = [
    path("", returns.returns.view, name="list"),
    path("new/", returns.new, name="new"),
    path("orders/<int:order_id>/ask/", returns.ask, name="ask"),
    path("orders/<int:order_id>/to-ask/", tickets.to_ask, name="to-ask"),
    path("blind/", returns.blind, name="blind"),
    path("terms/", returns.policies, name="policies"),
    path("terms/set/", returns.set_policy, name="set-policy"),
    path("<int:rma_id>/", returns.one, name="return"),
    path("<int:rma_id>/approve/", returns.approve, name="approve"),
    path("<int:rma_id>/refuse/", returns.refuse, name="refuse"),
    path("<int:rma_id>/receive/", returns.receive, name="receive"),
    path("<int:rma_id>/inspect/", returns.inspect, name="inspect"),
    path("<int:rma_id>/match/", returns.match, name="match"),
    path("<int:rma_id>/settle/", returns.settle, name="settle"),
    path("tickets/", tickets.tickets.view, name="tickets"),
    path("tickets/new/", tickets.new, name="new-ticket"),
    path("tickets/<int:ticket_id>/", tickets.one, name="ticket"),
    path("tickets/<int:ticket_id>/reply/", tickets.reply, name="reply-ticket"),
    path("tickets/<int:ticket_id>/message/", tickets.message, name="ticket-message"),
    path("tickets/<int:ticket_id>/take/", tickets.take, name="take-ticket"),
    path("tickets/<int:ticket_id>/solve/", tickets.solve, name="solve-ticket"),
    path("tickets/<int:ticket_id>/reopen/", tickets.reopen, name="reopen-ticket"),
    path("tickets/<int:ticket_id>/refund/", tickets.refund, name="refund-ticket"),
]

public_urlpatterns = [
    path("<str:token>", portal.portal, name="portal"),
    path("<str:token>/ask", portal.ask, name="ask"),
    path("<str:token>/write", portal.write, name="write"),
    path("<str:token>/terms", portal.terms, name="terms"),
    path("<str:token>/brand.css", portal.brand, name="brand"),
    path("<str:token>/label/<str:number>.pdf", portal.label, name="label"),
]

settings_pages = (Entry(_("Terms of return"), "returns:policies", "manage_settings", _("How long, at whose cost, what is final"), icon="returns"),)
