"""Search for a packing of a few pieces in one box, in Python: every sequence, every way to lie, every corner of every empty maximal space.

The oracle of the tests for `searching`, which is the same program compiled; nothing else uses it. Without support and fragile pieces it is complete: any packing can be
pushed together until each piece touches something (or the wall) on three sides, and placed from the corner outwards each piece then sits in the lower corner of an empty
maximal space.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from packhorse.kernels.packing.problem import Box, Item, Size, volume
from packhorse.kernels.packing.result import Placement

Cuboid = tuple[int, int, int, int, int, int]  # x0, y0, z0, x1, y1, z1


class _OutOfNodes(Exception):
    """The search was cut off."""


def find(box: Box, pieces: list[Item], support: float = 0.0, *, nodes: int) -> tuple[list[Placement] | None, bool]:
    """-> (a packing of one piece of each item or None, whether that is proven)."""
    if box.max_load_g is not None and sum(item.weight_g for item in pieces) > box.max_load_g:
        return None, True
    if sum(volume(item.size_mm) for item in pieces) > box.volume:
        return None, True
    search = _Search(box.inner_mm, support, nodes)
    try:
        found = search.place(sorted(pieces, key=lambda item: -volume(item.size_mm)), [(0, 0, 0, *box.inner_mm)])
    except _OutOfNodes:
        return None, False
    if not found:
        return None, not support and not any(item.fragile for item in pieces)
    return search.placed, True


def lying(item: Item) -> set[Size]:
    """The ways in which a piece may lie."""
    found, edges = set[Size](), item.size_mm
    for i in range(3):
        if item.vertical[i]:
            a, b = edges[:i] + edges[i + 1 :]
            found |= {(a, b, edges[i]), (b, a, edges[i])}
    return found


def cut(spaces: list[Cuboid], block: Cuboid) -> list[Cuboid]:
    """The empty maximal spaces that are left once the block is in."""
    kept, fresh = list[Cuboid](), list[Cuboid]()
    for space in spaces:
        if all(block[k] < space[k + 3] and block[k + 3] > space[k] for k in range(3)):
            for k in range(3):
                fresh += [(*space[: k + 3], block[k], *space[k + 4 :]), (*space[:k], block[k + 3], *space[k + 1 :])]  # type: ignore[list-item]
        else:
            kept.append(space)
    fresh = list(dict.fromkeys(s for s in fresh if all(s[k] < s[k + 3] for k in range(3))))
    return kept + [s for s in fresh if not any(o != s and _inside(s, o) for o in (*kept, *fresh))]


def _inside(a: Cuboid, b: Cuboid) -> bool:
    return all(b[k] <= a[k] and a[k + 3] <= b[k + 3] for k in range(3))


@dataclass(slots=True)
class _Search:
    inner: Size
    support: float
    nodes: int
    placed: list[Placement] = field(default_factory=list)
    fragile: set[str] = field(default_factory=set)

    def place(self, pieces: list[Item], spaces: list[Cuboid]) -> bool:
        """Place all pieces, or leave everything as it was."""
        if not pieces:
            return True
        if self.nodes <= 0:
            raise _OutOfNodes
        self.nodes -= 1
        for n, item in enumerate(pieces):
            for piece, block in self._options(item, spaces):
                self.placed.append(piece)
                if item.fragile:
                    self.fragile.add(item.id)
                if self.place(pieces[:n] + pieces[n + 1 :], cut(spaces, block)):
                    return True
                self.placed.pop()
        return False

    def _options(self, item: Item, spaces: list[Cuboid]) -> list[tuple[Placement, Cuboid]]:
        options = []
        for x0, y0, z, x1, y1, z1 in spaces:
            if item.fragile and z1 < self.inner[2]:
                continue
            corners = {(x0, y0)}
            if z and self.support:
                corners |= {(max(x0, p.at_mm[0]), max(y0, p.at_mm[1])) for p in self.placed if p.at_mm[2] + p.size_mm[2] == z}
            for x, y in sorted(corners):
                for dx, dy, dz in sorted(lying(item)):
                    if x + dx <= x1 and y + dy <= y1 and z + dz <= z1:
                        piece = Placement(item.id, (x, y, z), (dx, dy, dz))
                        if not z or self._rests(piece):
                            options.append((piece, (x, y, z, x + dx, y + dy, self.inner[2] if item.fragile else z + dz)))
        return options

    def _rests(self, piece: Placement) -> bool:
        (x, y, z), (dx, dy, _) = piece.at_mm, piece.size_mm
        area = 0
        for p in self.placed:
            if p.at_mm[2] + p.size_mm[2] == z and p.item not in self.fragile:
                across = min(x + dx, p.at_mm[0] + p.size_mm[0]) - max(x, p.at_mm[0])
                along = min(y + dy, p.at_mm[1] + p.size_mm[1]) - max(y, p.at_mm[1])
                area += max(0, across) * max(0, along)
        return area >= self.support * dx * dy
