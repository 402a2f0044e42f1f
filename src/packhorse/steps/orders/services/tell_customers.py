"""What customers are told by orders: received, cancelled, refunded. The other turns are told by the steps that know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats, translation

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.core.words import said
from packhorse.ground.messages.queue import queue
from packhorse.ground.messages.types import NewMessage
from packhorse.ground.places import selectors as places
from packhorse.steps.orders.selectors import tracking_url
from packhorse.steps.orders.types import News

_HEADS = """
SELECT o.id, o.client_id, o.number, o.language, o.currency, o.goods_minor + o.charges_minor, o.ship_to_id, min(f.deliver_by), min(w.time_zone)
FROM orders_order o JOIN orders_fulfillmentorder f ON f.order_id = o.id JOIN warehouse_warehouse w ON w.id = f.warehouse_id WHERE o.id = ANY(%s) GROUP BY o.id
"""
_LINES = """
SELECT x.order_id, string_agg(x.quantity || ' × ' || i.name, E'\\n' ORDER BY x.n) FROM (
  SELECT b.order_id, b.quantity, b.item_id, b.line_no AS n FROM orders_orderline b
  WHERE b.order_id = ANY(%(ids)s) AND NOT EXISTS (SELECT FROM orders_kitline c WHERE c.order_line_id = b.id)
  UNION ALL
  SELECT k.order_id, k.quantity, k.item_id, min(b.line_no) FROM orders_kit k JOIN orders_kitline c ON c.kit_id = k.id JOIN orders_orderline b ON b.id = c.order_line_id
  WHERE k.order_id = ANY(%(ids)s) GROUP BY k.id
) x JOIN catalog_item i ON i.id = x.item_id GROUP BY x.order_id
"""


@use_case
def tell_customers(*, key: UUID, actor: Actor, news: list[News]) -> int:
    """Queue what customers should read: each thing once, to those who left a mail address. Gives how many.

    Raises: NotAllowed.
    """
    authorize(actor, "take_orders")
    ids = sorted({n.order_id for n in news})
    heads = {r[0]: r for r in sql.rows(_HEADS, [ids])}
    for client_id in sorted({r[1] for r in heads.values()}):
        authorize(actor, "take_orders", client_id=client_id)
    lines = dict(sql.rows(_LINES, {"ids": sorted({n.order_id for n in news if n.template == "order_received"})}))
    people = places.addresses({r[6] for r in heads.values() if r[6]}, EVERYTHING)
    return queue(_messages(news, heads, lines, people))


def _messages(news: Sequence[News], heads: Mapping[int, Any], lines: Mapping[int, str], people: Mapping[int, Any]) -> list[NewMessage]:
    found = []
    for n in news:
        if n.order_id not in heads:
            continue
        _, client_id, number, language, currency, total, ship_to, deliver_by, zone = heads[n.order_id]
        to = people.get(ship_to)
        if to is None or not to.data.email:
            continue
        with translation.override(language):
            values = {
                "order_number": number,
                "name": to.data.name,
                "reason": said(n.reason),
                "amount": str(Money(n.amount_minor, currency)) if n.amount_minor is not None else "",
                "lines": lines.get(n.order_id, ""),
                "total": str(Money(total, currency)),
                "promise": formats.date_format(deliver_by.astimezone(ZoneInfo(zone)), "DATE_FORMAT"),
                "tracking_url": tracking_url(n.order_id),
            }
        found.append(
            NewMessage(
                template=n.template,
                subject=Ref(n.subject_kind, n.subject_id),
                recipient=to.data.email,
                language=language,
                client_id=client_id,
                order_id=n.order_id,
                values=values,
            )
        )
    return found
