"""The menu is the house: Home, the seven steps in order, each with what waits there now, then Insights and Settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from packhorse.core import discover
from packhorse.core.actors import Actor, Scope
from packhorse.core.web.auth import find_actor
from packhorse.core.web.cells import Text
from packhorse.house import STEPS

log = structlog.get_logger(__name__)

#: How long a count may be old, in seconds: a page asks seven of them.
COUNT_FOR: Final = 5

STEP_NAMES: Final[dict[str, Text]] = {
    "inventory": _("Inventory"),
    "orders": _("Orders"),
    "picking": _("Picking"),
    "packing": _("Packing"),
    "shipping": _("Shipping"),
    "delivery": pgettext_lazy("step", "Delivery"),
    "returns": _("Returns"),
}

#: Which permission opens a step (where more than one would do, the weakest).
_OPENS: Final[dict[str, tuple[str, ...]]] = {
    "inventory": ("see_stock",),
    "orders": ("see_orders",),
    "picking": ("pick", "release"),
    "packing": ("pack",),
    "shipping": ("ship", "manifest"),
    "delivery": ("track", "deliver", "see_orders"),
    "returns": ("approve_returns", "receive_return", "inspect", "refund", "tickets"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu; `count` is what waits there, None where nobody counts."""

    label: Text
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A settings page, declared in a room's urls.py as `settings_pages = (Entry(_("Users"), "people:users", "manage_people", _("Who works here, and as what")),)`."""

    label: Text
    url: str
    permission: str
    text: Text = ""
    icon: str = "gear"


def count_waiting(room: str, scope: Scope) -> int | None:
    """What waits in a step: its panel's `count(scope)`, at most `COUNT_FOR` seconds old. A count that fails shows as none and is logged."""
    panel = discover.module(f"packhorse.steps.{room}", "panel")
    ask: Callable[[Scope], int] | None = getattr(panel, "count", None)
    if ask is None:
        return None
    name = f"menu:{room}:{_key(scope)}"
    found: int | None = cache.get(name)
    if found is None:
        try:
            with transaction.atomic():
                found = ask(scope)
        except Exception:
            log.exception("menu_count_failed", room=room)
            return None
        cache.set(name, found, COUNT_FOR)
    return found


def _key(scope: Scope) -> str:
    def part(ids: frozenset[int] | None) -> str:
        return "all" if ids is None else "-".join(str(i) for i in sorted(ids)) or "none"

    return f"{part(scope.client_ids)}:{part(scope.warehouse_ids)}"


def may_open(actor: Actor, room: str) -> bool:
    """Whether a step stands on the actor's menu."""
    return any(actor.may(permission) for permission in _OPENS[room])


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def items(request: HttpRequest) -> list[list[Item]]:
    """The menu in its three groups, for the actor of the request; empty where nobody is signed in."""
    actor = find_actor(request)
    if actor is None:
        return []
    path = request.path
    home = [Item(_("Home"), "/", "home", current=path == "/")]
    if any(actor.may(p) for p in ("pick", "put_away", "receive", "pack", "count", "inspect", "receive_return", "deliver")):
        home.append(Item(_("Scanner"), reverse("scan"), "scan", current=path.startswith("/scan/")))
    steps = [
        Item(
            STEP_NAMES[step.room],
            f"/{step.room}/",
            step.room,
            current=path.startswith(f"/{step.room}/"),
            count=count_waiting(step.room, actor.scope),
            number=step.number,
        )
        for step in STEPS
        if may_open(actor, step.room)
    ]
    below = []
    if actor.may("see_insights") and discover.module("packhorse.roof.insights", "urls"):
        below.append(Item(_("Insights"), "/insights/", "chart", current=path.startswith("/insights/")))
    if settings_entries(actor):
        below.append(Item(_("Settings"), reverse("settings"), "gear", current=path.startswith("/settings/")))
    return [group for group in (home, steps, below) if group]


def settings_entries(actor: Actor) -> list[Entry]:
    """The settings pages of all rooms that the actor may open and that have their URL."""
    found = [entry for _room, urls in discover.modules("urls") for entry in getattr(urls, "settings_pages", ())]
    return [entry for entry in found if actor.may(entry.permission) and _url(entry.url)]
