"""What a scale sends becomes grams, at rest or not; what is broken is passed over."""

from __future__ import annotations

import socket
from decimal import Decimal

import pytest

from packhorse.ground.equipment import emulators, scales
from packhorse.ground.equipment.types import Reading


def said(protocol: str, *parts: bytes) -> list[Reading]:
    reader = scales.Reader(protocol)
    return [found for part in parts for found in reader.feed(part)]


def frame(a: int, b: int, c: int, weight: str, tare: str = "     0") -> bytes:
    return bytes([2, a, b, c]) + weight.encode() + tare.encode() + b"\r"


@pytest.mark.parametrize(
    ("frame", "grams", "stable"),
    [
        (frame(0x25, 0x30, 0x20, "  1234"), 1234, True),  # three decimals of a kilogram
        (frame(0x25, 0x38, 0x20, "  1234"), 1234, False),  # in motion
        (frame(0x25, 0x32, 0x20, "   250"), -250, True),  # below zero
        (frame(0x24, 0x20, 0x20, "   550"), 2495, True),  # 5.50 lb
        (frame(0x22, 0x30, 0x21, "   731"), 731, True),  # grams
        (frame(0x23, 0x20, 0x23, "   105"), 298, True),  # 10.5 oz
        (frame(0x21, 0x30, 0x20, "     2"), 20_000, True),  # tens of kilograms
    ],
)
def test_continuous_output_is_read_by_its_status_words(frame: bytes, grams: int, stable: bool) -> None:
    assert said("toledo", frame) == [Reading(grams, stable)]


def test_frames_come_in_pieces_with_checksums_and_noise_between() -> None:
    one, two = frame(0x25, 0x30, 0x20, "  1000"), frame(0x25, 0x30, 0x20, "  2000")
    over = frame(0x25, 0x34, 0x20, "999999")
    assert said("toledo", b"x\x02" + one[:5], one[5:] + b"\x55" + over, two + one[:9]) == [Reading(1000, True), Reading(2000, True)]


def test_lines_of_text_and_answers_to_si_are_read() -> None:
    assert said("text", b"US,GS,+  1.2", b"34kg\r\nST,GS,+  1.500 kg\r\nOL,GS,+ 99999kg\r\nST,NT,-    12.5g\r\n") == [
        Reading(1234, False), Reading(1500, True), Reading(-13, True)
    ]  # fmt: skip
    assert said("sics", b"S S     100.00 g\r\nS D      0.350 kg\r\nS I\r\nS S 2 lb\r\n") == [Reading(100, True), Reading(350, False), Reading(907, True)]


def test_halves_round_away_from_zero() -> None:
    assert (scales.grams(Decimal("0.5"), "g"), scales.grams(Decimal("-0.5"), "g"), scales.grams(Decimal(1), "lb")) == (1, -1, 454)


@pytest.mark.parametrize("protocol", ["toledo", "sics", "text"])
def test_a_scale_on_the_network_says_what_lies_on_it_when_it_is_at_rest(protocol: str) -> None:
    with emulators.Scale(protocol, 1234) as scale:
        host, port = scale.address.split(":")
        assert scales.read_from(host, int(port), protocol) == Reading(1234, True)
        scale.weight_g = -20
        assert scales.read_from(host, int(port), protocol) == Reading(-20, True)
        scale.stable = False
        assert scales.read_from(host, int(port), protocol, seconds=0.3) == Reading(-20, False)


def test_a_scale_that_is_off_or_says_something_else_is_an_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        scales.read_from("127.0.0.1", port, "toledo")
    with emulators.Scale("text", 5) as scale, pytest.raises(TimeoutError):
        scales.read_from("127.0.0.1", int(scale.address.split(":")[1]), "toledo", seconds=0.3)
