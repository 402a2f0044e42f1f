"""`packhorse emulate` is a printer, a box machine or a scale on a port, keeps what it was sent as files, and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from packhorse.ground.equipment import scales

Starts = Callable[..., tuple["subprocess.Popen[str]", tuple[str, int]]]


@pytest.fixture
def emulates() -> Iterator[Starts]:
    """Starts the command; gives it and where it listens."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], tuple[str, int]]:
        command = [sys.executable, "-m", "packhorse", "emulate", *arguments]
        made = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
        started.append(made)
        assert made.stdout is not None
        said = made.stdout.readline()
        host, _, port = said.split(" at ")[1].split(";")[0].split(",")[0].strip().rpartition(":")
        return made, (host, int(port))

    yield start
    for one in started:
        with one:  # closes what it was read and written through
            one.kill()


def sent(to: tuple[str, int], job: bytes) -> bytes:
    with socket.create_connection(to, timeout=5) as connection:
        connection.sendall(job)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def files(folder: Path, many: int) -> dict[str, bytes]:
    """What is in the folder, as soon as it is so many files."""
    late = time.monotonic() + 10
    while len(list(folder.glob("*"))) < many and time.monotonic() < late:
        time.sleep(0.02)
    time.sleep(0.1)  # the last one is written whole
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


def ended(one: subprocess.Popen[str]) -> int:
    one.send_signal(signal.SIGTERM)
    return one.wait(20)


def test_a_printer_keeps_each_job_as_a_file_and_never_writes_over_one(emulates: Starts, tmp_path: Path) -> None:
    folder = tmp_path / "what came"
    printer, at = emulates("printer", "--into", str(folder))
    sent(at, b"%PDF-1.7 paper")
    files(folder, 1)
    sent(at, b"^XA^FDlabel^FS^XZ")
    files(folder, 2)
    crowd = [threading.Thread(target=sent, args=(at, f"job {n}".encode())) for n in range(12)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    kept = files(folder, 14)
    assert (kept["0001.pdf"], kept["0002.zpl"]) == (b"%PDF-1.7 paper", b"^XA^FDlabel^FS^XZ")
    assert sorted(list(kept.values())[2:]) == sorted(f"job {n}".encode() for n in range(12))
    assert ended(printer) == 0
    _again, at = emulates("printer", "--into", str(folder))
    sent(at, b"%PDF-1.7 another day")
    assert files(folder, 15) == kept | {"0015.pdf": b"%PDF-1.7 another day"}


def test_a_box_machine_keeps_what_it_was_asked_for_and_says_no_to_edges_it_cannot_cut(emulates: Starts, tmp_path: Path) -> None:
    machine, at = emulates("boxes", "--into", str(tmp_path))
    wanted = {"id": "b1", "order": "F1", "length_mm": 310, "width_mm": 205, "height_mm": 90, "weight_g": 1200}
    assert json.loads(sent(at, json.dumps(wanted).encode() + b"\n")) == {"id": "b1", "accepted": True}
    refused = json.loads(sent(at, json.dumps(wanted | {"height_mm": 5}).encode() + b"\n"))
    assert (refused["accepted"], "height_mm 5" in refused["reason"]) == (False, True)
    assert [json.loads(kept)["height_mm"] for kept in files(tmp_path, 2).values()] == [90, 5]
    assert ended(machine) == 0


def test_a_scale_says_what_is_keyed_in(emulates: Starts) -> None:
    scale, (host, port) = emulates("scale", "--protocol", "sics", "--weight", "1234")
    assert scales.read_from(host, port, "sics", seconds=5).weight_g == 1234
    assert scale.stdin is not None
    scale.stdin.write("777\n")
    scale.stdin.flush()
    late = time.monotonic() + 5
    while (said := scales.read_from(host, port, "sics", seconds=5).weight_g) != 777 and time.monotonic() < late:
        time.sleep(0.05)
    assert said == 777
    scale.stdin.close()
    assert scale.wait(20) == 0
