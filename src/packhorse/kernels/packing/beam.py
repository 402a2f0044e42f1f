"""Fill a container block by block, compiled: a beam search over partly filled containers, each judged by what a greedy completion makes of it.

Sources: Araya and Riff, "A beam search approach to the container loading problem", Computers & Operations Research 43 (2014) 100-107; the doubling of effort from Zhu and
Lim, "A new iterative-doubling greedy-lookahead algorithm for the single container loading problem", European Journal of Operational Research 222 (2012) 408-417; the
judgement of blocks by their volume, by what they make it impossible to fill, by how much of them touches something and by their pieces from Araya, Guerrero and Nunez,
"VCS: a new heuristic function for selecting boxes in the single container loading problem", Computers & Operations Research 82 (2017) 27-35.
"""

from __future__ import annotations

from typing import NamedTuple

from packhorse.kernels.compiled import compiled
from packhorse.kernels.packing.blocks import BROAD, GOODS, LOAD, LONG, TALL, UPRIGHT
from packhorse.kernels.packing.flat import HEIGHT, LENGTH, MAX_LOAD, WIDE
from packhorse.kernels.packing.spaces import Floats, Ints, copy, cut

SPACES, PLACED, VOLUME, WEIGHT = range(4)  # columns of a head
MOST_SPACES = 300
WORK, BEST, LEAST, GROUNDED, BREADTH, STATES, CHILDREN, NEXT, ALIVE = range(9)  # of numbers


class Yard(NamedTuple):
    """Containers being filled, each with its spaces, what is left to load, the blocks placed (number, x, y, z) and a head; the last two are scratch.

    blocks: columns of blocks, the most promising first; promise: no block is worth more than this; contents: where the rows of `needs` of each block begin, kind and
    number; reach: as `blocks.reach` along each axis; near: gaps that do not count; alive: blocks that may still be loaded;
    children: of the present containers; best: the blocks of the fullest container met; numbers: work and the like.
    """

    box: Ints
    blocks: Ints
    promise: Floats
    contents: Ints
    needs: Ints
    reach: Ints
    near: Ints
    alive: Ints
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
def enough(y: Yard, s: int, b: int) -> bool:
    """Are all pieces of the block left?"""
    for i in range(y.contents[b], y.contents[b + 1]):  # noqa: SIM110 - the compiler knows no generators
        if y.needs[i, 1] > y.left[s, y.needs[i, 0]]:
            return False
    return True


@compiled
def winnow(y: Yard, s: int) -> None:
    """Which blocks may still be loaded into the container, or into what comes of it."""
    across, along, up = 0, 0, 0
    for i in range(y.heads[s, SPACES]):
        p = y.spaces[s, i]
        across, along, up = max(across, p[3] - p[0]), max(along, p[4] - p[1]), max(up, p[5] - p[2])
    n = 0
    for b in range(len(y.promise)):
        if y.blocks[LONG, b] <= across and y.blocks[BROAD, b] <= along and y.blocks[TALL, b] <= up and enough(y, s, b):
            y.alive[n] = b
            n += 1
    y.numbers[ALIVE] = n
    y.numbers[WORK] += len(y.promise)


@compiled
def nearest(y: Yard, s: int) -> int:
    """The space nearest to a lower corner of the container, the largest of such; -1 if there is none."""
    at, near, large, box = -1, 1 << 60, 0, y.box
    for i in range(y.heads[s, SPACES]):
        p = y.spaces[s, i]
        distance = min(p[0], box[LENGTH] - p[3]) + min(p[1], box[WIDE] - p[4]) + p[2]
        size = (p[3] - p[0]) * (p[4] - p[1]) * (p[5] - p[2])
        if distance < near or (distance == near and size > large):
            at, near, large = i, distance, size
    return at


