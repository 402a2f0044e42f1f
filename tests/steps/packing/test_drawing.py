"""The picture of a load turns, builds up in packing order, and draws what is behind before what is in front."""

from __future__ import annotations

import itertools
import re

import pytest

from packhorse.steps.packing.drawing import MOST, back_to_front, load_svg, scanned
from packhorse.steps.packing.types import Content, PlacedPiece, ProposedParcel

#: Two below, one on top, all of 100 mm; the second is of another item.
PIECES = (
    PlacedPiece(1, (0, 0, 0), (100, 100, 100)),
    PlacedPiece(2, (100, 0, 0), (100, 100, 100)),
    PlacedPiece(1, (0, 0, 100), (100, 100, 100)),
)


def load(*pieces: PlacedPiece) -> ProposedParcel:
    return ProposedParcel(1, "BOX", (310, 210, 210), (300, 200, 200), (Content(1, len(pieces)),), pieces, 900, 500, 60, (), "test")


def corners(svg: str) -> list[list[tuple[float, float]]]:
    found = re.findall(r'<polygon points="([^"]+)"', svg)
    return [[(float(x), float(y)) for x, y in (p.split(",") for p in points.split())] for points in found]


def area(points: list[tuple[float, float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise([*points, points[0]]))) / 2


@pytest.mark.parametrize("turn", range(0, 360, 15))
def test_from_every_side_each_piece_shows_three_faces_inside_the_same_frame(turn: int) -> None:
    svg = load_svg(load(*PIECES), turn=turn)
    left, top, width, height = map(float, re.search(r'viewBox="([^"]+)"', svg)[1].split())  # type: ignore[index]
    assert (left, top, width, height) == tuple(map(float, re.search(r'viewBox="([^"]+)"', load_svg(load(*PIECES)))[1].split()))  # type: ignore[index]
    faces = corners(svg)
    assert len(faces) == 9
    assert all(left <= x <= left + width and top <= y <= top + height for face in faces for x, y in face)
    tops = [area(face) for face in faces[::3]]
    assert max(tops) - min(tops) < 20, "a top of the same size looks the same wherever it lies"


def test_a_whole_turn_is_the_same_picture_and_a_quarter_is_not() -> None:
    assert load_svg(load(*PIECES), turn=360) == load_svg(load(*PIECES)) != load_svg(load(*PIECES), turn=90)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_what_lies_on_top_is_drawn_after_what_it_lies_on(turn: int) -> None:
    numbers = re.findall(r">(\d+)</text>", load_svg(load(*PIECES), turn=turn))
    assert sorted(numbers) == ["1", "2", "3"]
    assert numbers.index("3") > numbers.index("1")


def test_what_is_in_front_is_drawn_last_and_that_changes_with_the_side() -> None:
    row = (PlacedPiece(1, (0, 0, 0), (100, 100, 100)), PlacedPiece(1, (100, 0, 0), (100, 100, 100)))
    assert back_to_front(row) == [0, 1]
    assert [re.findall(r">(\d+)</text>", load_svg(load(*row), turn=t)) for t in (0, 180)] == [["1", "2"], ["2", "1"]]


def test_it_builds_up_and_marks_the_piece_that_goes_in() -> None:
    svg = load_svg(load(*PIECES), inside=[0, 1], now=1)
    assert (len(corners(svg)), svg.count("#d2342a"), "2 of 3 pieces in BOX" in svg) == (6, 1, True)
    assert corners(load_svg(load(*PIECES), inside=[])) == []
    ahead = load_svg(load(*PIECES), inside=[0], to_come=True)
    assert (len(corners(ahead)), ahead.count('<g opacity="0.16">'), "1 of 3 pieces in BOX" in ahead) == (9, 2, True)
    assert (ahead.count('fill="#7d857f" stroke="none">'), ahead.count('fill="#10201a" stroke="none">')) == (2, 1), "numbers are read in the dark, too"


def test_what_was_scanned_takes_the_places_of_its_item_in_packing_order() -> None:
    assert scanned(load(*PIECES), {1: 1}, 1) == ([0], 0)
    assert scanned(load(*PIECES), {1: 2, 2: 1}, 1) == ([0, 1, 2], 2)
    assert scanned(load(*PIECES), {2: 1}, 2) == ([1], 1)
    assert scanned(load(*PIECES), {9: 1}, 9) == ([], None)


def test_without_a_computed_load_or_with_too_many_pieces_it_is_the_empty_box() -> None:
    many = tuple(PlacedPiece(1, (0, 0, n), (10, 10, 1)) for n in range(MOST + 1))
    for parcel in (load(), load(*many)):
        svg = load_svg(parcel)
        assert (corners(svg), svg.count("<polyline")) == ([], 12)
        assert "load not drawn" in svg
