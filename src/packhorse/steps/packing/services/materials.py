"""Packaging material: what goes into a parcel by rule, what it costs, and how much of it is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.events import emit
from packhorse.core.money import extend
from packhorse.core.use_case import use_case
from packhorse.ground.catalog.models import Box, Client
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.orders.types import Gift
from packhorse.steps.packing import records
from packhorse.steps.packing.errors import BadMaterial
from packhorse.steps.packing.events import MaterialChanged, MaterialLow
from packhorse.steps.packing.models import Material, MaterialMove, MaterialRule, MaterialStock
from packhorse.steps.packing.types import NewMaterial, NewMaterialRule, Used

MOST: Final = 10**9
#: Tape over a box's length goes so far down either side.
DOWN_MM: Final = 70


@dataclass(frozen=True, slots=True)
class Closing:
    """A parcel as it is closed: what the rules look at."""

    client_id: int
    fulfillment_order_id: int
    box: Box | None
    goods_mm3: int
    fragile: bool
    gift: Gift | None = None

    def quantity(self, per: str, each: int, *, first: bool) -> int:
        """How much of a material a rule asks for."""
        if per == "parcel":
            return each
        if per == "order":
            return each if first else 0
        if self.box is None:
            return 0
        if per == "air":  # so much per litre of air
            inner = self.box.inner_length_mm * self.box.inner_width_mm * self.box.inner_height_mm
            return -(-each * max(0, inner - self.goods_mm3) // 1_000_000)
        return -(-each * (self.box.outer_length_mm + 2 * DOWN_MM) // 10)  # strips over the length, in centimetres

    def meant(self, only: str) -> bool:
        """Whether a rule speaks of this parcel."""
        kind = self.box.kind if self.box else ""
        if only == "gift":
            return self.gift is not None
        if only == "wrapped":
            return self.gift is not None and self.gift.wrap
        return only == "always" or only == kind or (only == "fragile" and self.fragile)


_RULES: Final = """
SELECT m.id, m.kind, m.cost, m.currency, r.client_id, r.per, r.in_which, r.quantity,
       EXISTS (SELECT FROM packing_parcel p WHERE p.fulfillment_order_id = %(fo)s AND p.state <> 'voided')
