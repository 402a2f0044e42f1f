"""Weights out of the bytes that a scale sends. Pure: `read_from` feeds a `Reader` with what a connection gives.

`toledo`: Mettler Toledo continuous output: STX, status words A, B, C, six digits of weight, six of tare, CR, perhaps a checksum. Word A says where the decimal point stands,
word B sign (bit 1), motion (bit 3) and pounds or kilograms (bit 4), word C grams, ounces or what B says (bits 0 to 2).
`sics`: Mettler Toledo MT-SICS: asked with SI, it answers `S S     100.00 g` (stable) or `S D …` (in motion).
`text`: a line a reading, as A&D, Ohaus and many others send it: `ST,GS,+  1.234kg`; `US` is in motion.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from packhorse.ground.equipment.types import Reading

GRAMS: Final = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125"), "t": Decimal(1_000_000)}
#: What a scale wants to be asked with; those that send by themselves want nothing.
ASKED_WITH: Final = {"sics": b"SI\r\n"}
_STX: Final = 0x02
_FRAME: Final = 17
_SICS: Final = re.compile(r"^S[I]? +([SD]) +([+-]?\d+(?:\.\d+)?) *(g|kg|lb|oz)\b")
_TEXT: Final = re.compile(r"^(ST|US)\b.*?([+-]?) *(\d+(?:\.\d+)?) *(g|kg|lb|oz)\b", re.IGNORECASE)
_WORD_C: Final = {0: "", 1: "g", 2: "t", 3: "oz"}


def grams(amount: Decimal, unit: str) -> int:
    """Whole grams, halves away from zero."""
    return int((amount * GRAMS[unit]).quantize(Decimal(1), ROUND_HALF_UP))


class Reader:
    """Takes bytes as they come, gives readings as they are complete; what is broken is passed over."""

    def __init__(self, protocol: str) -> None:
        assert protocol in ("toledo", "sics", "text"), protocol
        self.protocol, self._rest = protocol, b""

    def feed(self, data: bytes) -> Iterator[Reading]:
        self._rest += data
        yield from self._frames() if self.protocol == "toledo" else self._lines()
        self._rest = self._rest[-4096:]

    def _frames(self) -> Iterator[Reading]:
        while (start := self._rest.find(_STX)) >= 0 and len(self._rest) >= start + _FRAME:
            frame = self._rest[start : start + _FRAME]
            found = toledo(frame)
            self._rest = self._rest[start + (_FRAME if found else 1) :]
            if found:
                yield found

    def _lines(self) -> Iterator[Reading]:
        *lines, self._rest = re.split(rb"[\r\n]+", self._rest)
        for raw in lines:
            line = raw.decode("ascii", "replace").strip()
            if self.protocol == "sics" and (m := _SICS.match(line)):
                yield Reading(grams(Decimal(m[2]), m[3]), m[1] == "S")
            elif self.protocol == "text" and (m := _TEXT.match(line)):
                yield Reading(grams(Decimal(f"{m[2]}{m[3]}"), m[4].lower()), m[1].upper() == "ST")


def toledo(frame: bytes) -> Reading | None:
    """One frame of continuous output, STX to CR; None where it is none."""
    if len(frame) != _FRAME or frame[0] != _STX or frame[-1] != 0x0D:
        return None
    a, b, c = (byte & 0x7F for byte in frame[1:4])
    digits = frame[4:10].decode("ascii", "replace").replace(" ", "0")
    if not digits.isdigit() or not (a & 0x20 and b & 0x20 and c & 0x20) or b & 0x04:  # bit 2 of B: out of range
        return None
    unit = _WORD_C.get(c & 0x07)
    if unit is None:
        return None
    point = (a & 0x07) - 2  # 2: no decimals, 3: one, 4: two; 1 and 0: tens and hundreds
    amount = Decimal(int(digits)).scaleb(-point) * (-1 if b & 0x02 else 1)
    return Reading(grams(amount, unit or ("kg" if b & 0x10 else "lb")), not b & 0x08)


def read_from(host: str, port: int, protocol: str, *, seconds: float = 2.0) -> Reading:
    """What the scale says at rest; if it does not come to rest in time, its last reading.

    Raises: OSError, TimeoutError where it says nothing.
    """
    until, last = time.monotonic() + seconds, None
    with socket.create_connection((host, port), timeout=seconds) as connection:
        reader = Reader(protocol)
        if question := ASKED_WITH.get(protocol):
            connection.sendall(question)
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            try:
                data = connection.recv(4096)
            except TimeoutError:
                break
            if not data:
                break
            for last in reader.feed(data):
                if last.stable:
                    return last
            if question:
                time.sleep(min(0.1, left))
                connection.sendall(question)
    if last is None:
        raise TimeoutError("it says nothing that can be read")
    return last
