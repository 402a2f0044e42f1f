"""Search for a packing of a few pieces in one box: every sequence, every way to lie, every corner of every empty maximal space.

Without support and fragile pieces this is complete: any packing can be pushed together until each piece touches something (or the wall) on three sides, and placed from the
corner outwards each piece then sits in the lower corner of an empty maximal space. So with enough nodes it is the oracle for tiny orders; with few it is the solver's last try.
"""

from __future__ import annotations

from packhorse.kernels.packing.filling import Block, Filler, Filling, Kind, Rule
from packhorse.kernels.packing.problem import Box


class _OutOfNodes(Exception):
    """The search was cut off."""


def find(box: Box, pieces: list[Kind], support: float = 0.0, *, nodes: int) -> tuple[Filling | None, bool]:
    """-> (a packing of all pieces or None, whether that is proven)."""
    if box.max_load_g is not None and sum(kind.item.weight_g for kind in pieces) > box.max_load_g:
        return None, True
    if sum(kind.volume for kind in pieces) > box.volume:
        return None, True
    search = _Search(box, support, nodes)
    try:
        found = search.place(sorted(pieces, key=lambda kind: -kind.volume))
    except _OutOfNodes:
        return None, False
    if not found:
        return None, not support and not any(kind.item.fragile for kind in pieces)
    filling = Filling(blocks=list(search.blocks), volume=sum(kind.volume for kind in pieces), load_g=sum(kind.item.weight_g for kind in pieces))
    return filling, True


class _Search:
    def __init__(self, box: Box, support: float, nodes: int) -> None:
        self.filler = Filler(box, support, Rule(), 1)
        self.support, self.nodes = support, nodes
        self.blocks: list[Block] = []

    def place(self, pieces: list[Kind]) -> bool:
        """Place all pieces, or leave everything as it was."""
        if not pieces:
            return True
        if self.nodes <= 0:
            raise _OutOfNodes
        self.nodes -= 1
        filler = self.filler
        before, tops = filler.spaces, {z: list(rects) for z, rects in filler.tops.items()}
        filler.least = min(kind.shortest for kind in pieces)
        for n, kind in enumerate(pieces):
            if kind in pieces[:n]:
                continue
            rest = pieces[:n] + pieces[n + 1 :]
            for block in self._options(kind):
                filler.spaces, filler.tops = before, {z: list(rects) for z, rects in tops.items()}
                filler.place(block)
                self.blocks.append(block)
                if self.place(rest):
                    return True
                self.blocks.pop()
        filler.spaces, filler.tops = before, tops
        return False

    def _options(self, kind: Kind) -> list[Block]:
        options = []
        for space in self.filler.spaces:
            x0, y0, z0, x1, y1, z1 = space
            if kind.item.fragile and z1 < self.filler.height:
                continue
            corners = self.filler.corners(space) if z0 and self.support else [(x0, y0)]
            for x, y in corners:
                for way in kind.ways:
                    if way[0] <= x1 - x and way[1] <= y1 - y and way[2] <= z1 - z0:
                        block = Block(kind, (x, y, z0), way, (1, 1, 1))
                        if not (z0 and self.support) or self.filler.stands(block):
                            options.append(block)
        return options
