"""What the papers of parcels say: the slip that lies in one, the list of what is in it, and what stands on handling units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.documents import Brand, ContentsLine, ContentsList, PackingSlip, Paper, SlipLine, paper_of
from packhorse.core.money import Money, extend
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.places.printing import address_lines
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import LocationInfo
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.types import LevelAt
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo, LineInfo
from packhorse.steps.packing.policy import policies_of
from packhorse.steps.packing.selectors.parcels import contents, parcels_by_id, parcels_of
from packhorse.steps.packing.types import ParcelContent

#: So deep do units stand in one another.
_DEEP = 4


class _Slips:
    """What the slips of some orders have in common, read once for all of them."""

    def __init__(self, scope: Scope, fos: Sequence[FulfillmentOrderInfo]) -> None:
        self.scope = scope
        self._addresses = orders.ship_to(scope, sorted({fo.order_id for fo in fos}))
        self._clients = catalog.clients_by_id(scope, {fo.client_id for fo in fos})
        self._papers = _papers(scope, {fo.warehouse_id for fo in fos})
        self._gifts = orders.gifts(scope, sorted({fo.order_id for fo in fos}))
        self._policies = policies_of(list(self._clients))

    def slip(self, fo: FulfillmentOrderInfo, lines: Sequence[tuple[LineInfo, int, str]], parcel: int = 1, parcels: int = 1) -> PackingSlip:
        """The slip of so much of an order's lines, each with a note (its lot)."""
        client, to = self._clients[fo.client_id], self._addresses.get(fo.order_id)
        gift = self._gifts.get(fo.order_id)
        priced = self._policies[fo.client_id].slip_prices and gift is None
        shown = tuple(_line(line, quantity, note, fo.currency if priced else "") for line, quantity, note in lines)
        total = sum((line.amount.amount_minor for line in shown if line.amount), 0)
        with translation.override(fo.language[:2]):
            totals = ((_("Total"), Money(total, fo.currency)),) if priced else ()
        return PackingSlip(
            brand=Brand(name=client.name, colour=client.brand_colour, contact=client.support_email),
            order_number=fo.order_number,
            ordered_on=fo.placed_at.date(),
            ship_to=address_lines(to.data) if to else (),
            lines=shown,
            reference=fo.external_id,
            parcel=parcel,
            parcels=parcels,
            totals=totals,
            paper=self._papers[fo.warehouse_id],
            message=gift.note if gift else "",
            gift=gift is not None,
            language=fo.language[:2],
        )


def _papers(scope: Scope, warehouse_ids: Iterable[int]) -> dict[int, Paper]:
    """The paper that each warehouse prints on."""
    return {pk: paper_of(w.address.country) for pk, w in warehouses.warehouses_by_id(scope, warehouse_ids).items()}


def _line(line: LineInfo, quantity: int, note: str, currency: str) -> SlipLine:
    if not currency:
        return SlipLine(sku=line.sku, name=line.name, quantity=quantity, note=note)
    amount = Money(extend(quantity, line.unit_price, currency).amount_minor, currency)
    price = line.unit_price.quantize(Decimal("0.01")) if line.unit_price == line.unit_price.quantize(Decimal("0.01")) else line.unit_price.normalize()
    return SlipLine(sku=line.sku, name=line.name, quantity=quantity, note=note, price=f"{price:f}", amount=amount)


def slips(scope: Scope, parcel_ids: Sequence[int]) -> list[PackingSlip]:
    """The packing slips of parcels, in their order: in the client's brand and the customer's language, with prices only where the client says so and it is no gift."""
    found = {p.parcel_id: p for p in parcels_by_id(scope, parcel_ids)}
    fos = {fo.fulfillment_order_id: fo for fo in orders.fulfillment_orders(scope, sorted({p.fulfillment_order_id for p in found.values()}))}
    siblings: dict[int, list[int]] = {}
    for p in parcels_of(scope, list(fos)):
        if p.state != "voided" or p.parcel_id in found:
            siblings.setdefault(p.fulfillment_order_id, []).append(p.parcel_id)
    inside = _by_parcel(contents(scope, list(found)))
    made = _Slips(scope, list(fos.values()))
    slips = []
    for parcel_id in (i for i in parcel_ids if i in found):
        fo, own = fos[found[parcel_id].fulfillment_order_id], siblings[found[parcel_id].fulfillment_order_id]
        lines = {line.demand_id: line for line in fo.lines}
        slips.append(made.slip(fo, [(lines[c.demand_id], c.quantity, c.lot or "") for c in inside.get(parcel_id, ())], own.index(parcel_id) + 1, len(own)))
    return slips


