"""The papers of a parcel: its label as PDF and ZPL, and the slip that lies in it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.utils import translation

from packhorse.core import sscc
from packhorse.core.actors import EVERYTHING
from packhorse.core.documents import PackingSlip, ShippingLabel, label_pdf, label_zpl, packing_slip_pdf
from packhorse.ground.carriers.types import Purchase
from packhorse.ground.files.services import store_many
from packhorse.ground.files.types import NewFile
from packhorse.ground.places.printing import address_lines
from packhorse.ground.places.types import AddressData
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import selectors as packing
from packhorse.steps.packing.types import MARKS
from packhorse.steps.shipping.types import LabelInfo


@dataclass(frozen=True)
class Papers:
    """File ids of a label's documents."""

    pdf_id: int
    zpl_id: int
    slip_id: int | None


def house_address(warehouse: Warehouse) -> AddressData:
    """Where the warehouse stands, as a party."""
    return AddressData(
        name=warehouse.address_name or warehouse.name,
        line1=warehouse.address_line,
        city=warehouse.city,
        region=warehouse.region,
        postal_code=warehouse.postal_code,
        country=warehouse.country,
    )


def make_papers(labels: Sequence[LabelInfo], purchases: Sequence[Purchase], warehouse: Warehouse) -> list[Papers]:
    """Render and keep the papers of outbound labels that were bought, in order. Outside any use case: files come first, rows follow."""
    fos = {
        fo.fulfillment_order_id: fo for fo in orders.fulfillment_orders(EVERYTHING, sorted({i.fulfillment_order_id for i in labels if i.fulfillment_order_id}))
    }
    addresses = orders.ship_to(EVERYTHING, sorted({i.order_id for i in labels}))
    parcels = packing.parcels_of(EVERYTHING, [fo.fulfillment_order_id for fo in fos.values()])
    siblings: dict[int, list[int]] = {}
    for p in parcels:
        if p.state != "voided":
            siblings.setdefault(p.fulfillment_order_id, []).append(p.parcel_id)
    slips = packing.slips(EVERYTHING, [i.parcel_id for i in labels if i.parcel_id])
    marks = packing.marks_of(EVERYTHING, [i.parcel_id for i in labels if i.parcel_id])
    drawn: list[tuple[LabelInfo, ShippingLabel, PackingSlip]] = []
    for label, purchase, slip in zip(labels, purchases, slips, strict=True):
        assert label.parcel_id is not None, "outbound labels are for parcels"
        assert label.fulfillment_order_id is not None, "and parcels are of fulfillment orders"
        fo, own = fos[label.fulfillment_order_id], siblings.get(label.fulfillment_order_id, [])
        if label.parcel_id not in own:  # opened again while its label was being bought
            own = [*own, label.parcel_id]
        paper = _label(label, purchase, warehouse, addresses[label.order_id].data, fo, own, marks.get(label.parcel_id, ()))
        drawn.append((label, paper, slip))
    ids = store_many(_files(drawn))
    return [Papers(ids[n], ids[n + 1], ids[n + 2]) for n in range(0, len(ids), 3)]


def _files(drawn: Sequence[tuple[LabelInfo, ShippingLabel, PackingSlip]]) -> list[NewFile]:
    """Label, ZPL and slip of each, in order. Labels and slips are set side by side, on two processors where there are two."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        slips = beside.map(packing_slip_pdf, [slip for _, _, slip in drawn])
        labels = [label_pdf(paper) for _, paper, _ in drawn]
        return [
            file
            for (label, paper, _), label_data, slip_data in zip(drawn, labels, slips, strict=True)
            for file in (
                NewFile(data=label_data, media_type="application/pdf", kind="label", client_id=label.client_id),
                NewFile(data=label_zpl(paper).encode(), media_type="application/x-zpl", kind="label", client_id=label.client_id),
                NewFile(data=slip_data, media_type="application/pdf", kind="packing_slip", client_id=label.client_id),
            )
        ]


def _label(
    label: LabelInfo, purchase: Purchase, warehouse: Warehouse, to: AddressData, fo: FulfillmentOrderInfo, siblings: list[int], marks: tuple[str, ...]
) -> ShippingLabel:
    assert label.parcel_id is not None, "outbound labels are for parcels"
    with translation.override(fo.language[:2]):
        said = tuple(str(MARKS[m]) for m in marks)
    return ShippingLabel(
        ship_from=address_lines(house_address(warehouse)),
        ship_to=address_lines(to),
        carrier=label.carrier,
        service=label.service,
        tracking_number=purchase.tracking_number,
        ships_on=purchase.purchased_at.date(),
        weight_g=label.weight_g,
        routing=purchase.routing,
        sscc=sscc.of_parcel(label.parcel_id),
        parcel=siblings.index(label.parcel_id) + 1,
        parcels=len(siblings),
        reference=fo.number,
        marks=said,
        language=fo.language[:2],
    )


def make_return_papers(label: LabelInfo, purchase: Purchase, warehouse: Warehouse, customer: AddressData, return_number: str) -> Papers:
    """Render and keep the papers of a return label."""
    paper = ShippingLabel(
        ship_from=address_lines(customer),
        ship_to=address_lines(house_address(warehouse)),
        carrier=label.carrier,
        service=label.service,
        tracking_number=purchase.tracking_number,
        ships_on=purchase.purchased_at.date(),
        weight_g=label.weight_g,
        routing=purchase.routing,
        reference=return_number,
        return_number=return_number,
    )
    ids = store_many(
        [
            NewFile(data=label_pdf(paper), media_type="application/pdf", kind="return_label", client_id=label.client_id),
            NewFile(data=label_zpl(paper).encode(), media_type="application/x-zpl", kind="return_label", client_id=label.client_id),
        ]
    )
    return Papers(ids[0], ids[1], None)
