"""What the use cases of a return share: who asks, the label for the way back, the mails. Plain functions below the use cases."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.formats import date_format

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import NotAllowed
from packhorse.core.refs import Ref
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.messages.queue import queue
from packhorse.ground.messages.types import NewMessage
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import selectors as packing
from packhorse.steps.returns.models import Rma, RmaLine
from packhorse.steps.shipping import requests as shipping

#: What return labels are bought from, and as what.
CARRIER, SERVICE = "tariff", "standard"
#: A parcel of goods whose parcel out is not known: millimetres and grams.
UNKNOWN_SIZE, UNKNOWN_WEIGHT = (300, 200, 150), 1000


def link_principal(order_id: int) -> str:
    """The principal of a customer who came by an order's link."""
    return f"link:return:{order_id}"


def authorize_asker(actor: Actor, permission: str, *, order_id: int | None, client_id: int) -> None:
    """Refuse unless the actor holds the permission and sees the client; one who came by a link, unless it is that order's.

    Raises: NotAllowed.
    """
    authorize(actor, permission, client_id=client_id)
    if actor.principal.startswith("link:") and (order_id is None or actor.principal != link_principal(order_id)):
        raise NotAllowed(permission=permission)


def authorize_staff(actor: Actor, permission: str, *, client_id: int, warehouse_id: int | None = None) -> None:
    """Refuse unless the actor is one of ours (or the client's own people) who holds the permission; nobody who came by a link.

    Raises: NotAllowed.
    """
    authorize(actor, permission, client_id=client_id, warehouse_id=warehouse_id)
    if actor.principal.startswith("link:"):
        raise NotAllowed(permission=permission)


def send_labels(approved: Sequence[tuple[Rma, Sequence[RmaLine]]]) -> None:
    """Ask shipping for the labels of approved returns whose merchant pays and whose customer has an address. Told as LabelBought when they are there."""
    wanted = [(r, lines) for r, lines in approved if r.label_paid_by == "merchant" and r.order_id is not None]
    order_ids = sorted({r.order_id for r, _ in wanted if r.order_id is not None})
    addressed = orders.ship_to(EVERYTHING, order_ids)
    fos = orders.fulfillment_orders_of(EVERYTHING, order_ids)
    order_of = {fo.fulfillment_order_id: fo.order_id for fo in fos}
    parcels = [p for p in packing.parcels_of(EVERYTHING, list(order_of)) if p.state != "voided"]
    contents = packing.contents(EVERYTHING, [p.parcel_id for p in parcels])
    weights = {i: info.weight_g for i, info in catalog.items_by_id(EVERYTHING, {line.item_id for _, lines in wanted for line in lines}).items()}
    for rma, lines in wanted:
        if rma.order_id not in addressed:
            continue
        demands = {line.demand_id for line in lines}
        holding = {c.parcel_id for c in contents if c.demand_id in demands}
        own = [p for p in parcels if p.parcel_id in holding]
        size, weight = UNKNOWN_SIZE, UNKNOWN_WEIGHT
        if own:
            largest = max(own, key=lambda p: (p.length_mm * p.width_mm * p.height_mm, p.parcel_id))
            goods = sum(weights.get(line.item_id, 0) * line.quantity for line in lines)
            size = (largest.length_mm, largest.width_mm, largest.height_mm)
            weight = min(sum(p.weight_g for p in own), goods + max(0, largest.weight_g - largest.expected_g)) if goods else largest.weight_g
        shipping.return_label(
            for_kind="returns.rma",
            for_id=rma.pk,
            order_id=rma.order_id,
            client_id=rma.client_id,
            warehouse_id=rma.warehouse_id,
            carrier=CARRIER,
            service=SERVICE,
            weight_g=max(1, weight),
            size_mm=size,
        )


def tell_customer(template: str, rmas: Sequence[Rma]) -> None:
    """Mail the customers of returns (those with an order and an address): `return_label` or `return_received`, once each."""
    order_ids = sorted({r.order_id for r in rmas if r.order_id is not None})
    addresses = orders.ship_to(EVERYTHING, order_ids)
    infos = {fo.order_id: fo for fo in orders.fulfillment_orders_of(EVERYTHING, order_ids)}
    lines: dict[int, list[str]] = {}
    for rma_id, quantity, name in RmaLine.objects.filter(rma__in=rmas).order_by("pk").values_list("rma_id", "quantity", "item__name"):
        lines.setdefault(rma_id, []).append(f"{quantity} × {name}")
    messages = []
    for rma in rmas:
        if rma.order_id is None or rma.order_id not in addresses:
            continue
        fo, to = infos[rma.order_id], addresses[rma.order_id].data
        with translation.override(fo.language):
            send_by = date_format(rma.send_by, "DATE_FORMAT") if rma.send_by else ""
        values = {
            "name": to.name,
            "order_number": fo.order_number,
            "return_number": rma.number,
            "return_url": orders.return_url(rma.order_id),
        }
        if template == "return_label":
            values |= {"lines": "\n".join(lines.get(rma.pk, ())), "send_by": send_by}
        messages.append(
            NewMessage(
                template=template,
                subject=Ref("returns.rma", rma.pk),
                recipient=to.email,
                language=fo.language,
                client_id=rma.client_id,
                order_id=rma.order_id,
                values=values,
            )
        )
    queue(messages)