def slips_of_orders(scope: Scope, fulfillment_order_ids: Sequence[int]) -> list[PackingSlip]:
    """The packing slips of orders, in their order: one for each parcel where they are packed, else one of all that is wanted."""
    packed: dict[int, list[int]] = {}
    for p in parcels_of(scope, fulfillment_order_ids):
        if p.state != "voided":
            packed.setdefault(p.fulfillment_order_id, []).append(p.parcel_id)
    waiting = [i for i in fulfillment_order_ids if i not in packed]
    fos = {fo.fulfillment_order_id: fo for fo in orders.fulfillment_orders(scope, waiting)}
    made = _Slips(scope, list(fos.values()))
    parcel_ids = [p for own in packed.values() for p in own]
    of_parcels: Mapping[int, PackingSlip] = dict(zip(parcel_ids, slips(scope, parcel_ids), strict=True))
    found: list[PackingSlip] = []
    for i in fulfillment_order_ids:
        if i in packed:
            found += [of_parcels[p] for p in packed[i]]
        elif (fo := fos.get(i)) is not None and fo.units:
            found.append(made.slip(fo, [(line, line.live, "") for line in fo.lines if line.live]))
    return found


def _by_parcel(found: Iterable[ParcelContent]) -> dict[int, list[ParcelContent]]:
    grouped: dict[int, list[ParcelContent]] = {}
    for c in found:
        grouped.setdefault(c.parcel_id, []).append(c)
    return grouped


def contents_of_parcels(scope: Scope, parcel_ids: Sequence[int], language: str) -> list[ContentsList]:
    """What is in parcels, as lists to print, in their order."""
    found = {p.parcel_id: p for p in parcels_by_id(scope, parcel_ids)}
    inside = _by_parcel(contents(scope, list(found)))
    papers = _papers(scope, {p.warehouse_id for p in found.values()})
    return [
        ContentsList(
            number=p.number,
            made_on=p.sealed_at.date(),
            lines=tuple(ContentsLine(sku=c.sku, name=c.name, quantity=c.quantity, lot=c.lot or "") for c in inside.get(p.parcel_id, ())),
            said=(p.fulfillment_order, *((p.box,) if p.box else ()), f"{p.weight_g / 1000:.2f} kg"),
            paper=papers[p.warehouse_id],
            language=language,
        )
        for p in (found[i] for i in parcel_ids if i in found)
    ]


def contents_of_unit(scope: Scope, location_id: int, language: str) -> ContentsList:
    """What lies in a tote, on a cart or on a pallet, and in the units that stand on it.

    Raises: NotFound.
    """
    unit = warehouses.location(scope, location_id)
    standing = _on_it(scope, unit)
    warehouse = warehouses.warehouse(scope, unit.warehouse_id) if unit.warehouse_id else None
    lying: dict[int, list[LevelAt]] = {}
    for at in inventory.levels(scope, location_ids=[place.id for place in standing]):
        lying.setdefault(at.location_id, []).append(at)
    lines = [
        ContentsLine(sku=at.sku, name=at.item_name, quantity=at.on_hand, lot=at.lot, within="" if place.id == unit.id else place.code)
        for place in standing
        for at in lying.get(place.id, ())
    ]
    return ContentsList(
        number=unit.code,
        made_on=clock.now().date(),
        lines=tuple(lines),
        said=(warehouse.name,) if warehouse else (),
        paper=paper_of(warehouse.address.country) if warehouse else "a4",
        language=language,
    )


def _on_it(scope: Scope, unit: LocationInfo) -> list[LocationInfo]:
    """The unit and all that stands on it, each before what stands on itself."""
    found, layer = [unit], [unit]
    for _level in range(_DEEP):
        layer = warehouses.units_in(scope, *(outer.id for outer in layer))
        if not layer:
            break
        found += layer
    return found
