"""What stands in a picker's way: an item without a code, a call for the lead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.steps.picking.types.walks import batch_number


@dataclass(frozen=True, slots=True)
class LeadCallInfo:
    """A call that waits for the lead: from which walk, where, by whom, since when."""

    call_id: int
    batch_id: int
    place: str
    picker_id: int | None
    at: dt.datetime

    @property
    def number(self) -> str:
        return batch_number(self.batch_id)


@dataclass(frozen=True, slots=True)
class UnlabelledRow:
    """An item that wants a label, and where."""

    id: int
    item_id: int
    sku: str
    name: str
    client: str
    location: str
    reason: str
    at: dt.datetime
    labelled_at: dt.datetime | None
