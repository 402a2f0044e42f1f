"""A picker: reads the screen, thinks, scans what it asks for; goes on without network by what came with the screen; and now and then scans something wrong."""

from __future__ import annotations

import re
import time
from collections import Counter
from random import Random
from typing import Final
from uuid import uuid4

from packhorse.server.bench.scanners.floor import Floor, Person
from packhorse.server.bench.scanners.phone import NoAnswer, Phone, Sent, Shown

#: Of a hundred scans at a stop so many are wrong, and so many are the first of a dead spot.
WRONG: Final = 2
DEAD: Final = 5
DEAD_STOPS: Final = 3
_INTO: Final = re.compile(r"(\d+) × (\S+) → (\d*) · (\S+?)(?:,|$)")


class Picker:
    """One person with one phone."""

    def __init__(self, number: int, port: int, who: Person, floor: Floor, seed: int, pause: float) -> None:
        self.number, self.who, self.floor, self.pause = number, who, floor, pause
        self.dice = Random(f"{seed}:{number}")  # noqa: S311 - figures, not secrets
        self.phone = Phone(port, self.dice)
        self.heard: list[Sent] = []
        self.unanswered = self.walks = 0
        self._totes = list(who.totes)
        self._refused_at_totes = False

    @property
    def happened(self) -> Counter[str]:
        return self.phone.happened

    @property
    def faults(self) -> list[str]:
        return self.phone.faults

    def sign_in(self) -> None:
        self.phone.sign_in(self.who.username, self.who.password)
        self.phone.begin()

    def work(self, until: float) -> None:
        """Walk after walk, until the time is over."""
        time.sleep(self.dice.uniform(0, self.pause))
        try:
            while time.monotonic() < until and self._totes:
                shown = self.phone.shown
                if shown.instruction.startswith(("Take", "Scan the place")) and self.dice.randrange(100) < DEAD:
                    self._dead_spot(shown)
                    continue
                self._think()
                fields = self._next(shown)
                if "scan" in fields and shown.instruction.startswith(("Take", "Put")) and self.dice.randrange(100) < WRONG:
                    self._send({"scan": "9999999999999"}, wrong=True)
                    continue
                self._send(fields)
        except NoAnswer:
            self.unanswered += 1

    def _think(self) -> None:
        time.sleep(self.dice.uniform(0.4, 1.6) * self.pause)

    def _send(self, fields: dict[str, str], *, wrong: bool = False) -> Sent:
        sent = Sent(str(uuid4()), self.phone.run, fields, wrong=wrong)
        before = self.phone.shown
        self.phone.send(sent)
        self.heard.append(sent)
        if before.instruction.startswith("Scan an empty tote"):
            self._refused_at_totes = sent.status != 200
            if sent.status == 200 or "still serves" in sent.said or "not empty" in sent.said:
                self._totes.pop(0)
        if self.phone.shown.tone == "done" and sent.status == 200:
            self.walks += 1
        return sent

    def _next(self, shown: Shown) -> dict[str, str]:
        """What the screen asks for."""
        ask = shown.instruction
        if ask.startswith(("Scan the cart", "Scan the next cart")):
            return {"scan": self.who.cart}
        if ask.startswith("Scan an empty tote"):
            return {"button": "back"} if self._refused_at_totes else {"scan": self._totes[0]}
        if ask.startswith("Scan the place"):
            return {"scan": shown.big}
        if ask.startswith("Take"):
            return {"scan": dict(shown.lines)["SKU"]}
        if ask.startswith("Put"):
            compartment = re.search(r"compartment (\S+)", ask)
            return {"scan": next(tote for n, tote in self._compartments(shown) if compartment and n == compartment[1])}
        if ask.startswith("Bring"):
            return {"scan": f"BENCH-{1 + self.number % 4}"}
        if ask.startswith("Is "):
            return {"button": "empty"}
        raise AssertionError(f"a screen that nobody understands: {shown}")

    @staticmethod
    def _compartments(shown: Shown) -> list[tuple[str, str]]:
        return [(n, tote) for label, _ in shown.lines if " · " in label for n, _, tote in [label.partition(" · ")]]

    def _dead_spot(self, shown: Shown) -> None:
        """The network is gone: this stop and some of the coming ones are picked by what the screen said; then it is back, and all is sent in order, until one is refused."""
        self.happened["dead_spots"] += 1
        codes = [shown.big, dict(shown.lines)["SKU"], *(tote for _n, tote in self._compartments(shown))]
        for place, what in shown.ahead[: self.dice.randint(1, DEAD_STOPS)]:
            codes.append(place)
            last = ""
            for _n, sku, _c, tote in _INTO.findall(what):
                if sku != last:
                    codes.append(sku)
                codes.append(tote)
                last = sku
        for _ in codes:
            self._think()
        for code in codes:
            sent = self._send({"scan": code})
            self.happened["queued"] += 1
            if sent.status != 200:
                self.happened["queue_ended"] += 1
                return
