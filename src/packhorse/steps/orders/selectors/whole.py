"""One order with everything about it, in three statements."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.money import Money
from packhorse.steps.orders.selectors.kits import kits
from packhorse.steps.orders.selectors.walking import fulfillment_orders_of
from packhorse.steps.orders.states import begun, request_of, request_of_all, status_of_all
from packhorse.steps.orders.types import (
    CancellationInfo,
    ChangeInfo,
    FulfillmentOrderInfo,
    Gift,
    HoldInfo,
    Missing,
    MoneyInfo,
    OrderInfo,
    PaymentEntryInfo,
    PaymentRequestInfo,
)

_ORDER: Final = """
SELECT o.number, o.client_id, c.name, o.channel, o.external_id, o.placed_at, o.accepted_at, o.currency, o.language, o.customer_ref, o.service, o.ship_to_id,
       EXISTS (SELECT FROM orders_kit k WHERE k.order_id = o.id),
       ARRAY[o.goods_minor, o.charges_minor, o.authorised_minor, o.captured_minor, o.refunded_minor],
       (SELECT json_agg(h ORDER BY h.id DESC)::text FROM orders_hold h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id WHERE f.order_id = o.id),
       (SELECT json_agg(e ORDER BY e.id)::text FROM orders_paymententry e WHERE e.order_id = o.id),
       (SELECT json_agg(r ORDER BY r.id)::text FROM orders_paymentrequest r WHERE r.order_id = o.id),
       (SELECT json_agg(g ORDER BY g.id DESC)::text FROM orders_change g WHERE g.order_id = o.id),
       (SELECT json_agg(c ORDER BY c.id DESC)::text FROM orders_cancellation c WHERE c.order_id = o.id),
       (SELECT json_build_array(g.note, g.wrap)::text FROM orders_gift g WHERE g.order_id = o.id)
FROM orders_order o JOIN catalog_client c ON c.id = o.client_id
WHERE o.id = %(id)s AND (%(clients)s::bigint[] IS NULL OR o.client_id = ANY(%(clients)s::bigint[]))
"""


def order(scope: Scope, order_id: int) -> OrderInfo:
    """One order with everything about it, in three statements (four, where kits were bought).

    Raises: NotFound (also where the scope does not see it).
    """
    parts = tuple(fulfillment_orders_of(scope, [order_id]))
    params = {"id": order_id, "clients": None if scope.client_ids is None else sorted(scope.client_ids)}
    found = sql.rows(_ORDER, params) if parts else []
    if not found:
        raise NotFound(kind="order", ref=str(order_id))
    number, client_id, client, channel, external_id, placed_at, accepted_at, currency, language, customer, service, ship_to_id, with_kits, sums, *rest = found[
        0
    ]
    holds, entries, requests, changes, cancellations, gift = (json.loads(rows) if rows else [] for rows in rest)
    return OrderInfo(
        order_id=order_id,
        number=number,
        status=status_of_all([fo.status for fo in parts]),
        request=request_of_all([_request(fo, cancellations[:1]) for fo in parts]),
        client_id=client_id,
        client=client,
        channel=channel,
        external_id=external_id,
        placed_at=placed_at,
        accepted_at=accepted_at,
        currency=currency,
        language=language,
        customer_ref=customer,
        service=service,
        ship_to_id=ship_to_id,
        fulfillment_orders=parts,
        holds=tuple(_hold(h) for h in holds),
        money=_money(order_id, currency, sums, entries, requests),
        kits=tuple(kits(scope, [order_id])) if with_kits else (),
        changes=tuple(ChangeInfo(_moment(c["at"]), c["kind"], c["reason"], c["principal"], c["detail"]) for c in changes),
        cancellations=tuple(_cancellation(c, number) for c in cancellations),
        gift=Gift(*gift) if gift else None,
    )


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _request(fo: FulfillmentOrderInfo, last: list[dict[str, Any]]) -> str:
    begun_with = begun(fo.stage, released_at=fo.released_at, shipped=sum(line.shipped for line in fo.lines))
    said = {"cancellation": last[0]["state"], "whole": not last[0]["quantities"]} if last else {}
    return request_of(fo.status, fo.stage, begun=begun_with, **said)


def _cancellation(c: dict[str, Any], number: str) -> CancellationInfo:
    return CancellationInfo.of(number, {**c, "asked_at": _moment(c["asked_at"]), "answered_at": _moment(c["answered_at"]) if c["answered_at"] else None})


def _hold(h: dict[str, Any]) -> HoldInfo:
    return HoldInfo(
        hold_id=h["id"],
        fulfillment_order_id=h["fulfillment_order_id"],
        kind=h["kind"],
        note=h["note"],
        owner_role=h["owner_role"],
        opened_at=_moment(h["opened_at"]),
        opened_by=h["opened_by"],
        retry_at=_moment(h["retry_at"]) if h["retry_at"] else None,
        released_at=_moment(h["released_at"]) if h["released_at"] else None,
        released_by=h["released_by"],
        missing=Missing.kept(h["missing"]),
    )


def _money(order_id: int, currency: str, sums: Sequence[int], entries: list[dict[str, Any]], requests: list[dict[str, Any]]) -> MoneyInfo:
    goods, charges, authorised, captured, refunded = (Money(minor, currency) for minor in sums)
    return MoneyInfo(
        payment=_payment(authorised, captured, refunded, [e["kind"] for e in entries], bool(requests)),
        goods=goods,
        charges=charges,
        authorised=authorised,
        captured=captured,
        refunded=refunded,
        entries=tuple(
            PaymentEntryInfo(_moment(e["at"]), e["kind"], Money(e["amount_minor"], currency), e["provider"], e["provider_ref"], e["note"]) for e in entries
        ),
        requests=tuple(
            PaymentRequestInfo(
                id=r["id"],
                order_id=order_id,
                kind=r["kind"],
                amount=Money(r["amount_minor"], currency),
                provider=r["provider"],
                state="waiting" if r["answered_at"] is None else "failed" if r["error"] else "done",
                attempts=r["attempts"],
                error=r["error"],
                asked_at=_moment(r["asked_at"]),
                next_attempt_at=_moment(r["next_attempt_at"]),
            )
            for r in requests
        ),
    )


def _payment(authorised: Money, captured: Money, refunded: Money, kinds: Sequence[str], wanted: bool) -> str:
    """The state of an order's money, of states.PAYMENT; `none` where it is paid elsewhere."""
    if not wanted:
        return "none"
    if captured.amount_minor:
        if refunded.amount_minor:
            return "refunded" if refunded == captured else "refunded_in_part"
        return "captured" if captured == authorised else "partly_captured"
    if authorised.amount_minor:
        return "authorised"
    last = kinds[-1] if kinds else ""
    return last if last in ("declined", "expired", "voided") else "pending"
