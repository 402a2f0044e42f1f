"""Papers of many parcels or orders to the house's printers: made by a job, since a thousand slips take ten seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from packhorse.core.actors import Actor, Scope
from packhorse.core.documents import contents_lists_pdf, packing_slips_pdf, unit_label_zpl
from packhorse.core.refs import Ref
from packhorse.ground.equipment import selectors as equipment, services as devices
from packhorse.ground.equipment.types import NewSending
from packhorse.ground.files.services import store
from packhorse.steps.packing import paper, selectors
from packhorse.steps.packing.types import PaperBatch


def _filed(data: bytes, kind: str, client_id: int) -> dict[str, Any]:
    return {"file_id": store(data, "application/pdf", kind, client_id=client_id, retain_until=paper.kept_until())}


def _slips(scope: Scope, batch: PaperBatch, _language: str) -> dict[str, Any]:
    of = selectors.slips_of_orders if batch.of == "orders.fulfillment_order" else selectors.slips
    return _filed(packing_slips_pdf(of(scope, batch.ids)), "packing_slip", batch.client_id)


def _contents(scope: Scope, batch: PaperBatch, language: str) -> dict[str, Any]:
    return _filed(contents_lists_pdf(selectors.contents_of_parcels(scope, batch.ids, language)), "contents", batch.client_id)


def _unit_labels(scope: Scope, batch: PaperBatch, _language: str) -> dict[str, Any]:
    return {"payload": "".join(unit_label_zpl(paper.sscc_label(parcel)) for parcel in selectors.parcels_by_id(scope, batch.ids))}


_MAKE: Final[dict[str, Callable[[Scope, PaperBatch, str], dict[str, Any]]]] = {"slips": _slips, "contents": _contents, "unit_labels": _unit_labels}


def print_papers(*, key: UUID, actor: Actor, what: str, batches: Sequence[PaperBatch], language: str) -> None:
    """Make the papers of each batch and queue them for its printer; asked again with the same key, nothing is printed twice, whatever was packed meanwhile.

    Raises: NotAllowed, NotFound.
    """
    if not equipment.were_queued(key):
        sheets = [
            NewSending(equipment_id=b.equipment_id, what=what, about=Ref(b.of, b.ids[0]), client_id=b.client_id, **_MAKE[what](actor.scope, b, language))
            for b in batches
        ]
        devices.print_out(key=key, actor=actor, permission="pack", sheets=sheets)