@compiled
def likely(y: Yard, space: Ints) -> int:
    """The first of the blocks alive that is not too large for the space by what it promises."""
    size = float((space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2]))
    low, high = 0, y.numbers[ALIVE]
    while low < high:
        middle = (low + high) // 2
        if y.promise[y.alive[middle]] > size:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def candidates(y: Yard, s: int, most: int) -> int:
    """The best blocks of those alive, at most so many, for the nearest space, which is swapped to be the first one; how many there are. Spaces into which nothing goes
    are dropped.
    """
    box, head, blocks = y.box, y.heads[s], y.blocks
    while head[PLACED] < y.placed.shape[1] - 1:
        at = nearest(y, s)
        if at < 0:
            break
        p = y.spaces[s, at]
        across, along, up = p[3] - p[0], p[4] - p[1], p[5] - p[2]
        full = float(y.reach[0, across] * y.reach[1, along] * y.reach[2, up])
        roofed = p[5] < box[HEIGHT]
        n, i = 0, likely(y, p)
        y.numbers[WORK] += 30 + 2 * head[SPACES] - i
        while i < y.numbers[ALIVE]:
            b = y.alive[i]
            if n == most and y.promise[b] <= y.worth[n - 1]:
                break  # none of the others is worth more
            i += 1
            long, broad, tall = blocks[LONG, b], blocks[BROAD, b], blocks[TALL, b]
            if long > across or broad > along or tall > up or not enough(y, s, b):
                continue
            if blocks[LOAD, b] + head[WEIGHT] > box[MAX_LOAD] or (roofed and blocks[UPRIGHT, b]):
                continue
            fillable = float((long + y.reach[0, across - long]) * (broad + y.reach[1, along - broad]) * (tall + y.reach[2, up - tall])) / full
            beside, behind, above = broad * tall, long * tall, long * broad
            touching = beside + behind + above
            if across - long <= y.near[0]:
                touching += beside
            if along - broad <= y.near[1]:
                touching += behind
            if up - tall <= y.near[2]:
                touching += above
            share = touching / (2.0 * (beside + behind + above))
            worth = y.promise[b] * min(1.0, fillable) * share * share * share
            if n < most or worth > y.worth[n - 1]:
                rank = min(n, most - 1)
                while rank > 0 and y.worth[rank - 1] < worth:
                    y.worth[rank], y.chosen[rank] = y.worth[rank - 1], y.chosen[rank - 1]
                    rank -= 1
                y.worth[rank], y.chosen[rank] = worth, b
                n = min(n + 1, most)
            y.numbers[WORK] += 4
        y.numbers[WORK] += i
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
    p, head, box = y.spaces[s, 0], y.heads[s], y.box
    last = len(y.heads) - 1
    placed, corner = y.placed[s, head[PLACED]], y.spaces[last, MOST_SPACES - 1]
    placed[0] = b
    placed[1] = p[0] if p[0] <= box[LENGTH] - p[3] else p[3] - y.blocks[LONG, b]
    placed[2] = p[1] if p[1] <= box[WIDE] - p[4] else p[4] - y.blocks[BROAD, b]
    placed[3] = p[2]
    for axis in range(3):
        corner[axis], corner[axis + 3] = placed[axis + 1], placed[axis + 1] + y.blocks[axis, b]
    if y.blocks[UPRIGHT, b]:
        corner[5] = box[HEIGHT]
    head[SPACES] = cut(y.spaces[s, : MOST_SPACES - 1], head[SPACES], y.spaces[last, : MOST_SPACES - 1], corner, y.numbers[LEAST], 2, y.numbers[GROUNDED])
    for i in range(y.contents[b], y.contents[b + 1]):
        y.left[s, y.needs[i, 0]] -= y.needs[i, 1]
    head[PLACED] += 1
    head[VOLUME] += y.blocks[GOODS, b]
    head[WEIGHT] += y.blocks[LOAD, b]
    y.numbers[WORK] += 20 + 4 * head[SPACES]


@compiled
def branch(y: Yard) -> None:
    """The children of the containers there are, as many each as the beam is broad."""
    children = 0
    for s in range(y.numbers[STATES]):
        winnow(y, s)
        n = candidates(y, s, y.numbers[BREADTH])
        for c in range(n):
            y.children[children, 0], y.children[children, 1], y.children[children, 2] = 0, s, y.chosen[c]
            children += 1
    y.numbers[CHILDREN], y.numbers[NEXT] = children, 0


@compiled
def judge(y: Yard, child: int) -> None:
    """Complete the child greedily: its volume."""
    scratch, s = len(y.heads) - 2, y.children[child, 1]
    if child == 0 or y.children[child - 1, 1] != s:
        winnow(y, s)
    duplicate(y, s, scratch)
    load(y, scratch, y.children[child, 2])
    while candidates(y, scratch, 1):
        load(y, scratch, y.chosen[0])
    volume = y.heads[scratch, VOLUME]
    y.children[child, 0] = volume
    if volume > y.numbers[BEST]:
        y.numbers[BEST] = volume
        for i in range(y.heads[scratch, PLACED]):
            copy(y.best[i], y.placed[scratch, i])
        y.best[y.heads[scratch, PLACED], 0] = -1


@compiled
def keep(y: Yard) -> None:
    """The best children are the containers of the next level; the places behind them are used on the way."""
    width, kept, passed = y.numbers[BREADTH], 0, 1 << 60
    while kept < width:
        chosen = -1
        for c in range(y.numbers[CHILDREN]):  # equal volumes are mostly the same container packed in another order
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
    y.numbers[STATES], y.numbers[CHILDREN] = kept, 0


@compiled
def advance(y: Yard, until: int) -> bool:
    """Search on until so much work is done or a level of the beam is; is one? STATES is 0 at the end of the beam."""
    if y.numbers[CHILDREN] == 0:
        branch(y)
    while y.numbers[NEXT] < y.numbers[CHILDREN]:
        if y.numbers[WORK] >= until:
            return False
        judge(y, y.numbers[NEXT])
        y.numbers[NEXT] += 1
    keep(y)
    return True
