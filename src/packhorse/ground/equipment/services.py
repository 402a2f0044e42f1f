"""Use cases of equipment: setting it up, and what is sent to it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _, gettext_noop

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize, system
from packhorse.core.errors import NotFound, PackhorseError
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.equipment import boxes
from packhorse.ground.equipment.errors import BadEquipment, BoxRefused
from packhorse.ground.equipment.events import EquipmentSaved, SendingFailed
from packhorse.ground.equipment.models import Equipment, Sending
from packhorse.ground.equipment.selectors import equipment, equipment_info
from packhorse.ground.equipment.states import SENDING
from packhorse.ground.equipment.types import BROWSER, FOLDER, PROTOCOLS, EquipmentInfo, NewEquipment, NewSending, Sent
from packhorse.ground.files import selectors as files
from packhorse.ground.warehouse.models import Location

#: So often a device and its neighbour are tried before somebody must look.
TRIES: Final = 3
_SECONDS: Final = 5.0
#: Why nothing was sent, as it is kept.
ARCHIVED: Final = gettext_noop("the device is archived")
GONE: Final = gettext_noop("its paper is no longer kept")


def _check(new: NewEquipment) -> None:
    def refuse(reason: str) -> BadEquipment:
        return BadEquipment(name=new.name or "?", reason=reason)

    if not new.name.strip() or new.protocol not in PROTOCOLS.get(new.kind, ()):
        raise refuse(_("it has a name, a kind and a protocol of that kind"))
    host, colon, port = new.address.rpartition(":")
    if new.address == BROWSER:
        if new.kind != "scale" or new.station_id is None:
            raise refuse(_("only a scale of a bench can be plugged into the bench's computer"))
    elif new.address == FOLDER:
        if new.kind != "boxes":
            raise refuse(_("only a box machine takes files from a folder"))
    elif not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise refuse(_("its address is host:port, “browser” for a scale at the bench's computer, or “folder” for a box machine that reads files"))
    if new.station_id is not None and not Location.objects.filter(pk=new.station_id, warehouse_id=new.warehouse_id, kind="station", archived_at=None).exists():
        raise refuse(_("its bench is none of this warehouse"))
    if new.neighbour_id is not None and not Equipment.objects.filter(pk=new.neighbour_id, warehouse_id=new.warehouse_id, kind=new.kind).exists():
        raise refuse(_("its neighbour is of the same kind and warehouse"))


@use_case
def save_equipment(*, key: UUID, actor: Actor, new: NewEquipment, equipment_id: int | None = None) -> EquipmentInfo:
    """Set a device up, or change one. A bench has one device of each kind; so has the warehouse, for benches without their own.

    Locks: the device.   Raises: NotAllowed, NotFound, BadEquipment.
    """
    row = Equipment() if equipment_id is None else _lock(equipment_id)
    authorize(actor, "manage_settings", new)
    if row.pk is not None:
        authorize(actor, "manage_settings", row)
    _check(new)
    for name in ("warehouse_id", "station_id", "kind", "name", "protocol", "address", "neighbour_id"):
        setattr(row, name, getattr(new, name))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise BadEquipment(name=new.name, reason=_("the name is taken, or the bench has one of this kind")) from error
    emit(EquipmentSaved(warehouse_id=row.warehouse_id, equipment_id=row.pk))
    return equipment(EVERYTHING, row.pk)


@use_case
def archive_equipment(*, key: UUID, actor: Actor, equipment_id: int, archived: bool = True) -> EquipmentInfo:
    """Take a device out of use, or put it back.

    Locks: the device.   Raises: NotAllowed, NotFound, BadEquipment.
    """
    row = _lock(equipment_id)
    authorize(actor, "manage_settings", row)
    row.archived_at = work.current().at if archived else None
    try:
        with transaction.atomic():
            row.save(update_fields=["archived_at"])
    except IntegrityError as error:
        raise BadEquipment(name=row.name, reason=_("the bench has another one of this kind now")) from error
    emit(EquipmentSaved(warehouse_id=row.warehouse_id, equipment_id=row.pk))
    return equipment_info(row)


def _lock(equipment_id: int) -> Equipment:
    found = Equipment.objects.select_for_update().filter(pk=equipment_id).first()
    if found is None:
        raise NotFound(kind="equipment", ref=str(equipment_id))
    return found


def queue_sending(
    key: UUID, device: EquipmentInfo, what: str, about: Ref, *, client_id: int | None = None, file_id: int | None = None, payload: str = ""
) -> int:
    """Something is to be printed or made, once by this key; joins the caller's transaction. Whoever queued it defers the job `equipment.send`."""
    found = sql.rows(
        """INSERT INTO equipment_sending (key, equipment_id, client_id, what, subject_kind, subject_id, file_id, payload, state, tries, error, queued_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'queued', 0, '', %s) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id""",
        [key, device.id, client_id, what, about.kind, about.id, file_id, payload, work.current().at],
    )
    return int(found[0][0])


@use_case
def print_out(*, key: UUID, actor: Actor, permission: str, sheets: list[NewSending]) -> list[int]:
    """Documents are queued for devices of the house by somebody who has the permission that they belong to. Returns the sendings; whoever asks defers the job `equipment.send`.

    Raises: NotAllowed, NotFound.
    """
    devices = {i: equipment(EVERYTHING, i) for i in sorted({s.equipment_id for s in sheets})}
    for sheet in sheets:
        authorize(actor, permission, client_id=sheet.client_id, warehouse_id=devices[sheet.equipment_id].warehouse_id)
        if sheet.file_id is not None:
            files.info(sheet.file_id, actor.scope)
    return [
        queue_sending(uuid5(key, str(n)), devices[s.equipment_id], s.what, s.about, client_id=s.client_id, file_id=s.file_id, payload=s.payload)
        for n, s in enumerate(sheets)
    ]