FROM packing_materialrule r JOIN packing_material m ON m.id = r.material_id
WHERE r.ended_at IS NULL AND m.archived_at IS NULL AND (r.client_id IS NULL OR r.client_id = %(client)s) AND (m.client_id IS NULL OR m.client_id = %(client)s)
UNION ALL SELECT m.id, m.kind, NULL, m.currency, NULL, 'parcel', 'always', 1, false FROM packing_material m WHERE m.box_id = %(box)s AND m.archived_at IS NULL
ORDER BY 1
"""


def used_for(closing: Closing) -> list[Used]:
    """What a parcel uses up: its box (where boxes are counted), and what the rules say. A client's rule for a kind of material takes the place of the house's for that kind."""
    rows = sql.rows(_RULES, {"fo": closing.fulfillment_order_id, "client": closing.client_id, "box": closing.box.pk if closing.box else None}, often=True)
    own = {kind for _id, kind, _cost, _currency, client, *_rest in rows if client is not None}
    used: dict[int, Used] = {}
    for material_id, kind, cost, currency, client, per, only, each, packed_before in rows:
        if (client is None and kind in own) or not closing.meant(only):
            continue
        n = closing.quantity(per, each, first=not packed_before)
        if not n:
            continue
        before = used[material_id].quantity if material_id in used else 0
        price = extend(before + n, cost, currency).amount_minor if cost is not None else (closing.box.cost_minor if closing.box else 0)
        used[material_id] = Used(material_id, before + n, price, kind == "box")
    return list(used.values())


def _authorize(actor: Actor, client_id: int | None) -> None:
    """Materials of the house are managed by the house alone.

    Raises: NotAllowed.
    """
    authorize(actor, "manage_catalog", client_id=client_id)
    if client_id is None and actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")


@use_case
def save_material(*, key: UUID, actor: Actor, new: NewMaterial) -> int:
    """A material is kept under its code, new or changed; its id. A box of the catalogue becomes one when boxes are counted.

    Locks: the material.   Raises: NotAllowed, NotFound, BadMaterial.
    """
    code = new.code.strip().upper()
    row = Material.objects.select_for_update().filter(code=code).first() or Material(code=code)
    _authorize(actor, new.client_id)
    if row.pk is not None:
        _authorize(actor, row.client_id)
    if not code or not new.name.strip() or new.kind not in Material.Kind.values or new.kind == "box" or new.unit not in Material.Unit.values:
        raise BadMaterial(code=code, reason=_("it has a code, a name, a kind and a unit; boxes come from the catalogue"))
    if row.kind == "box":
        raise BadMaterial(code=code, reason=_("that is a box of the catalogue"))
    if not 0 <= new.cost < MOST:
        raise BadMaterial(code=code, reason=_("its cost is an amount per unit"))
    if new.client_id is not None and not Client.objects.filter(pk=new.client_id, archived_at=None).exists():
        raise NotFound(kind="client", ref=str(new.client_id))
    others = set(Box.objects.filter(archived_at=None).values_list("currency", flat=True)) - {new.currency}
    if others:
        raise BadMaterial(code=code, reason=_("packaging is paid in one currency: {currency}").format(currency=", ".join(sorted(others))))
    for name in ("name", "kind", "unit", "cost", "currency", "client_id"):
        setattr(row, name, getattr(new, name))
    row.archived_at = None
    row.save()
    return row.pk


@use_case
def count_boxes(*, key: UUID, actor: Actor) -> int:
    """Every box of the catalogue that is in use is counted as material from now on. Returns how many are new to it.

    Raises: NotAllowed.
    """
    _authorize(actor, None)
    return sql.run(
        """INSERT INTO packing_material (code, name, kind, unit, box_id, cost, currency)
           SELECT upper(b.code), b.name, 'box', 'piece', b.id, 0, b.currency FROM catalog_box b
           WHERE b.archived_at IS NULL AND NOT EXISTS (SELECT FROM packing_material m WHERE m.box_id = b.id OR m.code = upper(b.code)) ORDER BY b.id"""
    )


@use_case
def archive_material(*, key: UUID, actor: Actor, material_id: int, archived: bool = True) -> int:
    """A material is no longer used, or used again.

    Locks: the material.   Raises: NotAllowed, NotFound.
    """
    row = records.lock_material(material_id)
    _authorize(actor, row.client_id)
    row.archived_at = work.current().at if archived else None
    row.save(update_fields=["archived_at"])
    return row.pk


def _stock(actor: Actor, material_id: int, warehouse_id: int, permission: str) -> MaterialStock:
    """The warehouse's stock of the material, locked; made where there was none.

    Raises: NotAllowed, NotFound.
    """
    material = Material.objects.filter(pk=material_id, archived_at=None).first()
    if material is None or not Warehouse.objects.filter(pk=warehouse_id).exists():
        raise NotFound(kind="material", ref=str(material_id))
    authorize(actor, permission, client_id=material.client_id, warehouse_id=warehouse_id)
    sql.run(
        """INSERT INTO packing_materialstock (material_id, warehouse_id, quantity, reorder_at, reorder_to) VALUES (%s, %s, 0, 0, 0)
           ON CONFLICT (warehouse_id, material_id) DO NOTHING""",
        [material_id, warehouse_id],
    )
    return records.lock_material_stock([(warehouse_id, material_id)])[0]


def _move(stock: MaterialStock, quantity: int, why: str, by: str, note: str = "") -> None:
    stock.quantity += quantity
    MaterialMove.objects.create(
        material_id=stock.material_id, warehouse_id=stock.warehouse_id, quantity=quantity, why=why, by=by, at=work.current().at, note=note[:200]
    )


def _changed(stock: MaterialStock) -> MaterialChanged:
    return MaterialChanged(material_id=stock.material_id, warehouse_id=stock.warehouse_id, quantity=stock.quantity)


@use_case
def receive_material(*, key: UUID, actor: Actor, material_id: int, warehouse_id: int, quantity: int, note: str = "") -> int:
    """So much of a material came. Returns how much there is now.

    Locks: the stock of it.   Raises: NotAllowed, NotFound, Invalid.
    """
    stock = _stock(actor, material_id, warehouse_id, "pack")
    if not 0 < quantity < MOST:
        raise Invalid(field="quantity", reason=_("more than nothing"))
    _move(stock, quantity, "received", actor.principal, note)
    stock.save(update_fields=["quantity"])
    emit(_changed(stock))
    return stock.quantity


@use_case
def count_material(*, key: UUID, actor: Actor, material_id: int, warehouse_id: int, counted: int, note: str = "") -> int:
    """So much of a material is there, by count. Returns by how much the books were off.

    Locks: the stock of it.   Raises: NotAllowed, NotFound, Invalid.
    """
    stock = _stock(actor, material_id, warehouse_id, "pack")
    if not 0 <= counted < MOST:
        raise Invalid(field="counted", reason=_("nothing or more"))
    if difference := counted - stock.quantity:
        _move(stock, difference, "counted", actor.principal, note)
        stock.save(update_fields=["quantity"])
        emit(_changed(stock))
    return difference


@use_case
def set_reorder(*, key: UUID, actor: Actor, material_id: int, warehouse_id: int, reorder_at: int, reorder_to: int) -> int:
    """At so much or less of a material, somebody orders up to so much. Returns how much there is.

    Locks: the stock of it.   Raises: NotAllowed, NotFound, Invalid.
    """
    stock = _stock(actor, material_id, warehouse_id, "manage_catalog")
    if not 0 <= reorder_at <= reorder_to < MOST:
        raise Invalid(field="reorder_to", reason=_("not less than the point at which it is ordered"))
    stock.reorder_at, stock.reorder_to = reorder_at, reorder_to
    stock.save(update_fields=["reorder_at", "reorder_to"])
    return stock.quantity


@use_case
def save_rule(*, key: UUID, actor: Actor, new: NewMaterialRule) -> int:
    """So much of a material goes into parcels from now on; a rule that says it for the same parcels is replaced. Returns the rule.

    Locks: the material.   Raises: NotAllowed, NotFound, BadMaterial.
    """
    material = records.lock_material(new.material_id)
    _authorize(actor, new.client_id)
    if material.client_id not in (None, new.client_id):
        raise BadMaterial(code=material.code, reason=_("it is another client's"))
    if material.kind == "box" or new.per not in MaterialRule.Per.values or new.only not in MaterialRule.Only.values or not 0 < new.quantity < MOST:
        raise BadMaterial(code=material.code, reason=_("a rule says how much, per what, and in which parcels; boxes are chosen"))
    same = {"material_id": new.material_id, "client_id": new.client_id, "per": new.per, "only": new.only}
    if before := MaterialRule.objects.select_for_update().filter(ended_at=None, **same).order_by("pk").first():
        before.ended_at = work.current().at
        before.save(update_fields=["ended_at"])
    return MaterialRule.objects.create(quantity=new.quantity, **same).pk


@use_case
def end_rule(*, key: UUID, actor: Actor, rule_id: int) -> int:
    """A rule no longer holds; parcels that were packed by it keep what they used.

    Locks: the rule.   Raises: NotAllowed, NotFound.
    """
    row = MaterialRule.objects.select_for_update().filter(pk=rule_id, ended_at=None).first()
    if row is None:
        raise NotFound(kind="rule", ref=str(rule_id))
    _authorize(actor, row.client_id)
    row.ended_at = work.current().at
    row.save(update_fields=["ended_at"])
    return row.material_id


@use_case
def use_materials(*, key: UUID, actor: Actor, parcel_ids: Sequence[int]) -> int:
    """What sealed parcels used up comes off the stock of their warehouses, where it is counted. More than was known to be there is first found. Returns how many stocks changed.

    Locks: stocks.
    """
    authorize(actor, "run_system")
    rows = sql.rows(
        """SELECT p.warehouse_id, u.material_id, sum(u.quantity)::bigint FROM packing_parcelmaterial u JOIN packing_parcel p ON p.id = u.parcel_id
           WHERE u.parcel_id = ANY(%s) GROUP BY 1, 2 ORDER BY 1, 2""",
        [list(parcel_ids)],
    )
    wanted = {(warehouse_id, material_id): quantity for warehouse_id, material_id, quantity in rows}
    stocks = records.lock_material_stock(wanted)
    for stock in stocks:
        quantity, before = wanted[stock.warehouse_id, stock.material_id], stock.quantity
        if quantity > before:
            _move(stock, quantity - before, "unknown", actor.principal)
        _move(stock, -quantity, "used", actor.principal)
        stock.save(update_fields=["quantity"])
        if stock.quantity <= stock.reorder_at < before:
            emit(MaterialLow(material_id=stock.material_id, warehouse_id=stock.warehouse_id, quantity=stock.quantity, reorder_to=stock.reorder_to))
    return len(stocks)
