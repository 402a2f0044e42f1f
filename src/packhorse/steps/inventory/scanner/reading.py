"""What a scan and a keyed figure mean on the floor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.scan import Context, Match, Scan
from packhorse.core.web.scanner import Button
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import LocationInfo
from packhorse.steps.inventory.errors import Ambiguous

OK = Button("ok", _("OK"), "primary", "check")


def one(matches: list[Match], kind: str, scan: Scan) -> Match:
    """Raises: NotFound, Ambiguous."""
    refs = {m.ref for m in matches}
    if not refs:
        raise NotFound(kind=kind, ref=scan.text)
    if len(refs) > 1:
        raise Ambiguous(code=scan.text)
    return matches[0]


def item_of(scan: Scan, actor: Actor, *, client_id: int | None = None, among: Callable[[], set[int]] | None = None) -> Match:
    """The item of a scan. `among`: the items that are meant first, where clients use the same code.   Raises: NotFound, Ambiguous."""
    matches = catalog.resolve(scan, Context(actor.scope, client_id=client_id))
    if among is not None and len({m.ref for m in matches}) > 1:
        here = among()
        matches = [m for m in matches if m.ref.id in here] or matches
    return one(matches, "item", scan)


def place_of(scan: Scan, actor: Actor, warehouse_id: int | None) -> LocationInfo:
    match = one(warehouses.resolve(scan, Context(actor.scope, warehouse_id)), "location", scan)
    return warehouses.location(actor.scope, match.ref.id)


def docks_of(actor: Actor, warehouse_id: int) -> list[LocationInfo]:
    """Where goods come in: docks first, then staging places and bins.   Raises: NotFound."""
    docks = warehouses.locations_of_kind(actor.scope, warehouse_id, "dock", "staging", "bin")
    docks.sort(key=lambda p: (("dock", "staging", "bin").index(p.kind), p.code))
    if not docks:
        raise NotFound(kind="dock", ref=warehouses.warehouse(actor.scope, warehouse_id).name)
    return docks


def units_in(fields: Mapping[str, str], *, least: int = 1) -> int:
    """The keyed quantity.   Raises: Invalid."""
    text = fields.get("quantity", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise Invalid(field="quantity", reason=gettext("a whole number is needed"))
    return int(text)


def day_in(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(field="expires_on", reason=gettext("a date is needed")) from None


def said_quantity(scan: Scan, match: Match) -> str:
    """What the code itself says about how many there are; empty where it says nothing."""
    return str(match.quantity) if match.quantity > 1 or scan.count else ""
