"""Fill a container block by block, compiled: a beam search over partly filled containers, each judged by what a greedy completion makes of it.

Sources: Araya and Riff, "A beam search approach to the container loading problem", Computers & Operations Research 43 (2014) 100-107; the doubling of effort from Zhu and
Lim, "A new iterative-doubling greedy-lookahead algorithm for the single container loading problem", European Journal of Operational Research 222 (2012) 408-417; the
judgement of blocks by what they make it impossible to fill from Araya, Guerrero and Nunez, "VCS: a new heuristic function for selecting boxes in the single container
loading problem", Computers & Operations Research 82 (2017) 27-35.
"""

from __future__ import annotations

from typing import NamedTuple

from packhorse.kernels.compiled import compiled
from packhorse.kernels.packing.blocks import BROAD, CROWD, GOODS, LOAD, LONG, TALL, UPRIGHT
from packhorse.kernels.packing.flat import HEIGHT, LENGTH, MAX_LOAD, WIDE
from packhorse.kernels.packing.spaces import Floats, Ints, copy, cut

SPACES, PLACED, VOLUME, WEIGHT, OVER = range(5)  # columns of a head
MOST_SPACES = 300
WORK, BEST, LEAST, GROUNDED = range(4)  # of numbers


class Yard(NamedTuple):
    """Containers being filled, each with its spaces, what is left to load, the blocks placed (number, x, y, z) and a head; the last two are scratch.

    reach: as `blocks.reach` along each axis; children: of the present containers; best: the blocks of the fullest container met; numbers: work and the like.
    """

    box: Ints
    blocks: Ints
    counts: Ints
    reach: Ints
    spaces: Ints
    left: Ints
    placed: Ints
    heads: Ints
    children: Ints
    worth: Floats
    chosen: Ints
    best: Ints
    numbers: Ints


@compiled
def duplicate(y: Yard, source: int, target: int) -> None:
    """One container over another."""
    for i in range(y.heads[source, SPACES]):
        copy(y.spaces[target, i], y.spaces[source, i])
    for i in range(y.heads[source, PLACED]):
        copy(y.placed[target, i], y.placed[source, i])
    copy(y.left[target], y.left[source])
    copy(y.heads[target], y.heads[source])


@compiled
def candidates(y: Yard, s: int, most: int) -> int:
    """The best blocks, at most so many, for the space nearest to a lower corner of the container, which is swapped to be the first one; how many there are. Spaces into
    which nothing goes are dropped.
    """
    box, head = y.box, y.heads[s]
    while head[SPACES] > 0 and head[PLACED] < y.placed.shape[1] - 1:
        at, near, large = 0, 1 << 60, 0
        for i in range(head[SPACES]):
            p = y.spaces[s, i]
            distance = min(p[0], box[LENGTH] - p[3]) + min(p[1], box[WIDE] - p[4]) + p[2]
            size = (p[3] - p[0]) * (p[4] - p[1]) * (p[5] - p[2])
            if distance < near or (distance == near and size > large):
                at, near, large = i, distance, size
        p = y.spaces[s, at]
        across, along, up = p[3] - p[0], p[4] - p[1], p[5] - p[2]
        full_x, full_y, full_z = y.reach[0, across], y.reach[1, along], y.reach[2, up]
        n = 0
        for b in range(len(y.blocks)):
            block = y.blocks[b]
            if n == most and block[GOODS] <= y.worth[n - 1]:
                break  # blocks are sorted by volume, and none is worth more than that
            if block[LONG] > across or block[BROAD] > along or block[TALL] > up or block[LOAD] + head[WEIGHT] > box[MAX_LOAD]:
                continue
            if block[UPRIGHT] and p[5] < box[HEIGHT]:
                continue
            enough = True
            for k in range(y.counts.shape[1]):
                if y.counts[b, k] > y.left[s, k]:
                    enough = False
                    break
            if not enough:
                continue
            fx, fy, fz = (
                block[LONG] + y.reach[0, across - block[LONG]],
                block[BROAD] + y.reach[1, along - block[BROAD]],
                block[TALL] + y.reach[2, up - block[TALL]],
            )
            fillable = (fx * fy * fz) / (full_x * full_y * full_z)
            worth = block[GOODS] * min(1.0, fillable) * 1000.0 / block[CROWD]
            if n < most or worth > y.worth[n - 1]:
                i = min(n, most - 1)
                while i > 0 and y.worth[i - 1] < worth:
                    y.worth[i], y.chosen[i] = y.worth[i - 1], y.chosen[i - 1]
                    i -= 1
                y.worth[i], y.chosen[i] = worth, b
                n = min(n + 1, most)
            y.numbers[WORK] += 4
        y.numbers[WORK] += 20
        if n > 0:
            last = y.spaces[len(y.heads) - 1, MOST_SPACES - 1]
            copy(last, p)
            copy(y.spaces[s, at], y.spaces[s, 0])
            copy(y.spaces[s, 0], last)
            return n
        head[SPACES] -= 1
        copy(y.spaces[s, at], y.spaces[s, head[SPACES]])
    return 0


