"""Devices of a bench are set up by a manager; what is queued for one is sent once, to its neighbour where it is off, and waits for a person where neither takes it."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotAllowed, NotFound, WrongState
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.ground.equipment import boxes, emulators, jobs, selectors, services
from packhorse.ground.equipment.errors import BadEquipment, BoxRefused, NotAtRest, ScaleSilent
from packhorse.ground.equipment.types import EquipmentInfo, NewEquipment, NewSending
from packhorse.ground.files import selectors as files
from packhorse.ground.files.paths import path_of
from packhorse.ground.files.services import store
from packhorse.ground.people.types import Grant
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, doing, make_shop
from tests.steps.orders.test_doors import browser, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop(items=1)


def save(shop: Shop, *, key: UUID | None = None, equipment_id: int | None = None, **given: Any) -> EquipmentInfo:
    values: dict[str, Any] = {
        "warehouse_id": shop.warehouse_id,
        "kind": "printer",
        "name": f"P-{uuid4().hex[:6]}",
        "protocol": "zpl",
        "address": "127.0.0.1:9100",
    } | given
    return services.save_equipment(key=key or uuid4(), actor=HOUSE, new=NewEquipment(**values), equipment_id=equipment_id)


def off() -> str:
    """The address of nothing."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{closed.getsockname()[1]}"


def queue(device: EquipmentInfo, payload: str = "^XA^XZ", key: UUID | None = None) -> int:
    return doing(partial(services.queue_sending, key or uuid4(), device, "test", Ref("equipment.equipment", device.id), payload=payload))


def test_a_device_is_set_up_changed_and_archived(shop: Shop) -> None:
    key = uuid4()
    made = save(shop, key=key, name="Zebra", station_id=shop.bench)
    assert save(shop, key=key, name="Zebra", station_id=shop.bench) == made
    with pytest.raises(KeyReused):
        save(shop, key=key, name="Other")
    changed = save(shop, equipment_id=made.id, name="Zebra", station_id=shop.bench, address="10.0.0.9:9100")
    assert (changed.id, changed.address, changed.station) == (made.id, "10.0.0.9:9100", "BENCH-1")
    whole = save(shop, name="Everybody's")
    assert selectors.at_station(EVERYTHING, "printer", shop.warehouse_id, shop.bench) == changed
    services.archive_equipment(key=uuid4(), actor=HOUSE, equipment_id=made.id)
    assert selectors.at_station(EVERYTHING, "printer", shop.warehouse_id, shop.bench) == whole
    save(shop, name="Newer", station_id=shop.bench)
    with pytest.raises(BadEquipment):
        services.archive_equipment(key=uuid4(), actor=HOUSE, equipment_id=made.id, archived=False)


def test_what_cannot_be_is_refused(shop: Shop) -> None:
    save(shop, name="Taken")
    other = make_shop(items=1)
    wrongs: list[dict[str, Any]] = [
        {"name": " "},
        {"name": "Taken"},
        {"protocol": "toledo"},
        {"kind": "oven"},
        {"address": "nowhere"},
        {"address": ":9100"},
        {"address": "host:0"},
        {"address": "host:70000"},
        {"address": "browser"},
        {"kind": "scale", "protocol": "text", "address": "browser"},
        {"station_id": other.bench},
        {"station_id": shop.dock},
        {"neighbour_id": save(other).id},
    ]
    for wrong in wrongs:
        with pytest.raises(BadEquipment):
            save(shop, **({"station_id": shop.bench} | wrong if wrong.get("kind") != "scale" else wrong))
    with pytest.raises(NotAllowed):
        services.save_equipment(
            key=uuid4(), actor=actor("packer"), new=NewEquipment(warehouse_id=shop.warehouse_id, kind="printer", name="x", protocol="zpl", address="a:1")
        )
    with pytest.raises(NotFound):
        save(shop, equipment_id=10**12)


