"""Purchase orders: buy, receive, close; suppliers."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail, names_of
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.inventory import selectors, services, states
from packhorse.steps.inventory.pages import words
from packhorse.steps.inventory.pages.forms import CloseForm, ConfirmForm, PurchaseOrderForm, ReceiveForm, SupplierForm, warehouse_choices
from packhorse.steps.inventory.types import OrderedLine, PurchaseOrderInfo

purchase_orders = ListPage(
    name="inventory.purchase_orders",
    title=_("Purchase orders"),
    permission="see_stock",
    rows=selectors.purchase_orders,
    columns=(
        Column("number", _("Number"), cells.link("number", "inventory:purchase-order"), sort="number"),
        Column("state", _("State"), cells.state("state", words.PURCHASE_ORDER)),
        Column("supplier", _("Supplier")),
        Column("client", _("Client"), narrow=False),
        Column("reference", _("Reference"), narrow=False),
        Column("expected_on", _("Expected")),
        Column("received", _("Received"), cells.progress("received", "ordered"), plain=lambda r: f"{r.received}/{r.ordered}"),
        Column("created_at", _("Made"), sort="created_at", narrow=False),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), *((s, words.PURCHASE_ORDER[s].word) for s in states.PURCHASE_ORDER))),),
    tabs=((_("All"), ""), (_("Open"), "state=open"), (_("Draft"), "state=draft")),
    buttons=(Button(_("New purchase order"), "inventory:new-purchase-order", "purchase", icon="plus"),),
    search=_("Number, reference or supplier"),
    empty=Empty(_("No purchase orders"), _("Make one to have goods come in: first a supplier, then the order."), "file"),
    template=words.TEMPLATE,
    context=words.lists,
)

suppliers = ListPage(
    name="inventory.suppliers",
    title=_("Suppliers"),
    permission="see_stock",
    rows=selectors.suppliers,
    columns=(
        Column("code", _("Code"), sort="code"),
        Column("name", _("Name"), sort="name"),
        Column("client", _("Client")),
        Column("email", _("E-mail"), narrow=False),
        Column("lead_time_days", _("Lead time, days"), align="end"),
    ),
    buttons=(Button(_("New supplier"), "inventory:new-supplier", "purchase", icon="plus"),),
    empty=Empty(_("No suppliers"), _("A supplier is who goods are bought from.")),
    template=words.TEMPLATE,
    context=words.lists,
)

#: Orders of so many lines are received beside the order itself; longer ones on a page of their own.
_INLINE: Final = 12

reorder = ListPage(
    name="inventory.reorder",
    title=_("What to buy"),
    permission="see_stock",
    rows=selectors.reorder_rows,
    id="item_id",
    columns=(
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("item_name", _("Name"), narrow=False),
        Column("available", _("Available"), align="end"),
        Column("backordered", _("Backordered"), align="end", narrow=False),
        Column("inbound", _("On its way"), align="end", narrow=False),
        Column("daily", _("A day"), lambda r: cells.show(f"{r.daily:.1f}"), align="end"),
        Column("stockout_on", _("Runs out")),
        Column("reorder_point", _("Reorder point"), align="end", narrow=False),
        Column("suggested", _("Buy"), align="end"),
        Column("supplier", _("From")),
        Column("lead_time_days", _("Lead time, days"), align="end", narrow=False),
    ),
    filters=(Choice("warehouse", _("Warehouse"), lambda scope: [(str(pk), name) for pk, name in warehouse_choices(scope)]),),
    buttons=(Button(_("New purchase order"), "inventory:new-purchase-order", "purchase", icon="plus"),),
    empty=Empty(_("Nothing to buy"), _("Every item that sells has enough, or enough on its way, for its lead time and a week."), "check"),
    template=words.TEMPLATE,
    context=words.lists,
)

_CRUMBS: Final = (Crumb(_("Purchase orders"), "/inventory/purchase-orders/"),)


@form_page(
    SupplierForm,
    title=_("New supplier"),
    permission="purchase",
    submit=_("Save"),
    crumbs=(Crumb(_("Suppliers"), "/inventory/suppliers/"),),
    form_kwargs=lambda request: {"clients": [(c.id, c.name) for c in catalog.all_clients(actor_of(request).scope)]},
)
def new_supplier(p: Posted) -> Done:
    """A new supplier."""
    d = p.data
    services.create_supplier(
        key=p.key, actor=p.actor, client_id=d["client"], code=d["code"], name=d["name"], email=d["email"], lead_time_days=d["lead_time_days"]
    )
    return Done(_("Saved."), to=reverse("inventory:suppliers"))


@form_page(
    PurchaseOrderForm,
    title=_("New purchase order"),
    permission="purchase",
    submit=_("Make the draft"),
    intro=_("It is a draft until it is sent."),
    crumbs=_CRUMBS,
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def new_purchase_order(p: Posted) -> Done:
    """A new purchase order."""
    d = p.data
    supplier = next(s for s in selectors.suppliers(p.actor.scope, ListQuery(limit=1000, count=False)).rows if s.id == d["supplier"])
    known = catalog.items_by_sku(p.actor.scope, supplier.client_id, [sku for sku, _q, _c in d["lines"]])
    for sku, quantity, _cost in d["lines"]:
        if sku not in known or quantity <= 0:
            raise Invalid(
                field="lines",
                reason=gettext("%s is not an item of this client") % sku if sku not in known else gettext("%s: a quantity above zero is needed") % sku,
            )
    made = services.create_purchase_order(
        key=p.key,
        actor=p.actor,
        supplier_id=d["supplier"],
        warehouse_id=d["warehouse"],
        lines=[OrderedLine(known[sku].id, quantity, cost) for sku, quantity, cost in d["lines"]],
        expected_on=d["expected_on"],
        reference=d["reference"],
        note=d["note"],
    )
    return Done(_("Made."), to=reverse("inventory:purchase-order", args=[made.id]))


def _possible(found: PurchaseOrderInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a purchase order now."""
    state, pk = found.row.state, [found.row.id]
    may = states.PURCHASE_ORDER[state]
    made = []
    if actor.may("receive") and ("receiving" in may or state == "receiving") and len(found.lines) <= _INLINE:
        form = ReceiveForm(order=found, scope=actor.scope)
        made.append(Action(_("Receive"), reverse("inventory:receive", args=pk), form=form, tone="primary", icon="down-arrow"))
    if actor.may("purchase") and "sent" in may:
        made.append(Action(_("Send"), reverse("inventory:send", args=pk), tone="primary", icon="mail"))
    if actor.may("purchase") and "confirmed" in may:
        made.append(Action(_("Confirmed by supplier"), reverse("inventory:confirm", args=pk), form=ConfirmForm(), icon="check"))
    if actor.may("receive") and "arrived" in may:
        made.append(Action(_("Arrived"), reverse("inventory:arrive", args=pk), icon="pin"))
    if may and (actor.may("purchase") or (actor.may("receive") and state == "receiving")):
        made.append(Action(_("Close"), reverse("inventory:close", args=pk), form=CloseForm(), icon="stop"))
    return tuple(made)


