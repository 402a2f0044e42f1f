"""What a step's panel.py gives to the desk: tiles for home, parts of the order page, hits for the search box.

A panel may have any of:

    def count(scope: Scope) -> int                                                          # the number on the menu
    def tiles(scope: Scope) -> list[Tile]                                                   # home: what needs a person now
    def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]   # the order page; sections as in core.web.detail
    def search(scope: Scope, text: str) -> list[Hit]                                        # the search box, and any scan outside a task
"""

from __future__ import annotations

from dataclasses import dataclass

from packhorse.core.web.cells import Text, Tone


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on home that links to its rows. `tone`: calm where it only informs, warn or bad where somebody must act; `text` says what it is about. Tiles of zero may be left out by the desk."""

    label: Text
    value: int
    url: str
    tone: Tone = "calm"
    text: Text = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, what kind of thing it is, one line about it, and its page. `exact`: the text is its very name, so that Enter (or a scan) opens it at once."""

    title: Text
    kind: Text
    url: str
    detail: Text = ""
    exact: bool = False
