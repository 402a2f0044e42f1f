"""Home, composed: what needs a person now (the steps' tiles, then the machinery's), and what only informs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from packhorse.core import discover, jobs
from packhorse.core.actors import Actor, Scope
from packhorse.core.web import charts
from packhorse.core.web.auth import permission_of
from packhorse.core.web.menu import STEP_NAMES, may_open
from packhorse.core.web.panels import Tile
from packhorse.house import STEPS
from packhorse.roof.desk import selectors
from packhorse.steps.orders import selectors as orders

#: The stages an order under way passes through, in order; what is over is no work.
_UNDER_WAY: Final = ("backordered", "open", "picking", "picked", "packed", "shipped", "delivered")
_RANK: Final = {"bad": 0, "warn": 1, "calm": 2, "busy": 2, "good": 3, "off": 3}


@dataclass(frozen=True, slots=True)
class Shown:
    """Home's two shelves: tiles that somebody must act on (worst first), and by step what waits in the ordinary way."""

    urgent: tuple[Tile, ...]
    ordinary: tuple[tuple[str, tuple[Tile, ...]], ...]


def may_follow(actor: Actor, url: str) -> bool:
    """Whether the page behind a link of ours opens for this actor."""
    try:
        permission = permission_of(resolve(urlsplit(url).path).func)
    except Resolver404:
        return False
    return permission is None or actor.may(permission)


def tiles(actor: Actor) -> Shown:
    """What the steps (those on the actor's menu) and the machinery show: tiles that stand at zero, or that lead where the actor may not go, are left out."""
    urgent: list[Tile] = list(_machinery(actor))
    ordinary: list[tuple[str, tuple[Tile, ...]]] = []
    for step in STEPS:
        ask: Callable[[Scope], list[Tile]] | None = getattr(discover.module(f"packhorse.steps.{step.room}", "panel"), "tiles", None)
        if ask is None or not may_open(actor, step.room):
            continue
        shown = [t for t in ask(actor.scope) if t.value and may_follow(actor, t.url)]
        urgent += [t for t in shown if t.tone in ("bad", "warn")]
        if calm := tuple(t for t in shown if t.tone not in ("bad", "warn")):
            ordinary.append((str(STEP_NAMES[step.room]), calm))
    return Shown(tuple(sorted(urgent, key=lambda t: _RANK[t.tone])), tuple(ordinary))


def _machinery(actor: Actor) -> list[Tile]:
    """Books that disagree, jobs that failed, events that were parked: for those who run the system."""
    if not actor.may("run_system") or actor.scope.client_ids is not None:
        return []
    url = reverse("desk:system")
    outbox = selectors.outbox()
    found = [
        Tile(_("Drift"), selectors.drifting(), f"{url}#books", "bad", _("figures that do not say what their rows say"), "stop"),
        Tile(_("Failed jobs"), jobs.failed_count(), f"{url}#jobs", "bad", _("gave up after all their tries"), "refresh"),
        Tile(_("Parked events"), outbox.parked, f"{url}#events", "bad", _("a step could not take them in"), "pause"),
    ]
    return [t for t in found if t.value]


def stages(actor: Actor) -> Any:
    """Orders by stage as bars, each leading to its rows; nothing for those who see no orders."""
    if not actor.may("see_orders"):
        return ""
    found = orders.stages(actor.scope)
    words = stage_words()
    url = reverse("orders:list")
    return charts.bars(
        _("Orders by stage"),
        [charts.Bar(words[s], found.get(s, 0), f"{url}?stage={s}") for s in _UNDER_WAY] if any(found.values()) else [],
        text=_("Orders under way, and those that left within the last thirty days"),
        unit=_("orders"),
    )


def stage_words() -> dict[str, str]:
    return {
        "backordered": _("Backordered"),
        "open": _("Open"),
        "picking": _("Picking"),
        "picked": _("Picked"),
        "packed": _("Packed"),
        "shipped": _("Shipped"),
        "delivered": _("Delivered"),
    }


def flow(actor: Actor, since: Any) -> list[Tile]:
    """What was done today, as tiles that lead to the rows."""
    f = selectors.flow(actor.scope, since)
    day = since.date().isoformat()
    every = [
        Tile(_("Orders in"), f.orders, f"{reverse('orders:list')}?since={day}", icon="orders"),
        Tile(_("Units picked"), f.units_picked, reverse("picking:list") + "?state=done", icon="picking"),
        Tile(_("Parcels packed"), f.parcels_packed, reverse("packing:parcels"), icon="packing"),
        Tile(_("Parcels left"), f.parcels_shipped, reverse("delivery:list") + "?way=out", icon="shipping"),
        Tile(_("Delivered"), f.parcels_delivered, reverse("delivery:list") + "?status=delivered", icon="delivery"),
        Tile(_("Returns arrived"), f.returns_arrived, reverse("returns:list"), icon="returns"),
    ]
    return [t for t in every if may_follow(actor, t.url)]