def _sentence(found: PurchaseOrderInfo) -> str:
    row = found.row
    if row.state == "draft":
        return gettext("A draft: %(ordered)d units, not sent yet.") % {"ordered": row.ordered}
    left = sum(n.open for n in found.lines)
    if not left:
        return gettext("All %(ordered)d units have come.") % {"ordered": row.ordered}
    if row.state in ("closed", "closed_short"):
        return gettext("Closed with %(left)d of %(ordered)d units missing.") % {"left": left, "ordered": row.ordered}
    return gettext("%(left)d of %(ordered)d units are still to come.") % {"left": left, "ordered": row.ordered}


_LINES: Final = (
    Column("position", _("No."), align="end", narrow=False),
    Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
    Column("item_name", _("Name"), narrow=False),
    Column("quantity", _("Ordered"), align="end"),
    Column("received", _("Received"), align="end"),
    Column("damaged", _("of it damaged"), align="end", narrow=False),
    Column("open", _("To come"), align="end"),
)
_OTHERWISE: Final = (
    Column("sku", _("Item")),
    Column("kind", _("What"), cells.state("kind", words.DISCREPANCY)),
    Column("quantity", _("Units"), align="end"),
    Column("reason", _("Reason")),
    Column("at", _("When")),
)


@page("see_stock")
def purchase_order(request: HttpRequest, purchase_order_id: int) -> HttpResponseBase:
    """A purchase order: lines, receipts, what came otherwise."""
    actor = actor_of(request)
    found = selectors.purchase_order(actor.scope, purchase_order_id)
    row = found.row
    names = names_of({r.principal for r in found.receipts}, actor.scope)
    receipts = (
        Column("id", _("Receipt")),
        Column("at", _("When")),
        Column("location", _("Where")),
        Column("units", _("Units"), align="end"),
        Column("principal", _("Who"), lambda r: cells.show(names.get(r.principal, ""))),
    )
    receivable = "receiving" in states.PURCHASE_ORDER[row.state] or row.state == "receiving"
    shown = Detail(
        title=row.number,
        kind=_("Purchase order"),
        badge=words.PURCHASE_ORDER[row.state],
        sentence=_sentence(found),
        crumbs=(Crumb(_("Purchase orders"), reverse("inventory:purchase-orders")),),
        facts=(
            Fact(_("Supplier"), row.supplier),
            Fact(_("Client"), row.client),
            Fact(_("Warehouse"), row.warehouse),
            Fact(_("Expected"), row.expected_on),
            Fact(_("Reference"), row.reference),
            Fact(_("Note"), found.note),
            *((Fact(_("Receive"), _("Receive it here"), reverse("inventory:receive", args=[row.id])),) if receivable and actor.may("receive") else ()),
            *((Fact(_("Announced loads"), ", ".join(found.expected_units)),) if found.expected_units else ()),
        ),
        actions=_possible(found, actor),
        sections=(
            Table(_("Lines"), _LINES, found.lines),
            Table(_("Receipts"), receipts, found.receipts, _("Nothing has come yet.")),
            Table(_("Came otherwise"), _OTHERWISE, found.discrepancies, _("Everything came as ordered so far.")),
        ),
        timeline=timeline(subject=Ref("inventory.purchase_order", row.id), scope=actor.scope),
    )
    return detail(request, shown)


