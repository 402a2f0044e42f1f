"""Receive at the dock."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.scan import Context, Scan
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.scanner import arriving
from packhorse.steps.inventory.scanner.reading import OK, day_in, docks_of, item_of, one, said_quantity, units_in
from packhorse.steps.inventory.types import PurchaseOrderInfo, ReceivedLine


@register_flow
class Receive(Flow):
    """Scan the purchase order or the transfer, then item and quantity in turn; one tap books it all. A load that was announced: scan its SSCC, one tap."""

    name, title, icon, permission = "inventory.receive", _("Receive"), "down-arrow", "receive"
    text = _("Goods of a purchase order or a transfer at the dock")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return Screen(title=_("Receive"), instruction=_("Scan the purchase order, the transfer, or the label of the load"), state={"step": "order"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "order":
            match = one(selectors.resolve(scan, Context(actor.scope)), "purchase order", scan)
            if match.ref.kind == "inventory.transfer":
                return arriving.begin(actor, match.ref.id)
            if match.ref.kind != "inventory.purchase_order":
                raise NotFound(kind="purchase order", ref=scan.text)
            found = selectors.purchase_order(actor.scope, match.ref.id)
            docks = docks_of(actor, found.row.warehouse_id)
            state = {
                "step": "load" if scan.sscc else "item",
                "order": found.row.id,
                "sscc": scan.sscc or "",
                "place": docks[0].id,
                "place_code": docks[0].code,
                "lines": [],
            }
            return self._load(found, state) if scan.sscc else self._next(found, state)
        if "transfer" in state:
            return arriving.scan(actor, state, scan)
        found = selectors.purchase_order(actor.scope, state["order"])
        places = warehouses.resolve(scan, Context(actor.scope, found.row.warehouse_id))
        if len(places) == 1:
            return self._next(found, state | {"step": "item", "place": places[0].ref.id, "place_code": places[0].title}, say=places[0].title)
        match = item_of(scan, actor, client_id=found.row.client_id)
        line = next((n for n in found.lines if n.item_id == match.ref.id), None)
        tracked = line.tracking != "none" if line else False
        lot = scan.lot_of(line.tracking) if line else scan.lot or ""
        now = state | {
            "step": "quantity",
            "item": match.ref.id,
            "sku": match.title,
            "lot": lot,
            "expires": scan.expires_on.isoformat() if scan.expires_on else "",
        }
        fields = [Field("quantity", _("Quantity"), "number", said_quantity(scan, match))]
        if line and line.tracking == "serial":
            fields = [Field("quantity", _("Quantity"), "number", "1"), *(() if lot else (Field("lot", _("Serial number"), "text"),))]
        elif tracked and not lot:
            fields += [Field("lot", _("Lot"), "text"), Field("expires", _("Expiry"), "date")]
        return Screen(
            title=found.row.number,
            instruction=_("How many are there?"),
            big=match.title,
            lines=((_("Item"), match.detail), *(((_("Lot"), lot),) if lot else ()), *(() if line else ((_("Note"), _("not on this order")),))),
            fields=tuple(fields),
            buttons=(OK, Button("damaged", _("Damaged"), "danger")),
            tone="ok" if line else "wrong",
            sound="ok" if line else "wrong",
            state=now,
        )

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if "transfer" in state:
            return arriving.button(actor, key, state, name, fields)
        found = selectors.purchase_order(actor.scope, state["order"])
        if name in ("ok", "damaged") and state["step"] == "quantity":
            expires = day_in(fields.get("expires", "") or state["expires"])
            line = {
                "item": state["item"],
                "sku": state["sku"],
                "quantity": units_in(fields),
                "lot": fields.get("lot", "") or state["lot"],
                "expires": expires.isoformat() if expires else "",
                "condition": "damaged" if name == "damaged" else "sellable",
            }
            said = f"{line['quantity']} × {line['sku']}"
            return self._next(found, state | {"step": "item", "lines": [*state["lines"], line]}, say=said)
        if name == "undo":
            return self._next(found, state | {"step": "item", "lines": state["lines"][:-1]}, say=gettext("Taken back"))
        lines = [ReceivedLine(n["item"], n["quantity"], n["lot"], day_in(n["expires"]), n["condition"]) for n in state["lines"]]
        done = services.receive_purchase_order(
            key=key, actor=actor, purchase_order_id=state["order"], location_id=state["place"], lines=lines, sscc=state["sscc"]
        )
        said = ngettext("%d unit received", "%d units received", done.units) % done.units
        if done.discrepancy_ids:
            said += ", " + ngettext("%d thing otherwise than ordered", "%d things otherwise than ordered", len(done.discrepancy_ids)) % len(
                done.discrepancy_ids
            )
        return Screen(title=found.row.number, instruction=_("Scan the next order or load"), tone="done", sound="done", say=said, state={"step": "order"})

    def _load(self, found: PurchaseOrderInfo, state: State) -> Screen:
        return Screen(
            title=found.row.number,
            instruction=_("Is the load whole?"),
            big=state["sscc"][-8:],
            lines=((_("Supplier"), found.row.supplier), (_("Where"), state["place_code"])),
            buttons=(Button("done", _("Receive the load"), "primary", "check"),),
            tone="ok",
            sound="ok",
            state=state,
        )

    def _next(self, found: PurchaseOrderInfo, state: State, say: str = "") -> Screen:
        units = sum(n["quantity"] for n in state["lines"])
        left = sum(n.open for n in found.lines)
        done = (Button("done", _("Done"), "primary", "check"), Button("undo", _("Take back"), icon="undo")) if state["lines"] else ()
        return Screen(
            title=found.row.number,
            instruction=_("Scan an item"),
            big=state["place_code"],
            lines=((_("Supplier"), found.row.supplier), (_("Counted"), units), (_("Still to come"), max(0, left - units))),
            progress=(units, max(units, left)),
            buttons=done,
            tone="ok" if say else "ask",
            sound="ok" if say else "",
            say=say,
            state=state,
        )
