"""The second head answers packing problems as the kernel does here, in the order in which they were asked, and ends when it is closed."""

from __future__ import annotations

from contextlib import closing

from packhorse.kernels.packing.problem import Box, Item, Order, Problem
from packhorse.kernels.packing.solve import solve
from packhorse.kernels.stop import Stop
from packhorse.roof.simulation.second_head import SecondHead

PATIENCE_S = 300  # the kernel may have to be compiled


def problem(pieces: int) -> Problem:
    boxes = (Box("S", (200, 150, 100), (210, 160, 110), 50, 5000, 20), Box("L", (400, 300, 200), (410, 310, 210), 200, 15000, 60))
    return Problem(boxes, (Order(f"O{pieces}", (Item("MUG", (90, 90, 100), weight_g=350, quantity=pieces),)),))


def test_answers_are_the_kernels_own_in_the_order_asked() -> None:
    problems = [problem(n) for n in (1, 30, 4)]
    with closing(SecondHead()) as head:
        asked = [head.ask(p) for p in problems]
        answers = [a.result(timeout=PATIENCE_S) for a in asked]
    assert answers == [solve(p, stop=Stop(iterations=0)).orders[0] for p in problems]


def test_it_ends_when_it_is_closed() -> None:
    head = SecondHead()
    head.ask(problem(1)).result(timeout=PATIENCE_S)
    head.close()
    assert not head._process.is_alive()