def _order_of(request: HttpRequest) -> dict[str, Any]:
    """The form of the order that the URL names."""
    scope = actor_of(request).scope
    assert request.resolver_match is not None
    return {"order": selectors.purchase_order(scope, request.resolver_match.kwargs["purchase_order_id"]), "scope": scope}


@form_page(
    ReceiveForm,
    title=_("Receive"),
    permission="receive",
    submit=_("Receive"),
    intro=_("Enter what is really there. What comes otherwise than ordered is recorded."),
    crumbs=_CRUMBS,
    form_kwargs=_order_of,
)
def receive(p: Posted, purchase_order_id: int) -> Done:
    """Goods of a purchase order came in."""
    assert isinstance(p.form, ReceiveForm)
    came = p.form.received()
    if not came:
        raise Invalid(field="location", reason=gettext("Enter a quantity for at least one line."))
    done = services.receive_purchase_order(key=p.key, actor=p.actor, purchase_order_id=purchase_order_id, location_id=p.data["location"], lines=came)
    said = ngettext("%d unit received.", "%d units received.", done.units) % done.units
    if done.discrepancy_ids:
        said += " " + ngettext("%d thing came otherwise than ordered.", "%d things came otherwise than ordered.", len(done.discrepancy_ids)) % len(
            done.discrepancy_ids
        )
    return Done(said, to=reverse("inventory:purchase-order", args=[purchase_order_id]))


@action("purchase")
def send(p: Posted, purchase_order_id: int) -> Done:
    """Send it to the supplier."""
    services.send_purchase_order(key=p.key, actor=p.actor, purchase_order_id=purchase_order_id)
    return Done(_("Sent."))


@action("purchase", form=ConfirmForm)
def confirm(p: Posted, purchase_order_id: int) -> Done:
    """The supplier confirmed."""
    services.confirm_purchase_order(key=p.key, actor=p.actor, purchase_order_id=purchase_order_id, expected_on=p.data["expected_on"])
    return Done(_("Confirmed."))


@action("receive")
def arrive(p: Posted, purchase_order_id: int) -> Done:
    """The truck is here."""
    services.record_arrival(key=p.key, actor=p.actor, purchase_order_id=purchase_order_id)
    return Done(_("Arrived."))


@action(form=CloseForm)
def close(p: Posted, purchase_order_id: int) -> Done:
    """Nothing more is expected."""
    services.close_purchase_order(key=p.key, actor=p.actor, purchase_order_id=purchase_order_id, reason=p.data["reason"])
    return Done(_("Closed."))
