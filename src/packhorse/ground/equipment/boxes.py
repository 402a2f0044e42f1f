"""How box machines are spoken to: a line of JSON or CSV for each box, over TCP or as a file in a folder; a machine may answer with a line whether it makes the box.

JSON: `{"id": "…", "order": "…", "length_mm": 310, "width_mm": 205, "height_mm": 90, "weight_g": 1200}`, answered by `{"id": "…", "accepted": false, "reason": "…"}`.
CSV: `id,order,length_mm,width_mm,height_mm,weight_g`, answered by `OK,id` or `NO,id,reason`. One that answers nothing has taken it.
"""

from __future__ import annotations

import csv
import io
import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

#: So long a machine may think before it answers.
ANSWER_S: Final = 3.0
_MOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxWanted:
    """A box cut to size: its inner edges, what it is for and what it will hold."""

    id: str
    order: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int


def line(box: BoxWanted, protocol: str) -> str:
    """The box as the machine reads it."""
    if protocol == "json":
        return json.dumps(asdict(box)) + "\n"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(asdict(box).values())
    return out.getvalue()


def wanted(text: str) -> BoxWanted:
    """What a line asks for, as the emulator reads it.

    Raises: ValueError, KeyError, TypeError.
    """
    if text.lstrip().startswith("{"):
        given = json.loads(text)
        return BoxWanted(id=str(given["id"]), order=str(given["order"]), **{n: int(given[n]) for n in ("length_mm", "width_mm", "height_mm", "weight_g")})
    pk, order, *edges = next(csv.reader([text]))
    length, width, height, weight = map(int, edges)
    return BoxWanted(id=pk, order=order, length_mm=length, width_mm=width, height_mm=height, weight_g=weight)


def answer(box: BoxWanted, protocol: str, reason: str = "") -> str:
    """What a machine says: that it makes the box or, with a reason, that it does not."""
    if protocol == "json":
        return json.dumps({"id": box.id, "accepted": not reason} | ({"reason": reason} if reason else {})) + "\n"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(["NO", box.id, reason] if reason else ["OK", box.id])
    return out.getvalue()


def refusal(said: str) -> str:
    """Why the machine does not make the box; empty where it does, or says nothing that can be read."""
    text = next(iter(said.strip().splitlines()), "")
    if text.startswith("{"):
        try:
            given = json.loads(text)
        except ValueError:
            return ""
        return str(given.get("reason") or "it says no") if given.get("accepted") is False else ""
    cells = next(csv.reader([text]), []) if text else []
    return (", ".join(cells[2:]) or "it says no") if cells and cells[0].strip().upper() == "NO" else ""


def heard(connection: socket.socket) -> str:
    """What a machine answers, up to a line."""
    connection.settimeout(ANSWER_S)
    said = b""
    try:
        while b"\n" not in said and len(said) < _MOST_BYTES and (data := connection.recv(_MOST_BYTES)):
            said += data
    except TimeoutError:
        pass
    return said.decode("utf-8", "replace")


def folder(equipment_id: int) -> Path:
    """Where a machine without a network finds its boxes: `boxes/<device>` in the data folder."""
    return Path(settings.PACKHORSE_BOXES) / str(equipment_id)


def put(equipment_id: int, name: str, data: bytes) -> None:
    """A file for one box: whole when it is seen under its name."""
    place = folder(equipment_id)
    place.mkdir(parents=True, exist_ok=True)
    part = place / f".{name}.part"
    part.write_bytes(data)
    part.rename(place / name)
