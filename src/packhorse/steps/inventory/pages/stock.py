"""Stock: items and where every unit is, lots and where they went, shortfalls."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, pgettext

from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Section, Table, detail
from packhorse.core.web.lists import Choice, Column, Day, Empty, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.pages import words
from packhorse.steps.inventory.pages.forms import AdjustForm, MoveForm, ReasonForm
from packhorse.steps.inventory.types import ItemStock, LevelAt, LotRow, StockChange, Transfer, UnitsAt

items = ListPage(
    name="inventory.items",
    title=_("Stock"),
    permission="see_stock",
    rows=selectors.items,
    columns=(
        Column("sku", _("Item"), cells.link("sku", "inventory:item"), sort="sku"),
        Column("name", _("Name"), sort="name"),
        Column("client", _("Client"), narrow=False),
        Column("available", _("Available"), align="end"),
        Column("promised", _("Promised"), align="end"),
        Column("sellable", _("Sellable"), align="end", narrow=False),
        Column("on_hand", _("On hand"), align="end", narrow=False),
        Column("short", _("Short"), align="end"),
    ),
    filters=(
        Choice("stock", _("Stock"), (("available", _("In stock")), ("none", _("Sold out")), ("short", _("Short")))),
        Choice("client", _("Client"), lambda scope: [(str(c.id), c.name) for c in catalog.all_clients(scope)]),
    ),
    tabs=((_("All"), ""), (_("In stock"), "stock=available"), (_("Sold out"), "stock=none"), (_("Short"), "stock=short")),
    search=_("SKU, name or barcode"),
    empty=Empty(_("No items"), _("Items come in with an order file, through the API, or by hand under Settings."), "inventory"),
    template=words.TEMPLATE,
    context=words.lists,
)

_WHERE: Final = (
    Column("location", _("Place")),
    Column("warehouse", _("Warehouse"), narrow=False),
    Column("lot", _("Lot"), cells.link("lot", "inventory:lot", "lot_id"), narrow=False),
    Column("expires_on", _("Expires"), narrow=False),
    Column("quantity", _("Units"), align="end"),
    Column("why", _("Why"), cells.state("why", words.WHY)),
    Column("purpose", _("For"), lambda r: cells.show(words.cause(r.purpose))),
)
_SUMS: Final = (Column("why", _("Why"), cells.state("why", words.WHY)), Column("quantity", _("Units"), align="end"))


def _sums(found: ItemStock, units: list[UnitsAt]) -> list[dict[str, Any]]:
    """What is on hand by why it is not available, adding up to all of it: of what no bin holds back, the promises that have no bin yet come off first."""
    by: dict[str, int] = {}
    for u in units:
        by[u.why] = by.get(u.why, 0) + u.quantity
    loose = max(0, min(by.get("free", 0), found.promised - sum(u.quantity for u in units if u.why == "allocated")))
    by["free"] = by.get("free", 0) - loose
    by["promised"] = loose
    rows: list[dict[str, Any]] = [{"why": why, "quantity": by[why]} for why in words.WHY if by.get(why)]
    return [*rows, {"why": "on_hand", "quantity": sum(by.values())}] if rows else []


_BY_DATE: Final = (
    Column("warehouse", _("Warehouse")),
    Column("day", _("From")),
    Column("incoming", _("Expected that day"), align="end"),
    Column("available", _("Can be promised"), align="end"),
)
_DEMANDS: Final = (
    Column("purpose", _("For"), lambda r: cells.show(words.cause(r.purpose))),
    Column("wanted", _("Wanted"), align="end"),
    Column("promised", _("Promised"), align="end"),
    Column("backordered", _("Backordered"), align="end"),
    Column("allocated", _("Allocated"), align="end"),
    Column("at", _("Since")),
)
MOVES: Final = (
    Column("at", _("When")),
    Column("quantity", _("Units"), align="end"),
    Column("source", _("From")),
    Column("target", _("To")),
    Column("lot", _("Lot"), narrow=False),
    Column("target_condition", _("Condition"), cells.state("target_condition", words.CONDITION), narrow=False),
    Column("cause", _("Why"), lambda r: cells.show(words.cause(r.cause))),
    Column("principal", _("Who"), narrow=False),
)


def _sentence(found: ItemStock) -> str:
    said = gettext("%(available)d of %(on_hand)d can be promised; %(promised)d are promised already.") % {
        "available": found.available,
        "on_hand": found.on_hand,
        "promised": found.promised,
    }
    return said + (" " + gettext("%d are missing.") % found.short if found.short else "")


def _item_actions(actor: Actor, found: ItemStock, levels: list[LevelAt]) -> tuple[Action, ...]:
    made = []
    blocked = "" if levels else gettext("Nothing of it is here.")
    if actor.may("put_away"):
        made.append(Action(_("Move"), reverse("inventory:move", args=[found.id]), form=MoveForm(levels=levels), icon="right", blocked=blocked))
    if actor.may("adjust_stock"):
        made.append(Action(_("Adjust"), reverse("inventory:adjust", args=[found.id]), form=AdjustForm(levels=levels), icon="edit", blocked=blocked))
    return tuple(made)


@page("see_stock")
def item(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """An item: where every unit is and why it is not available, what waits for it, what moved."""
    actor = actor_of(request)
    scope = actor.scope
    found = selectors.item_stock(scope, item_id)
    units = selectors.where_is(scope, item_id)
    sections: tuple[Section, ...] = (
        Table(_("Why it is not available"), _SUMS, _sums(found, units), _("Nothing of it is here.")),
        Table(_("Where every unit is"), _WHERE, units, _("Nothing of it is here.")),
        Table(_("What can be promised by when"), _BY_DATE, selectors.promisable(scope, item_id), _("Nothing of it is here or expected.")),
        Table(_("What waits for it"), _DEMANDS, selectors.demands(scope, item_id=item_id), _("Nobody waits for it.")),
        Table(_("Moves"), MOVES, words.with_names(selectors.moves(scope, item_id=item_id), scope), _("It never moved.")),
    )
    shown = Detail(
        title=found.sku,
        kind=_("Item"),
        badge=cells.Badge(_("Short"), "bad") if found.short else cells.Badge(_("Available"), "good") if found.available else cells.Badge(_("Sold out"), "warn"),
        sentence=_sentence(found),
        crumbs=(Crumb(_("Stock"), reverse("inventory:list")),),
        facts=(
            Fact(_("Name"), found.name),
            Fact(_("Client"), found.client),
            Fact(_("Available"), found.available),
            Fact(_("Sellable"), found.sellable),
            Fact(_("Promised"), found.promised),
            Fact(_("Short"), found.short),
            Fact(_("On hand"), found.on_hand),
            Fact(_("Class"), found.abc),
        ),
        actions=_item_actions(actor, found, selectors.levels(scope, item_id=item_id)),
        sections=sections,
        timeline=timeline(subject=Ref("catalog.item", item_id), scope=scope),
    )
    return detail(request, shown)


def _level(p: Posted, item_id: int) -> LevelAt:
    """The level that a form chose.   Raises: NotFound."""
    for x in selectors.levels(p.actor.scope, item_id=item_id):
        if str(x.level_id) == p.data["level"]:
            return x
    raise NotFound(kind="level", ref=str(p.data["level"]))


@action("adjust_stock", form=AdjustForm)
def adjust(p: Posted, item_id: int) -> Done:
    """More or less of an item, by hand."""
    x = _level(p, item_id)
    change = StockChange(item_id, x.location_id, p.data["quantity"], x.lot_id, x.condition)
    services.adjust_stock(key=p.key, actor=p.actor, warehouse_id=x.warehouse_id, changes=[change], reason=p.data["reason"], note=p.data["note"])
    return Done(_("Adjusted."))


@action("put_away", form=MoveForm)
def move(p: Posted, item_id: int) -> Done:
    """Units of an item go to another place, or change condition."""
    x = _level(p, item_id)
    target = warehouses.location_by_code(p.actor.scope, x.warehouse_id, p.data["target"])
    transfer = Transfer(item_id, p.data["quantity"], x.location_id, target.id, x.lot_id, x.condition, p.data["condition"])
    services.move_stock(key=p.key, actor=p.actor, warehouse_id=x.warehouse_id, transfers=[transfer])
    return Done(_("Moved."))


lots = ListPage(
    name="inventory.lots",
    title=_("Lots"),
    permission="see_stock",
    rows=selectors.lots,
    columns=(
        Column("code", _("Lot"), cells.link("code", "inventory:lot"), sort="code"),
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("expires_on", _("Expires")),
        Column("received_on", _("Received"), sort="received_on", narrow=False),
        Column("on_hand", _("On hand"), align="end"),
        Column("blocked_reason", _("Held because")),
    ),
    filters=(Choice("state", _("State"), (("blocked", _("Held")), ("recalled", _("Recalled")), ("here", _("On hand")))), Day("before", _("Expires before"))),
    tabs=((_("All"), ""), (_("On hand"), "state=here"), (_("Held"), "state=blocked")),
    search=_("Lot or SKU"),
    empty=Empty(_("No lots"), _("Lots are made when goods of a tracked item are received.")),
    template=words.TEMPLATE,
    context=words.lists,
)


def _lot_actions(actor: Actor, found: LotRow, *, recalled: bool) -> tuple[Action, ...]:
    if not actor.may("adjust_stock"):
        return ()
    recall = Action(
        _("Recall"),
        reverse("inventory:recall-lot", args=[found.id]),
        form=ReasonForm(),
        tone="danger",
        icon="alert",
        blocked=gettext("It is recalled already.") if recalled else "",
    )
    if found.blocked_at:
        return (Action(pgettext("action", "Free"), reverse("inventory:free-lot", args=[found.id]), icon="play"), recall)
    return (Action(_("Hold"), reverse("inventory:hold-lot", args=[found.id]), form=ReasonForm(), icon="pause"), recall)


@page("see_stock")
def lot(request: HttpRequest, lot_id: int) -> HttpResponseBase:
    """A lot: what is here of it, where it came from and where it went."""
    actor = actor_of(request)
    found = selectors.lot(actor.scope, lot_id)
    trail = selectors.lot_trail(actor.scope, lot_id)
    recalled = selectors.recalls(actor.scope, lot_id=lot_id)
    gone = sum(m.quantity for m in trail if m.target == "CUSTOMER") - sum(m.quantity for m in trail if m.source == "CUSTOMER")
    came = sum(m.quantity for m in trail if m.source == "SUPPLIER")
    shown = Detail(
        title=found.code,
        kind=_("Lot"),
        badge=cells.Badge(found.blocked_reason or _("Held"), "bad") if found.blocked_at else None,
        sentence=gettext("%(came)d came in, %(gone)d are with customers, %(here)d are here.") % {"came": came, "gone": gone, "here": found.on_hand},
        crumbs=(Crumb(_("Stock"), reverse("inventory:list")), Crumb(_("Lots"), reverse("inventory:lots"))),
        facts=(
            Fact(_("Item"), found.sku, reverse("inventory:item", args=[found.item_id])),
            Fact(_("Expires"), found.expires_on),
            Fact(_("Received"), found.received_on),
            Fact(_("On hand"), found.on_hand),
            *(Fact(_("Recalled"), r.at) for r in recalled),
            *((Fact(_("Orders that got it"), _("Show"), f"{reverse('orders:recalled')}?lot={found.id}"),) if recalled else ()),
        ),
        actions=_lot_actions(actor, found, recalled=bool(recalled)),
        sections=(
            Table(
                _("Here now"),
                (
                    Column("location", _("Place")),
                    Column("condition", _("Condition"), cells.state("condition", words.CONDITION)),
                    Column("on_hand", _("Units"), align="end"),
                    Column("allocated", _("Allocated"), align="end"),
                ),
                selectors.levels(actor.scope, lot_id=lot_id),
                _("Nothing of it is here any more."),
            ),
            Table(
                _("Where it came from and went"),
                (*MOVES, Column("purpose", _("For"), lambda r: cells.show(words.cause(r.purpose)))),
                words.with_names(trail, actor.scope),
            ),
        ),
        timeline=timeline(subject=Ref("inventory.lot", lot_id), scope=actor.scope),
    )
    return detail(request, shown)


@action("adjust_stock", form=ReasonForm)
def hold_lot(p: Posted, lot_id: int) -> Done:
    """Hold a lot."""
    services.hold_lots(key=p.key, actor=p.actor, lot_ids=[lot_id], reason=p.data["reason"])
    return Done(_("The lot is held."))


@action("adjust_stock", form=ReasonForm)
def recall_lot(p: Posted, lot_id: int) -> Done:
    """A lot must not leave, and what left of it must be asked for."""
    services.recall_lots(key=p.key, actor=p.actor, lot_ids=[lot_id], reason=p.data["reason"])
    return Done(_("The lot is recalled: nothing of it leaves any more. Tell those who got it."))


@action("adjust_stock")
def free_lot(p: Posted, lot_id: int) -> Done:
    """Let a lot be sold again."""
    services.free_lots(key=p.key, actor=p.actor, lot_ids=[lot_id])
    return Done(_("The lot is free again."))


shortfalls = ListPage(
    name="inventory.shortfalls",
    title=_("Shortfalls"),
    permission="see_stock",
    rows=selectors.shortfall_rows,
    columns=(
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("item_name", _("Name"), narrow=False),
        Column("warehouse", _("Warehouse"), narrow=False),
        Column("quantity", _("Missing"), align="end"),
        Column("opened_quantity", _("At first"), align="end", narrow=False),
        Column("cause", _("Found by"), lambda r: cells.show(words.cause(r.cause))),
        Column("opened_at", _("Since"), sort="opened_at"),
        Column("deadline", _("To be settled by"), sort="deadline"),
        Column("closed_at", _("Settled"), narrow=False),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), ("closed", _("Settled")))),),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    empty=Empty(
        _("Nothing is missing"), _("When less is found than is promised to customers, it stands here until goods come in or the orders change."), "check"
    ),
    template=words.TEMPLATE,
    context=words.lists,
)


reservations = ListPage(
    name="inventory.reservations",
    title=_("Reservations"),
    permission="see_stock",
    rows=selectors.reservations,
    columns=(
        Column("reference", _("Reference")),
        Column("channel", _("Channel"), narrow=False),
        Column("warehouse", _("Warehouse"), narrow=False),
        Column("units", _("Units"), align="end"),
        Column("state", _("State"), cells.state("state", words.RESERVATION)),
        Column("at", _("Since"), narrow=False),
        Column("expires_at", _("Until"), sort="expires_at"),
        Column("ended_at", _("Ended"), narrow=False),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), ("accepted", _("Became an order")), ("released", _("Given up")), ("expired", _("Expired")))),),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    search=_("Reference"),
    empty=Empty(_("Nothing is reserved"), _("A shop reserves goods through the API while its customer pays; they stand here until then."), "check"),
    template=words.TEMPLATE,
    context=words.lists,
)

_MONTHS: Final = (
    Column("month", _("Month"), lambda m: cells.show(f"{m.month:%Y-%m}")),
    Column("moves", _("Moves"), align="end"),
    Column("balances", _("Balances"), align="end"),
    Column("closed_at", _("Closed")),
    Column("principal", _("Who"), narrow=False),
)


@page("see_stock")
def months(request: HttpRequest) -> HttpResponseBase:
    """The months whose moves are complete: from the balances of the last one on, what lies where is checked and archives are cut."""
    actor = actor_of(request)
    shown = Detail(
        title=_("Closed months"),
        kind=_("Stock"),
        crumbs=(Crumb(_("Stock"), reverse("inventory:list")),),
        sections=(
            Table(_("Closed months"), _MONTHS, selectors.closed_months(actor.scope), _("No month is closed yet. On hand is checked from the first move on.")),
        ),
    )
    return detail(request, shown)
