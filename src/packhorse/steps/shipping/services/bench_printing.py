"""Labels come out of the printer of the bench where their parcel was closed."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.equipment import selectors as equipment
from packhorse.ground.equipment.services import queue_sending

_ONCE: Final = UUID("6d0f1f2a-3b7e-5c55-9a54-0c9c2a4f7e11")
_AT_BENCHES: Final = """
SELECT l.id, l.client_id, l.zpl_id, e.id FROM shipping_label l JOIN packing_parcel p ON p.id = l.parcel_id
CROSS JOIN LATERAL (
  SELECT e.id FROM equipment_equipment e
  WHERE e.kind = 'printer' AND e.archived_at IS NULL AND e.warehouse_id = p.warehouse_id AND (e.station_id IS NULL OR e.station_id = p.station_id)
  ORDER BY e.station_id IS NULL LIMIT 1
) e
WHERE l.id = ANY(%s) AND l.zpl_id IS NOT NULL AND p.station_id IS NOT NULL AND p.state <> 'voided' ORDER BY l.id
"""


@use_case
def print_labels(*, key: UUID, actor: Actor, label_ids: list[int]) -> int:
    """Bought labels of parcels that were closed at a bench are queued for its printer, each once whoever asks. Returns how many were; none where no printer is set up.

    Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    rows = sql.rows(_AT_BENCHES, [label_ids])
    printers = {printer: equipment.equipment(EVERYTHING, printer) for printer in {row[3] for row in rows}}
    for label_id, client_id, file_id, printer in rows:
        queue_sending(uuid5(_ONCE, str(label_id)), printers[printer], "label", Ref("shipping.label", label_id), client_id=client_id, file_id=file_id)
    return len(rows)
