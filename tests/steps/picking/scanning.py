"""A picker with a scanner, for tests of the pick flow."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import PackhorseError
from packhorse.core.scan import parse
from packhorse.core.web.scanner import Screen, flows
from packhorse.steps.inventory import ledger
from packhorse.steps.picking import selectors
from packhorse.steps.picking.screens import SCREENS, SORT, STOP
from packhorse.steps.picking.types import TaskInfo
from tests.build import Shop, doing
from tests.build_orders import accepted
from tests.steps.picking.build import plan, release


class Hand:
    """A picker with a scanner: counts scans and taps; a refusal leaves the state."""

    def __init__(self, user_id: int = 7, flow: str = "picking.pick", role: str = "picker") -> None:
        self.actor = Actor(f"user:{user_id}", frozenset({role}), user_id=user_id)
        self.flow = flows()[flow]
        self.table = {"picking.pick": SCREENS, "picking.sort": SORT}.get(flow, {})
        self.scans = self.taps = 0
        self.open()

    def open(self, **context: str) -> Screen:
        return self._sees(self.flow.start(actor=self.actor, key=uuid4(), context=context), next(iter(self.table), ""))

    def _sees(self, screen: Screen, before: str) -> Screen:
        """The next screen: one that may follow, and offers only what the table says."""
        step = screen.state["step"]
        if self.table:
            assert step in (*self.table[before].then, *self.table[before].also), f"{step} does not follow {before}"
            assert {b.name for b in screen.buttons} <= set(self.table[step].buttons), f"{step} has buttons that its table does not name"
        self.screen = screen
        return screen

    def scan(self, code: str) -> Screen:
        self.scans += 1
        return self._sees(self.flow.scan(actor=self.actor, key=uuid4(), state=self.screen.state, scan=parse(code)), self.screen.state["step"])

    def tap(self, name: str, **fields: str) -> Screen:
        self.taps += 1
        given = {f.name: f.value for f in self.screen.fields} | fields
        return self._sees(self.flow.button(actor=self.actor, key=uuid4(), state=self.screen.state, name=name, fields=given), self.screen.state["step"])

    def refused(self, error: type[PackhorseError], code: str) -> None:
        before = self.screen
        with pytest.raises(error):
            self.scan(code)
        assert self.screen is before

    @property
    def task(self) -> TaskInfo:
        """The first open task where the picker stands."""
        state: dict[str, Any] = self.screen.state
        open_tasks = [t for t in selectors.tasks(EVERYTHING, state["batch"]) if t.state == "claimed" and t.location_id == state["place"]]
        into = dict(state["into"])
        return min((t for t in open_tasks if t.task_id not in into), key=lambda t: (t.compartment or 0, t.task_id))

    def walk(self) -> None:
        """Scan what the screen asks for until the walk is over."""
        while (step := self.screen.state["step"]) in STOP or (step == "zero" and self.screen.state.get("place")):
            task = self.task
            self.scan(str(task.lot) if step == "lot" else task.sku if self.screen.state["item"] is None else str(task.tote))


def load_cart(shop: Shop, n: int) -> None:
    for tote in shop.totes[:n]:
        doing(partial(ledger.carry, tote, shop.place("CART-01")))


def planned(shop: Shop, *wanted: dict[str, int], per_cart: int = 12) -> list[int]:
    release(shop, *(accepted(shop, w) for w in wanted))
    return plan(shop, orders_per_cart=per_cart)
