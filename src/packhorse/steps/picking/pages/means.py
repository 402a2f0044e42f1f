"""What a warehouse picks with: who walks in which times, types of cart, and its carts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Table, detail
from packhorse.core.web.lists import Column
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.pages.board import CRUMBS
from packhorse.steps.picking.pages.forms import CartsForm, CartTypeForm, DropForm, WorkerTypeForm
from packhorse.steps.picking.types import CartType, Times, WorkerType

_TIMES: Final = (
    Column("name", _("Who")),
    Column("walk_m_per_min", _("m/min"), align="end"),
    Column("turn_s", _("s a turn"), align="end"),
    Column("order_s", _("s an order"), align="end"),
    Column("line_s", _("s a pick"), align="end"),
    Column("unit_s", _("s a piece"), align="end"),
    Column("heavy", _("Heavy"), align="end", narrow=False),
    Column("level_s", _("s a level"), align="end", narrow=False),
    Column("reach_levels", _("Levels within reach"), lambda t: cells.show(t["reach_levels"] or _("all")), align="end", narrow=False),
)
_TYPES: Final = (
    Column("name", _("Type")),
    Column("compartments", _("Totes"), align="end"),
    Column("volume_ml", _("Litres"), lambda d: cells.show(_thousandth(d.volume_ml)), align="end"),
    Column("load_g", _("Kilograms"), lambda d: cells.show(_thousandth(d.load_g)), align="end"),
    Column("worker", _("Who walks with it"), lambda d: cells.show(d.worker or _("the standard worker")), narrow=False),
    Column("carts", _("Carts"), align="end"),
)
_CARTS: Final = (Column("code", _("Cart"), lambda c: cells.show(c[1])), Column("type", _("Type"), lambda c: cells.show(c[2] or _("of no type"))))


def _thousandth(n: int | None) -> float | int | None:
    """Litres of millilitres, kilograms of grams."""
    return None if n is None else n / 1000 if n % 1000 else n // 1000


def _row(name: Any, times: Times) -> dict[str, Any]:
    heavy = gettext("%(s)d s from %(kg)s kg") % {"s": times.heavy_s, "kg": f"{times.heavy_g / 1000:g}"}
    return {"name": name, "heavy": heavy, **{n: getattr(times, n) for n in Times.__dataclass_fields__}}


@page("see_orders")
def means(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """Workers, cart types, carts."""
    actor = actor_of(request)
    place = warehouses.warehouse(actor.scope, warehouse_id)
    standard, workers = selectors.policy(actor.scope, warehouse_id), selectors.worker_types(actor.scope, warehouse_id)
    cart_types, carts = selectors.cart_types(actor.scope, warehouse_id), selectors.carts(actor.scope, warehouse_id)
    return detail(
        request,
        Detail(
            title=gettext("What it picks with"),
            kind=_("Picking"),
            sentence=gettext("%(place)s: walks are planned for a type of cart, in the times of whoever walks with it.") % {"place": place.name},
            crumbs=(*CRUMBS, Crumb(_("Wave board"), reverse("picking:board", args=[warehouse_id]))),
            facts=(),
            sections=(
                Table(_("Who walks"), _TIMES, [_row(_("the standard worker"), standard), *(_row(w.name, w.times) for w in workers)]),
                Table(_("Types of cart"), _TYPES, cart_types, empty=_("None: walks are planned for any cart, by the number of their orders.")),
                Table(_("Carts"), _CARTS, carts, empty=_("This warehouse has no carts.")),
            ),
            actions=_possible(actor, warehouse_id, workers, cart_types),
        ),
    )


def _possible(actor: Actor, warehouse_id: int, workers: Sequence[WorkerType], cart_types: Sequence[CartType]) -> tuple[Action, ...]:
    if not actor.may("manage_settings"):
        return ()
    standard = asdict(Times())

    def url(name: str) -> str:
        return reverse(f"picking:{name}", args=[warehouse_id])

    shown = [
        Action(_("Add a type of cart"), url("set-cart-type"), form=CartTypeForm(workers=workers), tone="primary", icon="plus"),
        Action(_("Add a worker"), url("set-worker"), form=WorkerTypeForm(initial=standard, auto_id="worker-%s"), icon="plus"),
    ]
    if cart_types:
        shown.append(Action(_("Name carts"), url("set-carts"), form=CartsForm(cart_types=cart_types, auto_id="carts-%s"), icon="picking"))
        choices = [(d.cart_type_id, d.name) for d in cart_types]
        shown.append(
            Action(_("Drop a type of cart"), url("drop-cart-type"), form=DropForm(choices=choices, auto_id="drop-cart-type-%s"), tone="danger", icon="cross")
        )
    if workers:
        choices = [(w.worker_type_id, w.name) for w in workers]
        shown.append(Action(_("Drop a worker"), url("drop-worker"), form=DropForm(choices=choices, auto_id="drop-worker-%s"), tone="danger", icon="cross"))
    return tuple(shown)


@action("manage_settings", form=WorkerTypeForm)
def set_worker(p: Posted, warehouse_id: int) -> Done:
    """Somebody with times of their own."""
    name = p.data.pop("name")
    services.set_worker_type(key=p.key, actor=p.actor, warehouse_id=warehouse_id, name=name, times=Times(**p.data))
    return Done(_("Set."))


@action("manage_settings", form=CartTypeForm)
def set_cart_type(p: Posted, warehouse_id: int) -> Done:
    """A type of cart."""
    volume_l, load_kg = p.data["volume_l"], p.data["load_kg"]
    services.set_cart_type(
        key=p.key,
        actor=p.actor,
        warehouse_id=warehouse_id,
        name=p.data["name"],
        compartments=p.data["compartments"],
        volume_ml=None if volume_l is None else volume_l * 1000,
        load_g=None if load_kg is None else load_kg * 1000,
        worker_type_id=p.data["worker"],
    )
    return Done(_("Set."))


@action("manage_settings", form=CartsForm)
def set_carts(p: Posted, warehouse_id: int) -> Done:
    """Carts, by their codes, are of a type."""
    there = {code: pk for pk, code, _type in selectors.carts(p.actor.scope, warehouse_id)}
    wanted = p.data["carts"].upper().replace(",", " ").split()
    if strange := [code for code in wanted if code not in there]:
        raise Invalid(field="carts", reason="{code} is no cart of this warehouse", code=strange[0])
    n = services.set_carts(key=p.key, actor=p.actor, warehouse_id=warehouse_id, cart_ids=[there[code] for code in wanted], cart_type_id=p.data["cart_type"])
    return Done(ngettext("%(n)d cart set.", "%(n)d carts set.", n) % {"n": n})


@action("manage_settings", form=DropForm)
def drop_cart_type(p: Posted, warehouse_id: int) -> Done:
    """There are no such carts any more."""
    services.drop_cart_type(key=p.key, actor=p.actor, cart_type_id=p.data["which"])
    return Done(_("Dropped."))


@action("manage_settings", form=DropForm)
def drop_worker(p: Posted, warehouse_id: int) -> Done:
    """Nobody picks with these times any more."""
    services.drop_worker_type(key=p.key, actor=p.actor, worker_type_id=p.data["which"])
    return Done(_("Dropped."))