def test_what_is_queued_twice_by_one_key_is_printed_once(shop: Shop) -> None:
    with emulators.Printer() as printer:
        device, key = save(shop, address=printer.address), uuid4()
        assert queue(device, "^XA1^XZ", key) == queue(device, "^XA1^XZ", key)
        jobs.send()
        jobs.send()
        assert printer.came(1) == [b"^XA1^XZ"]
    (sent,) = selectors.sendings(EVERYTHING, ListQuery(), equipment_id=device.id).rows
    assert (sent.state, sent.sent_to, sent.tries, sent.error) == ("sent", device.name, 1, "")


def test_a_dead_printers_work_goes_to_its_neighbour(shop: Shop) -> None:
    with emulators.Printer() as printer:
        near = save(shop, address=printer.address)
        dead = save(shop, address=off(), station_id=shop.bench, neighbour_id=near.id)
        queue(dead)
        jobs.send()
        assert len(printer.came(1)) == 1
    (sent,) = selectors.sendings(EVERYTHING, ListQuery(), equipment_id=dead.id).rows
    assert (sent.state, sent.sent_to) == ("sent", near.name)


def test_a_dead_printer_is_asked_once_a_round_and_keeps_nobody_waiting(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    connect = socket.create_connection

    def counted(address: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(address[1])
        return connect(address, timeout=timeout)

    monkeypatch.setattr(socket, "create_connection", counted)
    with emulators.Printer() as printer:
        dead, alive = save(shop, address=off(), station_id=shop.bench), save(shop, address=printer.address)
        for n in range(4):
            queue(dead)
            queue(alive, f"^XA{n}^XZ")
        jobs.send()
        assert printer.came(4) == [b"^XA%d^XZ" % n for n in range(4)]
    assert [asked.count(int(device.address.rpartition(":")[2])) for device in (dead, alive)] == [services.TRIES, 4]
    failed = selectors.sendings(EVERYTHING, ListQuery(), equipment_id=dead.id).rows
    assert {(s.state, s.tries, "refused" in s.error) for s in failed} == {("failed", services.TRIES, True)}


def test_what_nobody_takes_fails_after_three_tries_and_is_sent_again_by_a_person(shop: Shop) -> None:
    device = save(shop, address=off())
    sending = queue(device)
    jobs.send()
    (failed,) = selectors.sendings(EVERYTHING, ListQuery(), equipment_id=device.id).rows
    waiting = selectors.sendings(EVERYTHING, ListQuery(filters={"state": ("failed",)})).count
    assert (failed.state, failed.tries, "refused" in failed.error, waiting) == ("failed", 3, True, 1)
    with emulators.Printer() as printer:
        save(shop, equipment_id=device.id, name=device.name, address=printer.address)
        services.send_again(key=uuid4(), actor=HOUSE, sending_id=sending)
        jobs.send_waiting()
        assert printer.came(1) == [b"^XA^XZ"]
    with pytest.raises(WrongState):
        services.send_again(key=uuid4(), actor=HOUSE, sending_id=sending)
    with pytest.raises(NotFound):
        services.send_again(key=uuid4(), actor=HOUSE, sending_id=10**12)


def test_a_worker_that_dies_sends_no_paper_again_that_a_device_took(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with emulators.Printer() as printer:
        device = save(shop, address=printer.address)
        for n in range(3):
            queue(device, f"^XA{n}^XZ")
        connect, calls = socket.create_connection, count()

        def stopped(*given: Any, **more: Any) -> socket.socket:
            if next(calls) == 2:
                raise SystemExit
            return connect(*given, **more)

        monkeypatch.setattr(socket, "create_connection", stopped)
        with pytest.raises(SystemExit):
            jobs.send()
        jobs.send()
        assert sorted(printer.came(3)) == [b"^XA0^XZ", b"^XA1^XZ", b"^XA2^XZ"]
    assert {s.tries for s in selectors.sendings(EVERYTHING, ListQuery(), equipment_id=device.id).rows} == {1}


def test_a_paper_that_is_no_longer_kept_waits_for_a_person_and_holds_up_no_other(shop: Shop) -> None:
    with emulators.Printer() as printer:
        device, ref = save(shop, address=printer.address), Ref("equipment.equipment", 1)
        file_id = store(uuid4().bytes, "application/pdf", "slip")
        default_storage.delete(path_of(files.info(file_id, EVERYTHING).sha256))
        gone = doing(partial(services.queue_sending, uuid4(), device, "slips", ref, file_id=file_id))
        queue(device)
        jobs.send()
        assert printer.came(1) == [b"^XA^XZ"]
    failed = selectors.sendings(EVERYTHING, ListQuery(filters={"state": ("failed",)}), equipment_id=device.id).rows
    assert [(s.id, s.error, s.tries) for s in failed] == [(gone, "its paper is no longer kept", 1)]
    assert "its paper is no longer kept" in browser(Grant("manager")).get(f"/settings/equipment/{device.id}/").content.decode()


def test_documents_are_queued_once_by_who_may(shop: Shop) -> None:
    device, key = save(shop), uuid4()
    sheet = NewSending(equipment_id=device.id, what="slips", about=Ref("packing.parcel", 1), payload="%PDF-")
    made = services.print_out(key=key, actor=HOUSE, permission="pack", sheets=[sheet, sheet])
    assert (len(set(made)), services.print_out(key=key, actor=HOUSE, permission="pack", sheets=[sheet, sheet])) == (2, made)
    with pytest.raises(KeyReused):
        services.print_out(key=key, actor=HOUSE, permission="pack", sheets=[sheet])
    stranger = actor("packer", warehouse_id=make_shop(items=1).warehouse_id)
    for who, permission in ((actor("picker"), "pack"), (stranger, "pack"), (actor("packer"), "put_away")):
        with pytest.raises(NotAllowed):
            services.print_out(key=uuid4(), actor=who, permission=permission, sheets=[sheet])
    for wrong in (replace(sheet, equipment_id=10**12), replace(sheet, file_id=10**12)):
        with pytest.raises(NotFound):
            services.print_out(key=uuid4(), actor=HOUSE, permission="pack", sheets=[wrong])
    assert selectors.sendings(EVERYTHING, ListQuery(), equipment_id=device.id).count == 2


def test_a_scale_says_its_weight_or_why_not(shop: Shop) -> None:
    with emulators.Scale("sics", 731) as scale:
        device = save(shop, kind="scale", protocol="sics", address=scale.address, station_id=shop.bench)
        assert selectors.weigh(device).weight_g == 731
        scale.stable = False
        with pytest.raises(NotAtRest):
            selectors.weigh(device, seconds=0.2)
    with pytest.raises(ScaleSilent):
        selectors.weigh(device, seconds=0.2)
    plugged = save(shop, equipment_id=device.id, kind="scale", protocol="text", address="browser", station_id=shop.bench)
    assert selectors.reads(plugged) == "serial:text"
    with pytest.raises(ScaleSilent):
        selectors.weigh(plugged)


def test_on_pages(shop: Shop) -> None:
    manager = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    with emulators.Scale("text", 1500) as scale:
        form = {
            "kind": "scale",
            "name": "Floor scale",
            "warehouse_id": shop.warehouse_id,
            "station_id": shop.bench,
            "protocol": "text",
            "address": scale.address,
            "neighbour_id": "",
        }
        made = post(manager, "/settings/equipment/new/", **form)
        assert made.status_code == 303
        url = made.headers["Location"]
        assert "Floor scale" in manager.get("/settings/equipment/").content.decode()
        assert scale.address in manager.get(url).content.decode()
        assert post(manager, f"{url}try/").status_code == 303
        assert "It says 1500 g." in manager.get(url).content.decode()
        assert browser(Grant("packer", warehouse_id=shop.warehouse_id)).get(f"{url}weight/").json() == {"weight_g": 1500, "stable": True}
    assert post(manager, f"{url}try/").status_code == 409
    assert post(manager, f"{url}change/", **form | {"address": "browser"}).status_code == 303
    assert "its address is host:port" in post(manager, f"{url}change/", **form | {"address": "x"}).content.decode()
    assert post(manager, f"{url}archive/", archived="1").status_code == 303
    stranger = browser(Grant("manager", warehouse_id=make_shop(items=1).warehouse_id))
    assert stranger.get(url).status_code == 404
    assert browser(Grant("packer", warehouse_id=shop.warehouse_id)).get("/settings/equipment/new/").status_code == 403


def test_over_the_api(shop: Shop) -> None:
    device = save(shop, address=off())
    sending = queue(device)
    jobs.send()
    manager = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    assert device.id in [d["id"] for d in manager.get("/api/v1/equipment/?kind=printer").json()["rows"]]
    assert manager.get(f"/api/v1/equipment/{device.id}").json()["address"] == device.address
    [sent] = manager.get(f"/api/v1/equipment/{device.id}/sendings?state=failed").json()["rows"]
    assert (sent["id"], sent["state"], "refused" in sent["error"]) == (sending, "failed", True)
    again = f"/api/v1/equipment/sendings/{sending}/again"
    assert browser(Grant("client", client_id=shop.client_id)).post(again, HTTP_IDEMPOTENCY_KEY=str(uuid4())).status_code == 403
    assert manager.post(again, HTTP_IDEMPOTENCY_KEY=str(uuid4())).json() == {"sending_id": sending}
    stranger = browser(Grant("manager", warehouse_id=make_shop(items=1).warehouse_id))
    assert [stranger.get(f"/api/v1/equipment/{device.id}{rest}").status_code for rest in ("", "/sendings")] == [404, 404]
    assert device.id not in [d["id"] for d in stranger.get("/api/v1/equipment/").json()["rows"]]
    assert browser(Grant("packer", warehouse_id=shop.warehouse_id)).get("/api/v1/equipment/").status_code == 403


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("NO,1,too large\r", "too large"),
        ("NO,1,too large\rOK,2\r", "too large"),
        ("NO,1\r\n", "it says no"),
        ("OK,1\r\n", ""),
        ("", ""),
        ('{"id": "1", "accepted": false, "reason": "too large"}\r\n', "too large"),
        ('{"id": "1"', ""),
    ],
)
def test_what_a_box_machine_answers_is_understood_however_its_lines_end(said: str, reason: str) -> None:
    assert boxes.refusal(said) == reason


def test_another_clients_paper_is_not_sent_again(shop: Shop) -> None:
    device = save(shop, address=off())
    ref = Ref("equipment.equipment", device.id)
    sending = doing(partial(services.queue_sending, uuid4(), device, "label", ref, payload="^XA^XZ", client_id=shop.client_id))
    jobs.send()
    theirs = actor("packer", client_id=make_shop().client_id)
    with pytest.raises(NotAllowed):
        services.send_again(key=uuid4(), actor=theirs, sending_id=sending)
    assert services.send_again(key=uuid4(), actor=actor("packer", client_id=shop.client_id), sending_id=sending) == sending


def queue_box(device: EquipmentInfo) -> int:
    wanted = boxes.BoxWanted(id="1", order="PH-1", length_mm=300, width_mm=200, height_mm=100, weight_g=500)
    asked = partial(services.queue_sending, uuid4(), device, "box", Ref("equipment.equipment", device.id), payload=boxes.line(wanted, "json"))
    return doing(asked)


class SlowBoxMachine(emulators.BoxMachine):
    """Thinks before it answers, as long as a second tap takes to come."""

    def _answered(self, text: str) -> str:
        time.sleep(0.3)
        return super()._answered(text)


@pytest.mark.django_db(transaction=True)
def test_a_box_that_two_ask_for_at_once_is_made_once(shop: Shop) -> None:
    with SlowBoxMachine() as machine:
        sending = queue_box(save(shop, kind="boxes", protocol="json", address=machine.address))
        answers = at_once(*[partial(services.make_box, sending)] * 2)
    assert (answers, len(machine.made)) == ([None, None], 1)


def test_a_box_that_was_refused_and_is_sent_again_is_made_by_who_asks_first(shop: Shop) -> None:
    with emulators.BoxMachine(most_mm=90) as machine:
        sending = queue_box(save(shop, kind="boxes", protocol="json", address=machine.address))
        with pytest.raises(BoxRefused):
            services.make_box(sending)
        machine.most_mm = 1000
        services.send_again(key=uuid4(), actor=HOUSE, sending_id=sending)
        services.make_box(sending)
        jobs.send()
    assert len(machine.made) == 1