@compiled
def load(y: Yard, s: int, b: int) -> None:
    """Place the block in the first space of the container, in the corner nearest to one of the container's."""
    p, block, head, box = y.spaces[s, 0], y.blocks[b], y.heads[s], y.box
    last = len(y.heads) - 1
    placed, corner = y.placed[s, head[PLACED]], y.spaces[last, MOST_SPACES - 1]
    placed[0] = b
    placed[1] = p[0] if p[0] <= box[LENGTH] - p[3] else p[3] - block[LONG]
    placed[2] = p[1] if p[1] <= box[WIDE] - p[4] else p[4] - block[BROAD]
    placed[3] = p[2]
    for axis in range(3):
        corner[axis], corner[axis + 3] = placed[axis + 1], placed[axis + 1] + block[axis]
    if block[UPRIGHT]:
        corner[5] = box[HEIGHT]
    head[SPACES] = cut(y.spaces[s, : MOST_SPACES - 1], head[SPACES], y.spaces[last, : MOST_SPACES - 1], corner, y.numbers[LEAST], 2, y.numbers[GROUNDED])
    for k in range(y.counts.shape[1]):
        y.left[s, k] -= y.counts[b, k]
    head[PLACED] += 1
    head[VOLUME] += block[GOODS]
    head[WEIGHT] += block[LOAD]
    y.numbers[WORK] += 2 * head[SPACES]


@compiled
def level(y: Yard, states: int, width: int) -> int:
    """From the containers 0 to states - 1 to at most `width` that hold one block more; how many there are, 0 at the end.

    Those that are kept stand at 0 again; `width` places behind them are used on the way.
    """
    scratch = len(y.heads) - 2
    children = 0
    for s in range(states):
        n = candidates(y, s, width)
        for c in range(n):
            y.children[children, 0], y.children[children, 1], y.children[children, 2] = 0, s, y.chosen[c]
            children += 1
    for c in range(children):
        duplicate(y, y.children[c, 1], scratch)
        load(y, scratch, y.children[c, 2])
        while candidates(y, scratch, 1):
            load(y, scratch, y.chosen[0])
        volume = y.heads[scratch, VOLUME]
        y.children[c, 0] = volume
        if volume > y.numbers[BEST]:
            y.numbers[BEST] = volume
            for i in range(y.heads[scratch, PLACED]):
                copy(y.best[i], y.placed[scratch, i])
            y.best[y.heads[scratch, PLACED], 0] = -1
    kept, passed = 0, 1 << 60
    while kept < width:
        chosen = -1
        for c in range(children):  # equal volumes are mostly the same container packed in another order
            if y.children[c, 0] < passed and (chosen < 0 or y.children[c, 0] > y.children[chosen, 0]):
                chosen = c
        if chosen < 0:
            break
        passed = y.children[chosen, 0]
        duplicate(y, y.children[chosen, 1], width + kept)
        load(y, width + kept, y.children[chosen, 2])
        kept += 1
    for s in range(kept):
        duplicate(y, width + s, s)
    return kept
