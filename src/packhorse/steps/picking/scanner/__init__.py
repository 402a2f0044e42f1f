"""Picking on a phone: one thing a screen. Scan the cart, then at each stop the item once and a compartment for each line; at the end the bench. The screens are in screens.py."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.scan import Scan
from packhorse.core.web.scanner import Flow, Screen, State, register_flow
from packhorse.steps.picking.errors import WalkTakenOver
from packhorse.steps.picking.scanner import beginning, stopping, unloading
from packhorse.steps.picking.scanner.showing import drop, show
from packhorse.steps.picking.scanner.sorting import Sort
from packhorse.steps.picking.scanner.walk import Walk
from packhorse.steps.picking.stops import At, next_stop


@register_flow
class Pick(Flow):
    """Picks a batch. All that matters is posted stop by stop; what the run remembers is only the stop that is under way."""

    name, title, icon, permission = "picking.pick", _("Pick"), "picking", "pick"
    text = _("Walk a batch with cart and totes")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return beginning.start(actor, key, context)

    def again(self, *, actor: Actor, state: State) -> Screen | None:
        """The stop as it is now: what was refused may have been meant for one that is gone, or for a walk that is somebody else's."""
        if state["step"] in ("cart", "totes", "done", "paused", "unload"):
            return None
        walk = Walk.read(actor, state["batch"])
        if not walk.mine:
            return beginning.ask_cart(actor)
        if state["step"] == "drop":
            return None
        at = At.of(state)
        stop, _at = next_stop(walk.tasks, at)
        if state["step"] in ("short", "full") and stop is not None and stop.location_id == at.location_id:
            return None
        return show(walk, at)

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        step = state["step"]
        if step in ("cart", "done", "paused"):
            return beginning.scan_cart(actor, key, scan, state.get("zone", ""))
        if step == "totes":
            return beginning.scan_tote(actor, key, state, scan)
        walk = _own(actor, state)
        if step == "unload":
            return unloading.put_down(walk, key, state, scan)
        if step == "drop" or (step == "zero" and not walk.tasks):
            return unloading.scan(walk, key, state, scan)
        if step == "full":
            return stopping.scan_empty_tote(walk, key, state, scan)
        return stopping.scan(walk, key, state, scan)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        step = state["step"]
        if step in ("cart", "totes", "done"):
            return beginning.ask_cart(actor, fields.get("zone", "") if name == "zone" else state.get("zone", ""))
        walk = _own(actor, state)
        if step == "drop" and name == "over":
            return unloading.end(walk, key, state.get("bench"))
        if step == "paused":
            return beginning.go_on(walk) if name == "go_on" else stopping.hand_over(walk, key)
        if step == "unload":
            return drop(walk)
        return stopping.button(walk, key, state, name, fields)


def _own(actor: Actor, state: State) -> Walk:
    """The walk that a screen is of.

    Raises: WalkTakenOver, where somebody else goes on with it.
    """
    walk = Walk.read(actor, state["batch"])
    if not walk.mine:
        raise WalkTakenOver(batch=walk.batch.number, batch_id=walk.batch.batch_id)
    return walk


__all__ = ["Pick", "Sort"]
