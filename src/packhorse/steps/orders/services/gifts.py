"""Gifts: kept with their order, changed until it is packed, and their notes erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.orders import selectors
from packhorse.steps.orders.errors import NothingToChange
from packhorse.steps.orders.events import OrderEdited
from packhorse.steps.orders.services.cancelling import note_change
from packhorse.steps.orders.services.desk import desk_of
from packhorse.steps.orders.services.edit_order import authorized_order, not_packed
from packhorse.steps.orders.types import MOST_NOTE, Edited, Gift


def keep_gifts(client_id: int, gifts: Sequence[tuple[int, Gift]], until: dt.date) -> None:
    """These orders are gifts from now on, their notes kept until a day; joins the caller's transaction."""
    sql.run(
        """INSERT INTO orders_gift (order_id, client_id, wrap, note, retain_until)
           SELECT t.o, %s, t.wrap, t.note, %s FROM unnest(%s::bigint[], %s::bool[], %s::text[]) AS t(o, wrap, note)
           ON CONFLICT (order_id) DO UPDATE SET wrap = excluded.wrap, note = excluded.note, retain_until = excluded.retain_until, erased_at = NULL""",
        [client_id, until, [o for o, _ in gifts], [g.wrap for _, g in gifts], [g.note for _, g in gifts]],
    )


@use_case
def change_gift(*, key: UUID, actor: Actor, order_id: int, gift: Gift | None, reason: str) -> Edited:
    """Make an order a gift, say another note, or make it none. Until something of it is packed: then the slip lies in the box.

    Locks: the order, fulfillment orders, lines.   Raises: NotAllowed, NotFound, Invalid, TooLate, PackedAlready, NothingToChange.
    """
    order, parts = authorized_order(actor, order_id)
    parts = not_packed(order, parts)
    if gift is not None and (len(gift.note) > MOST_NOTE or "\x00" in gift.note):
        raise Invalid(field="note", reason="at most {most} letters", most=MOST_NOTE)
    if gift == selectors.gifts(actor.scope, [order_id]).get(order_id):
        raise NothingToChange(order_id=order_id)
    if gift is None:
        sql.run("DELETE FROM orders_gift WHERE order_id = %s", [order_id])
    else:
        keep_gifts(order.client_id, [(order_id, gift)], desk_of(order.client_id, parts[0].warehouse_id).policy.addresses_until(work.current().at))
    note_change(order_id, "edit", reason, {"gift": gift is not None, "wrap": gift is not None and gift.wrap})
    emit(OrderEdited(order_id=order_id, client_id=order.client_id, fields="gift", reason=reason))
    return Edited(order_id, ("gift",))


@use_case
def erase_gift_notes(*, key: UUID, actor: Actor, address_ids: list[int]) -> int:
    """Addresses were erased: so are the notes of the gifts that went there. Returns how many.

    Locks: gifts.   Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    return _erase("order_id IN (SELECT id FROM orders_order WHERE ship_to_id = ANY(%s))", list(address_ids))


@use_case
def erase_old_gift_notes(*, key: UUID, actor: Actor, today: dt.date) -> int:
    """Notes whose retention has ended before `today` are erased. Returns how many.

    Locks: gifts.   Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    return _erase("retain_until < %s", today)


def _erase(which: str, value: object) -> int:
    held = [r[0] for r in sql.rows(f"SELECT id FROM orders_gift WHERE erased_at IS NULL AND note <> '' AND {which} ORDER BY id FOR UPDATE", [value])]
    return sql.run("UPDATE orders_gift SET note = '', erased_at = %s WHERE id = ANY(%s)", [work.current().at, held])
