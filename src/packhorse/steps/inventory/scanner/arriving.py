"""A transfer at the dock, inside the task Receive: item and quantity in turn, one tap books it all."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.scan import Context, Scan
from packhorse.core.web.scanner import Button, Field, Screen, State
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.scanner.reading import OK, docks_of, item_of, said_quantity, units_in
from packhorse.steps.inventory.types import ArrivedLine, TransferInfo, TransferLineInfo


def begin(actor: Actor, transfer_id: int) -> Screen:
    """The transfer was scanned.   Raises: NotFound."""
    found = selectors.transfer(actor.scope, transfer_id)
    dock = docks_of(actor, found.warehouse_id)[0]
    return _next(found, {"step": "item", "transfer": found.id, "place": dock.id, "place_code": dock.code, "lines": []}, say=f"{found.source} → {found.target}")


def scan(actor: Actor, state: State, scan: Scan) -> Screen:
    """A place (another dock) or an item of the transfer.   Raises: NotFound, Ambiguous."""
    found = selectors.transfer(actor.scope, state["transfer"])
    places = warehouses.resolve(scan, Context(actor.scope, found.warehouse_id))
    if len(places) == 1:
        return _next(found, state | {"step": "item", "place": places[0].ref.id, "place_code": places[0].title}, say=places[0].title)
    match = item_of(scan, actor, client_id=found.client_id)
    lines = [n for n in found.lines if n.item_id == match.ref.id]
    if not lines:
        raise NotFound(kind="item on this transfer", ref=match.title)
    tracking = catalog.item(actor.scope, match.ref.id).tracking
    lot = scan.lot_of(tracking) if tracking != "none" else ""
    fields = [Field("quantity", _("Quantity"), "number", said_quantity(scan, match))]
    if len(lines) > 1 and not lot:
        fields.append(Field("lot", _("Lot"), "text"))
    return Screen(
        title=found.number,
        instruction=_("How many are there?"),
        big=match.title,
        lines=((_("Item"), match.detail), *(((_("Lot"), lot),) if lot else ())),
        fields=tuple(fields),
        buttons=(OK, Button("damaged", _("Damaged"), "danger")),
        tone="ok",
        sound="ok",
        state=state | {"step": "quantity", "item": match.ref.id, "sku": match.title, "lot": lot},
    )


def button(actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
    """A quantity was keyed, taken back, or all of it is done."""
    found = selectors.transfer(actor.scope, state["transfer"])
    if name in ("ok", "damaged") and state["step"] == "quantity":
        line = _line(found, state["item"], state["sku"], fields.get("lot", "") or state["lot"])
        quantity = units_in(fields)
        over = sum(n["quantity"] for n in state["lines"] if n["line"] == line.id) + quantity - line.open
        # What is more than was sent needs a reason; the hand was told, so it is known to be counted.
        why = gettext("damaged on arrival") if name == "damaged" else gettext("counted at the dock") if over > 0 else ""
        lines = [*state["lines"], {"line": line.id, "quantity": quantity, "condition": "damaged" if name == "damaged" else "sellable", "reason": why}]
        said = f"{quantity} × {state['sku']}"
        if over > 0:
            said += ", " + ngettext("%d more than was sent", "%d more than were sent", over) % over
        return _next(found, state | {"step": "item", "lines": lines}, say=said, wrong=over > 0)
    if name == "undo":
        return _next(found, state | {"step": "item", "lines": state["lines"][:-1]}, say=gettext("Taken back"))
    came = [ArrivedLine(n["line"], n["quantity"], n["condition"], n["reason"]) for n in state["lines"]]
    services.receive_transfer(key=key, actor=actor, transfer_id=found.id, location_id=state["place"], lines=came)
    units = sum(n.quantity for n in came)
    said = ngettext("%d unit received", "%d units received", units) % units
    return Screen(title=found.number, instruction=_("Scan the next order or load"), tone="done", sound="done", say=said, state={"step": "order"})


def _line(found: TransferInfo, item_id: int, sku: str, lot: str) -> TransferLineInfo:
    """The line of the item (and its lot, where there are several).   Raises: NotFound."""
    lines = [n for n in found.lines if n.item_id == item_id]
    named = [n for n in lines if n.lot == lot] if lot or len(lines) > 1 else lines
    if not named:
        raise NotFound(kind="lot on this transfer", ref=lot or sku)
    return named[0]


def _next(found: TransferInfo, state: State, say: str = "", *, wrong: bool = False) -> Screen:
    units = sum(n["quantity"] for n in state["lines"])
    done = (Button("done", _("Done"), "primary", "check"), Button("undo", _("Take back"), icon="undo")) if state["lines"] else ()
    return Screen(
        title=found.number,
        instruction=_("Scan an item"),
        big=state["place_code"],
        lines=((_("From"), found.source), (_("Counted"), units), (_("Still to come"), max(0, found.open_units - units))),
        progress=(units, max(units, found.open_units)),
        buttons=done,
        tone="wrong" if wrong else "ok" if say else "ask",
        sound="wrong" if wrong else "ok" if say else "",
        say=say,
        state=state,
    )
