"""A scan happens once however often it is sent, and a refusal leaves the run where it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from packhorse.core.models import ScannerRun
from tests.core.web import sample
from tests.core.web.test_web_pages import user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.web.sample")]


@pytest.fixture
def picker(client: Client) -> Client:
    sample.DONE.clear()
    client.force_login(user("picker"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def begin(client: Client) -> UUID:
    key = uuid4()
    for _ in range(2):  # a second tap begins no second run
        assert client.post("/scan/sample.pick/", {"key": str(key)}).headers["Location"] == f"/scan/run/{key}/"
    return key


def send(client: Client, run: UUID, seq: int, key: UUID | None = None, **fields: Any) -> Any:
    return client.post(f"/scan/run/{run}/post/", {"seq": str(seq), "key": str(key or uuid4()), **fields}, headers={"X-Scanner": "1"})


def state(run: UUID) -> tuple[int, dict[str, Any]]:
    found = ScannerRun.objects.get(pk=run)
    return found.seq, found.state


def test_a_scan_moves_the_run_on(picker: Client) -> None:
    run = begin(picker)
    answer = send(picker, run, 0, scan="MUG-BLUE")
    assert answer.status_code == 200
    assert b"A-02-02" in answer.content
    assert b"<html" not in answer.content
    assert state(run) == (1, {"stop": 1})


def test_a_scan_sent_twice_happens_once_and_is_answered_alike(picker: Client) -> None:
    run, key = begin(picker), uuid4()
    first, second = (send(picker, run, 0, key, scan="MUG-BLUE").content for _ in range(2))
    assert b"A-02-02" in first
    assert b"A-02-02" in second
    assert sample.DONE == [("pick", 0)]


def test_a_refused_scan_leaves_the_run_where_it_was(picker: Client) -> None:
    run = begin(picker)
    answer = send(picker, run, 0, scan="TEA-100")
    assert answer.status_code == 409
    assert "This is TEA-100; MUG-BLUE is wanted here." in answer.content.decode()
    assert state(run) == (0, {"stop": 0})
    assert send(picker, run, 0, scan="MUG-BLUE").status_code == 200


def test_a_scan_for_a_screen_left_behind_shows_where_the_run_stands(picker: Client) -> None:
    run = begin(picker)
    send(picker, run, 0, scan="MUG-BLUE")
    answer = send(picker, run, 0, scan="MUG-BLUE")
    assert answer.status_code == 409
    assert b"A-02-02" in answer.content
    assert sample.DONE == [("pick", 0)]


def test_buttons_bring_what_was_keyed_in(picker: Client) -> None:
    run = begin(picker)
    assert b"How many are there?" in send(picker, run, 0, button="short").content
    assert "2 found" in send(picker, run, 1, None, button="found", **{"field-found": " 2 "}).content.decode()


def test_it_works_without_script(picker: Client) -> None:
    run = begin(picker)
    assert b"A-01-02" in picker.get(f"/scan/run/{run}/").content
    answer = picker.post(f"/scan/run/{run}/post/", {"seq": "0", "key": str(uuid4()), "scan": "MUG-BLUE"})
    assert b"<html" in answer.content


def test_a_run_is_its_owners_alone_and_a_flow_is_for_its_role(picker: Client) -> None:
    run = begin(picker)
    other = Client()
    other.force_login(user("picker"), backend="django.contrib.auth.backends.ModelBackend")
    assert send(other, run, 0, scan="MUG-BLUE").status_code == 404
    other.force_login(user("packer"), backend="django.contrib.auth.backends.ModelBackend")
    assert other.post("/scan/sample.pick/", {"key": str(uuid4())}).status_code == 403
    assert "Pick (sample)" not in other.get("/scan/").content.decode()