@use_case
def send_test(*, key: UUID, actor: Actor, equipment_id: int, payload: str = "", file_id: int | None = None) -> int:
    """Something is sent to a device to see whether it answers. Returns the sending.

    Locks: the device.   Raises: NotAllowed, NotFound.
    """
    row = _lock(equipment_id)
    authorize(actor, "manage_settings", row)
    return queue_sending(key, equipment_info(row), "test", Ref("equipment.equipment", row.pk), payload=payload, file_id=file_id)


def send(sending_id: int, silent: dict[int, str]) -> Sent | None:
    """Speak to the device of a queued sending, to the neighbour where it does not answer; None where it is not queued any more. Outside any transaction; what came of it is recorded by
    `record_sent`.

    `silent`: devices that did not answer a moment ago, and why. They are not spoken to, so that a dead one keeps nobody's paper waiting for long; who does not answer now is added.
    """
    row = Sending.objects.select_related("equipment", "equipment__neighbour").filter(pk=sending_id, state=Sending.State.QUEUED).first()
    return None if row is None else _send_one(row, silent)


def _send_one(row: Sending, silent: dict[int, str]) -> Sent:
    errors = []
    try:
        data = files.read(row.file_id, EVERYTHING) if row.file_id else row.payload.encode()
    except PackhorseError:
        data = b""
    if not data:  # what is left of a paper that is kept no longer
        return Sent(row.pk, None, GONE, refused=True)
    for device in (row.equipment, row.equipment.neighbour):
        if device is None or device.archived_at is not None:
            continue
        if device.pk in silent:
            errors.append(silent[device.pk])
            continue
        try:
            refused = _speak(device, data, f"{row.pk:09d}.{device.protocol}")
        except OSError as error:
            silent[device.pk] = f"{device.name}: {error}"
            errors.append(silent[device.pk])
        else:
            return Sent(row.pk, None, f"{device.name}: {refused}", refused=True) if refused else Sent(row.pk, device.pk)
    return Sent(row.pk, None, "; ".join(errors) or ARCHIVED)


def _speak(device: Equipment, data: bytes, name: str) -> str:
    """The bytes go to a device; why it does not take them, where it says so.

    Raises: OSError.
    """
    if device.address == FOLDER:
        boxes.put(device.pk, name, data)
        return ""
    host, _colon, port = device.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=_SECONDS) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return boxes.refusal(boxes.heard(connection)) if device.kind == "boxes" else ""


def make_box(sending_id: int) -> None:
    """A box that was just queued is asked for now, by who waits for it. Outside any transaction; asked again, or twice at once, it is not made twice.

    Raises: BoxRefused (what was asked for stays on the machine's page, where it can be sent again).
    """
    with _alone(sending_id):
        if answer := send(sending_id, {}):
            record_sent(key=uuid4(), actor=system("equipment"), answers=[replace(answer, refused=answer.sent_to is None)])
    row = Sending.objects.select_related("equipment").get(pk=sending_id)
    if row.state == Sending.State.FAILED:
        raise BoxRefused(name=row.equipment.name, reason=row.error, equipment_id=row.equipment_id)


@contextmanager
def _alone(sending_id: int) -> Iterator[None]:
    """Whoever else asks for the same waits until the device has answered. A lock of the session: nothing is open while the device is spoken to."""
    which = [f"equipment.sending:{sending_id}"]
    sql.rows("SELECT pg_advisory_lock(hashtextextended(%s, 0))::text", which)
    try:
        yield
    finally:
        sql.rows("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", which)


@use_case
def record_sent(*, key: UUID, actor: Actor, answers: list[Sent]) -> list[int]:
    """What came of speaking to devices. After so many tries, or where the device refused it, a sending fails and waits for a person. Returns those that are to be tried again.

    Locks: sendings.
    """
    authorize(actor, "run_system")
    again = []
    by_id = {a.sending_id: a for a in answers}
    for row in Sending.objects.select_for_update(of=("self",)).filter(pk__in=by_id, state=Sending.State.QUEUED).order_by("pk"):
        answer = by_id[row.pk]
        row.tries += 1
        row.error = answer.error[:500]
        if answer.sent_to is not None:
            row.state, row.sent_at, row.sent_to_id = Sending.State.SENT, work.current().at, answer.sent_to
        elif answer.refused or row.tries >= TRIES:
            row.state = Sending.State.FAILED
            emit(SendingFailed(equipment_id=row.equipment_id, sending_id=row.pk, what=row.what))
        else:
            again.append(row.pk)
        row.save(update_fields=["tries", "error", "state", "sent_at", "sent_to"])
    return again


@use_case
def send_again(*, key: UUID, actor: Actor, sending_id: int) -> int:
    """A sending that failed is tried anew.

    Locks: the sending.   Raises: NotFound, WrongState.
    """
    row = Sending.objects.select_for_update(of=("self",)).select_related("equipment").filter(pk=sending_id).first()
    if row is None:
        raise NotFound(kind="sending", ref=str(sending_id))
    authorize(actor, "pack", client_id=row.client_id, warehouse_id=row.equipment.warehouse_id)
    check_transition(SENDING, "sending", row.state, "queued", page="equipment:device", pk=row.equipment_id)
    row.state, row.tries = Sending.State.QUEUED, 0
    row.save(update_fields=["state", "tries"])
    return row.pk
