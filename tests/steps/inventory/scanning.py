"""A hand with a scanner, for tests of the floor's tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import uuid4

from pydantic_core import to_jsonable_python

from packhorse.core.actors import Actor
from packhorse.core.scan import parse
from packhorse.core.web.scanner import Flow, Screen


class Hand:
    """Somebody with a scanner: counts scans, taps and keyed figures, and keeps the state as the page does (through JSON)."""

    def __init__(self, flow: type[Flow], who: Actor) -> None:
        self.flow, self.who = flow(), who
        self.scans = self.taps = self.keyed = 0
        self.screen = self.flow.start(actor=who, key=uuid4(), context={})

    @property
    def state(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(json.dumps(to_jsonable_python(self.screen.state)))
        return found

    def scan(self, text: str) -> Screen:
        self.scans += 1
        self.screen = self.flow.scan(actor=self.who, key=uuid4(), state=self.state, scan=parse(text))
        return self.screen

    def key(self, quantity: int, button: str = "ok", **fields: str) -> Screen:
        self.keyed += 1
        return self._press(button, {"quantity": str(quantity), **fields})

    def tap(self, button: str) -> Screen:
        self.taps += 1
        return self._press(button, {})

    def _press(self, button: str, fields: Mapping[str, str]) -> Screen:
        assert button in {b.name for b in self.screen.buttons}
        self.screen = self.flow.button(actor=self.who, key=uuid4(), state=self.state, name=button, fields=fields)
        return self.screen

    @property
    def effort(self) -> tuple[int, int, int]:
        return self.scans, self.taps, self.keyed
