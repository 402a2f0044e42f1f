"""Fill one box: pieces in a given sequence, each kind in blocks as large as they go, each block into the first empty space (of a rule's order) that takes it.

Blocks of equal pieces keep an order of a thousand pieces quick: the work grows with kinds and layers, not with pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from packhorse.kernels.packing.problem import Box, Item, Size, volume
from packhorse.kernels.packing.spaces import Cuboid, cut, rested

UNBOUNDED = 1 << 60
_ORDERS = {"z": itemgetter(2, 1, 0), "x": itemgetter(0, 2, 1), "y": itemgetter(1, 2, 0)}


class Kind(NamedTuple):
    """Equal pieces: `ways` are the sizes in which one may lie."""

    item: Item
    ways: tuple[Size, ...]
    volume: int
    shortest: int


class Rule(NamedTuple):
    """axis: spaces are tried by this coordinate first; lying: pieces lie 'tight' in the space, 'flat', or 'long' side along x."""

    axis: str = "z"
    lying: str = "tight"


class Block(NamedTuple):
    """nx × ny × nz equal pieces of `size` each, from `at` on."""

    kind: Kind
    at: Size
    size: Size
    counts: Size


Sequence = list[tuple[Kind, int]]


@dataclass(slots=True)
class Filling:
    """What is in the box, and what of the sequence is not."""

    blocks: list[Block] = field(default_factory=list)
    left: Sequence = field(default_factory=list)
    volume: int = 0
    load_g: int = 0


def kind_of(item: Item) -> Kind:
    """The kind with its distinct ways to lie, flattest first."""
    edges, ways = item.size_mm, set[Size]()
    for i in range(3):
        if item.vertical[i]:
            a, b = edges[:i] + edges[i + 1 :]
            ways |= {(a, b, edges[i]), (b, a, edges[i])}
    return Kind(item, tuple(sorted(ways, key=lambda way: (way[2], -way[0]))), volume(edges), min(edges))


class Filler:
    """One box being filled."""

    def __init__(self, box: Box, support: float, rule: Rule, least: int) -> None:
        self.height = box.inner_mm[2]
        self.spaces: list[Cuboid] = [(0, 0, 0, *box.inner_mm)]
        self.support, self.rule, self.least = support, rule, least
        self.order = _ORDERS[rule.axis]
        self.tops: dict[int, list[tuple[int, int, int, int]]] = {}

    def put(self, kind: Kind, quantity: int) -> Block | None:
        """Place as many pieces as go in one block, at most `quantity`, in the first space that takes any."""
        fragile, shortest = kind.item.fragile, kind.shortest
        for space in self.spaces:
            x0, y0, z0, x1, y1, z1 = space
            if x1 - x0 < shortest or y1 - y0 < shortest or z1 - z0 < shortest or (fragile and z1 < self.height):
                continue
            if not z0 or not self.support:
                block = self._block(kind, quantity, space)
                if block:
                    return self.place(block)
            else:
                for corner in self.corners(space):
                    block = self._block(kind, quantity, (*corner, z0, x1, y1, z1))
                    if block and self.stands(block):
                        return self.place(block)
                    if block and quantity > 1:
                        single = self._block(kind, 1, (*corner, z0, x1, y1, z1))
                        if single and self.stands(single):
                            return self.place(single)
        return None

    def corners(self, space: Cuboid) -> list[tuple[int, int]]:
        """Where in the space a piece may be set down: its own corner, and that of each top in it."""
        x0, y0, z0, x1, y1, _ = space
        corners = {(x0, y0): None}
        for a0, b0, a1, b1 in self.tops.get(z0, ()):
            if a0 < x1 and a1 > x0 and b0 < y1 and b1 > y0:
                corners[max(a0, x0), max(b0, y0)] = None
        return list(corners)

    def _block(self, kind: Kind, quantity: int, space: Cuboid) -> Block | None:
        """The best block for the space: most pieces, then as the rule likes them to lie."""
        x0, y0, z0, x1, y1, z1 = space
        across, along, up = x1 - x0, y1 - y0, z1 - z0
        best: tuple[int, int, int] | None = None
        found: Block | None = None
        lying = self.rule.lying
        for way in kind.ways:
            dx, dy, dz = way
            mx, my, mz = across // dx, along // dy, up // dz
            if not (mx and my and mz):
                continue
            if quantity == 1:
                shapes: tuple[Size, ...] = ((1, 1, 1),)
            else:
                shapes = _shapes(mx, my, 1 if kind.item.fragile else mz, quantity)
            for nx, ny, nz in shapes:
                sx, sy, sz = across - nx * dx, along - ny * dy, up - nz * dz
                liking = -min(sx, sy, sz) if lying == "tight" else -dz if lying == "flat" else dx
                score = (nx * ny * nz, liking, -(sx + sy + sz) if lying == "tight" else -min(sx, sy))
                if best is None or score > best:
                    best, found = score, Block(kind, (x0, y0, z0), way, (nx, ny, nz))
        return found

    def stands(self, block: Block) -> bool:
        """Does every piece of the lowest layer rest on enough?"""
        (x, y, z), (dx, dy, _), (nx, ny, _) = block.at, block.size, block.counts
        tops = self.tops.get(z, [])
        if rested(x, y, x + nx * dx, y + ny * dy, tops) == nx * ny * dx * dy:
            return True
        needed = self.support * dx * dy
        return all(rested(x + i * dx, y + j * dy, x + i * dx + dx, y + j * dy + dy, tops) >= needed for i in range(nx) for j in range(ny))

    def place(self, block: Block) -> Block:
        (x, y, z), (dx, dy, dz), (nx, ny, nz) = block.at, block.size, block.counts
        x1, y1, z1 = x + nx * dx, y + ny * dy, z + nz * dz
        if not block.kind.item.fragile:
            self.tops.setdefault(z1, []).append((x, y, x1, y1))
        self.spaces = cut(self.spaces, (x, y, z, x1, y1, self.height if block.kind.item.fragile else z1), self.least)
        self.spaces.sort(key=self.order)
        return block


def fill(box: Box, sequence: Sequence, rule: Rule, support: float, *, whole: bool = False) -> Filling | None:
    """Fill the box in this sequence. `whole`: None as soon as a piece stays out."""
    filling = Filling()
    filler = Filler(box, support, rule, min((kind.shortest for kind, _ in sequence), default=1))
    room = UNBOUNDED if box.max_load_g is None else box.max_load_g
    for kind, quantity in sequence:
        weight = kind.item.weight_g
        wanted = min(quantity, room // weight) if weight else quantity
        stays = quantity - wanted
        while wanted:
            block = filler.put(kind, wanted)
            if block is None:
                break
            nx, ny, nz = block.counts
            filling.blocks.append(block)
            wanted -= nx * ny * nz
            room -= nx * ny * nz * weight
            filling.volume += nx * ny * nz * kind.volume
            filling.load_g += nx * ny * nz * weight
        if wanted + stays:
            if whole:
                return None
            filling.left.append((kind, wanted + stays))
    return filling


def _shapes(mx: int, my: int, mz: int, quantity: int) -> tuple[Size, ...]:
    """Blocks of at most `quantity` pieces in a space that has room for mx × my × mz: all of it, or one axis filled after the other."""
    if mx * my * mz <= quantity:
        return ((mx, my, mz),)
    shapes = []
    for first, second, third in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0)):
        room, counts, left = (mx, my, mz), [1, 1, 1], quantity
        for axis in (first, second, third):
            counts[axis] = min(room[axis], left)
            left //= counts[axis]
        shapes.append((counts[0], counts[1], counts[2]))
    return tuple(dict.fromkeys(shapes))
