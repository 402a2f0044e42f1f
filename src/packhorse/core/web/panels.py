"""What a step's panel.py gives to the desk: tiles for home, parts of the order page, hits for the search box.

A panel may have any of:

    def count(scope: Scope) -> int                                                          # the number on the menu
    def tiles(scope: Scope) -> list[Tile]                                                   # home: what needs a person now
    def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]   # the order page; sections as in core.web.detail
    def order_actions(actor: Actor, *, order_id: int) -> list[Action]                       # what this step can do with an order now, beside what orders can
    def search(scope: Scope, text: str) -> list[Hit]                                        # the search box, and any scan outside a task
    def documents(scope: Scope, ref: Ref) -> list[tuple[Text, str]]                         # (label, URL) of what this step prints about a thing
    def printing(actor: Actor, ref: Ref) -> list[Action]                                    # what this step sends to a printer about a thing

Orders' panel also has `order_head(actor, order_id) -> OrderHead`, which the order page begins with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core import discover
from packhorse.core.actors import Actor, Scope
from packhorse.core.refs import Ref
from packhorse.core.web.actions import Action
from packhorse.core.web.cells import Badge, Text, Tone
from packhorse.core.web.detail import Fact, Piece, Section


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


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What orders say of one order: its name and state, the facts, its lines, then holds, money and changes (`more`), and what can be done with it now.

    `demand_ids` is by what the other steps know its lines. `moving`: whether something of it has left its bins and not the house, so that the desk can say where it stands.
    """

    number: str
    badge: Badge
    sentence: Text
    facts: tuple[Fact, ...]
    lines: tuple[Section, ...]
    more: tuple[Section, ...]
    actions: tuple[Action, ...]
    demand_ids: tuple[int, ...]
    moving: bool
    ship_by: dt.datetime | None = None


def documents_of(scope: Scope, ref: Ref) -> list[tuple[Text, str]]:
    """(label, URL) of the documents that the rooms have of a thing."""
    return [found for _room, panel in discover.modules("panel") if hasattr(panel, "documents") for found in panel.documents(scope, ref)]


def printing_of(actor: Actor, ref: Ref) -> tuple[Action, ...]:
    """What can be sent to a printer about a thing, by the rooms that print it."""
    return tuple(found for _room, panel in discover.modules("panel") if hasattr(panel, "printing") for found in panel.printing(actor, ref))


def documents_section(scope: Scope, ref: Ref, *more: tuple[Text, str]) -> tuple[Section, ...]:
    """The section of a page with a thing's documents; none where there is nothing to print."""
    found = [*documents_of(scope, ref), *more]
    return (Piece(_("Documents"), "core/_documents.html", {"documents": found}),) if found else ()
