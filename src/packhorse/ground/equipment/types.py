"""What equipment is asked with and answers in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from packhorse.core.refs import Ref

#: Protocols by kind of equipment.
PROTOCOLS: Final = {
    "scale": ("toledo", "sics", "text"),
    "printer": ("zpl",),
    "paper": ("pdf",),
    "boxes": ("json", "csv"),
}
#: The address of what is plugged into the bench's own computer: the page speaks to it, not the server.
BROWSER: Final = "browser"
#: The address of a box machine that takes its boxes as files, from a folder of its own.
FOLDER: Final = "folder"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scale says: grams (negative below zero), and whether it has come to rest."""

    weight_g: int
    stable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEquipment:
    """A device as it is set up."""

    warehouse_id: int
    kind: str
    name: str
    protocol: str
    address: str
    station_id: int | None = None
    neighbour_id: int | None = None


@dataclass(frozen=True, slots=True)
class EquipmentInfo:
    """A device, and how to speak to it."""

    id: int
    warehouse_id: int
    warehouse: str
    station_id: int | None
    station: str | None
    kind: str
    name: str
    protocol: str
    address: str
    neighbour_id: int | None
    neighbour: str | None
    archived: bool


@dataclass(frozen=True, slots=True)
class SendingInfo:
    """Something sent to a device, and what came of it."""

    id: int
    equipment_id: int
    equipment: str
    what: str
    subject_kind: str
    subject_id: int
    state: str
    tries: int
    error: str
    sent_to: str | None
    queued_at: dt.datetime
    sent_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSending:
    """Something for a device: its bytes are a file's or the `payload`; `client_id` where a client's goods are named in it."""

    equipment_id: int
    what: str
    about: Ref
    payload: str = ""
    file_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of speaking to a device: to which it went, or why to none. A device that `refused` is not asked again by itself."""

    sending_id: int
    sent_to: int | None
    error: str = ""
    refused: bool = False
