"""Equipment in software: a scale, a printer and a box machine on a port of this machine. For tests, and for trying out a bench without any (`packhorse emulate`)."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self

from packhorse.ground.equipment import boxes
from packhorse.ground.equipment.scales import ASKED_WITH

_EVERY_S: Final = 0.05


class _InTurn(socketserver.TCPServer):
    allow_reuse_address = True


class _Together(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Emulator(ABC):
    """A device that listens; `address` is where. As a context it stops at its end."""

    in_turn = False
    """Whether it speaks to one after the other, in the order in which they connected, or to all at once."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        emulator = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                emulator.serve(self.request)

        self._stopped = threading.Event()
        self._server = (_InTurn if self.in_turn else _Together)((host, port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    @abstractmethod
    def serve(self, connection: socket.socket) -> None:
        """Speak to one who connected."""

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class Scale(Emulator):
    """Says `weight_g`, at rest or in motion, in one of the protocols."""

    def __init__(self, protocol: str = "toledo", weight_g: int = 0, **where: Any) -> None:
        self.protocol, self.weight_g, self.stable = protocol, weight_g, True
        super().__init__(**where)

    def serve(self, connection: socket.socket) -> None:
        try:
            while not self._stopped.is_set():
                if question := ASKED_WITH.get(self.protocol):
                    connection.settimeout(5)
                    if question not in connection.recv(64):
                        return
                connection.sendall(self.said())
                time.sleep(_EVERY_S)
        except OSError:
            return  # whoever read has enough

    def said(self) -> bytes:
        """One reading as it goes over the line."""
        kilograms = Decimal(abs(self.weight_g)) / 1000
        if self.protocol == "toledo":  # three decimals of a kilogram
            b = 0x20 | 0x10 | (0x02 if self.weight_g < 0 else 0) | (0 if self.stable else 0x08)
            return bytes([0x02, 0x20 | 5, b, 0x20]) + f"{abs(self.weight_g):>6}{0:>6}".encode() + b"\r"
        sign = "-" if self.weight_g < 0 else ""
        if self.protocol == "sics":
            return f"S {'S' if self.stable else 'D'} {sign + format(kilograms, '.3f'):>10} kg\r\n".encode()
        return f"{'ST' if self.stable else 'US'},GS,{sign or '+'}{kilograms:>8.3f}kg\r\n".encode()


class Sink(Emulator):
    """Takes whatever is sent to it, a connection a job, one after the other as printers do; `taken` holds them."""

    in_turn = True

    def __init__(self, told: Callable[[bytes], None] | None = None, **where: Any) -> None:
        self.taken: list[bytes] = []
        self._told = told
        super().__init__(**where)

    def serve(self, connection: socket.socket) -> None:
        job = b""
        connection.settimeout(5)
        while data := connection.recv(65536):
            job += data
        if job:
            self.taken.append(job)
            if self._told:
                self._told(job)

    def came(self, jobs: int, *, within_s: float = 5.0) -> list[bytes]:
        """What was taken, as soon as it is so many jobs: who sends does not hear when the last of it is read."""
        late = time.monotonic() + within_s
        while len(self.taken) < jobs and time.monotonic() < late:
            time.sleep(0.01)
        return list(self.taken)


class Printer(Sink):
    """A label printer at a raw port (9100), as most are: what comes in is printed."""


class BoxMachine(Emulator):
    """A machine that cuts boxes to size, a line of JSON or CSV for each; it says no to edges that it cannot cut. `made` holds the boxes, `taken` the lines."""

    def __init__(self, told: Callable[[bytes], None] | None = None, *, least_mm: int = 60, most_mm: int = 1000, **where: Any) -> None:
        self.taken: list[bytes] = []
        self.made: list[boxes.BoxWanted] = []
        self.least_mm, self.most_mm, self._told = least_mm, most_mm, told
        super().__init__(**where)

    def serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with connection.makefile("rwb") as lines:
            for raw in lines:
                self.taken.append(raw)
                lines.write(self._answered(raw.decode("utf-8", "replace")).encode())
                lines.flush()
                if self._told:
                    self._told(raw)

    def _answered(self, text: str) -> str:
        protocol = "json" if text.lstrip().startswith("{") else "csv"
        try:
            box = boxes.wanted(text)
        except (ValueError, KeyError, TypeError, StopIteration):
            return boxes.answer(
                boxes.BoxWanted(id="", order="", length_mm=0, width_mm=0, height_mm=0, weight_g=0), protocol, f"not understood: {text.strip()[:60]}"
            )
        for name in ("length_mm", "width_mm", "height_mm"):
            edge = getattr(box, name)
            if not self.least_mm <= edge <= self.most_mm:
                return boxes.answer(box, protocol, f"{name} {edge} is not between {self.least_mm} and {self.most_mm}")
        self.made.append(box)
        return boxes.answer(box, protocol)
