"""The screens of the pick flow and of the sorter's, as data: what each asks for, what may be scanned and tapped there, and which screens follow.

Tests hold the flows to it; docs/steps/3-picking.md has it as tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: The screens of a stop, in the order in which they come; each is left out where nothing needs it.
STOP: Final = ("go", "item", "lot", "quantity", "tote")
_TAPS: Final = ("short", "damaged", "no_code", "full", "reach", "lead", "skip", "pause")
#: Where each screen of a stop may lead beside the usual: what a tap asks, another stop (put off; changed under the picker's hands), the end, and the cart where the walk is somebody else's now.
_BESIDE: Final = (*STOP, "swap", "short", "no_code", "reach", "full", "paused", "drop", "cart")
_BEGUN: Final = ("totes", *STOP, "drop")


@dataclass(frozen=True, slots=True)
class PickScreen:
    """A screen: what it asks for, what may be scanned or keyed in, the buttons by name, the screens that usually follow, and those that may. What is refused stays, or shows the task as it is now."""

    asks: str
    scans: tuple[str, ...]
    buttons: tuple[str, ...]
    then: tuple[str, ...]
    also: tuple[str, ...] = ()


SCREENS: Final[dict[str, PickScreen]] = {
    "cart": PickScreen("Begin, or go on", ("cart", "tote", "walk number"), ("zone",), ("totes", "go"), ("cart", *_BEGUN)),
    "totes": PickScreen("An empty tote for each order", ("empty tote", "cart with totes"), ("back",), ("totes", "go"), ("cart", *STOP, "drop")),
    "go": PickScreen("Go to the place", ("location", "LPN that stands there", "item, case or GS1 code"), _TAPS, ("item", "lot", "quantity", "tote"), _BESIDE),
    "item": PickScreen("Take the item", ("item, case or GS1 code", "location"), _TAPS, ("lot", "quantity", "tote"), _BESIDE),
    "lot": PickScreen("Which lot or serial number", ("lot or serial number", "GS1 code with 10 or 21", "location"), _TAPS, ("quantity", "tote"), _BESIDE),
    "quantity": PickScreen("How many", ("number", "item or case: each scan counts what it stands for"), ("have", *_TAPS), ("tote",), _BESIDE),
    "tote": PickScreen("Put it into the tote", ("tote", "item, case or GS1 code", "location"), _TAPS, ("tote", "item", "go", "zero", "drop"), _BESIDE),
    "short": PickScreen("Why less, and how many are taken", ("number",), ("missing", "wrong_item", "report_damaged", "back"), ("go", "drop"), (*STOP, "cart")),
    "swap": PickScreen("Another lot is in the hand: take it instead?", ("whatever the stop asks for",), ("swap", "back"), ("quantity", "tote"), _BESIDE),
    "no_code": PickScreen(
        "Is it this item, and why has it no code", ("whatever the stop asks for",), ("no_label", "unreadable", "back"), ("quantity", "tote"), _BESIDE
    ),
    "reach": PickScreen("Does it need equipment", ("whatever the stop asks for",), ("equipment", "back"), ("go", "drop"), _BESIDE),
    "full": PickScreen(
        "An empty tote in the place of the full one", ("empty tote", "number that still went in"), ("set", "back"), ("tote", "full"), (*STOP, "drop", "cart")
    ),
    "zero": PickScreen(
        "Is the place empty now?",
        ("whatever the next screen asks for: then nobody looked",),
        ("empty", "not_empty"),
        ("go", "drop"),
        (*_BESIDE, "zero", "unload", "done"),
    ),
    "paused": PickScreen("The walk waits", ("cart", "tote", "walk number"), ("go_on", "hand_over"), ("go", "cart"), _BEGUN),
    "drop": PickScreen(
        "Unload",
        ("bench: all totes", "tote: that one", "the walk's cart", "hand-over place or put wall, of a walk in a zone"),
        ("over", "pause"),
        ("done", "unload"),
        ("drop", "paused", "cart", *STOP),
    ),
    "unload": PickScreen(
        "Where the tote is put",
        ("bench or staging", "another tote of its order: both are put together"),
        ("back",),
        ("drop", "done"),
        ("unload", "cart", *STOP),
    ),
    "done": PickScreen("The next cart", ("cart", "tote", "walk number"), (), ("totes", "go"), ("cart", *_BEGUN)),
}


#: The screens of the sorter's flow at a put wall.
SORT: Final[dict[str, PickScreen]] = {
    "wall": PickScreen("At which put wall", ("put wall",), (), ("from",), ("wall",)),
    "from": PickScreen("A tote that came from the zones", ("tote", "slot that is complete", "put wall"), (), ("piece",), ("from", "take", "wall")),
    "piece": PickScreen(
        "A piece out of the tote",
        ("item, case or GS1 code", "lot or serial number", "another tote", "slot that is complete"),
        ("gone",),
        ("slot",),
        ("piece", "from", "take", "slot"),
    ),
    "slot": PickScreen("Put it into the slot", ("slot",), ("set", "back"), ("piece", "from"), ("slot",)),
    "take": PickScreen("An empty tote for a complete order", ("empty tote",), ("back",), ("from",), ("piece", "take")),
}


def table(screens: Mapping[str, PickScreen] = SCREENS) -> str:
    """The screens as a table for people."""
    rows = ["| screen | asks | may be scanned or keyed in | buttons | next | may also follow |", "|---|---|---|---|---|---|"]
    for name, screen in screens.items():
        also = [s for s in screens if s in screen.also and s not in screen.then]
        rows.append(
            f"| {name} | {screen.asks} | {'; '.join(screen.scans)} | {', '.join(screen.buttons) or '–'} | {', '.join(screen.then)} | {', '.join(also) or '–'} |"
        )
    return "\n".join(rows) + "\n"
