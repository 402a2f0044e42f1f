"""A sample room, for tests only: a list, a detail page, a form, actions, a bulk action, a scanner flow and an API over users' names as if they were parcels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import psycopg
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import Query, Router, Schema

from packhorse.core import clock
from packhorse.core.actors import Actor, Scope, authorize
from packhorse.core.errors import Invalid, NotFound, PackhorseError
from packhorse.core.lists import ListQuery, Page, page_of
from packhorse.core.money import Money
from packhorse.core.scan import Scan
from packhorse.core.timeline import TimelineEntry
from packhorse.core.use_case import use_case
from packhorse.core.web import cells, charts
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, make_api, rows_of, scope_of
from packhorse.core.web.auth import page
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.detail import Crumb, Detail, Drawn, Fact, Facts, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Day, Empty, Flag, ListPage
from packhorse.core.web.scanner import Button as Thumb, Field, Flow, Screen, register_flow
from packhorse.server.urls import urlpatterns as house

LAST = 240  # the number of the last parcel
DONE: list[tuple[str, int]] = []
"""What the sample's use cases did, for tests to look at."""


class TooHeavy(PackhorseError):
    """Parcel {parcel} weighs {weight_g} g: more than one person lifts."""

    advice = "Call a second person."


@dataclass(frozen=True, slots=True)
class Parcel:
    id: int
    number: str
    state: str
    weight_g: int
    price: Money
    done: int
    of: int
    packed_at: dt.datetime


STATES = ("open", "packing", "done", "held", "cancelled", "refused")


def _parcel(i: int) -> Parcel:
    return Parcel(i, f"P-{i:06d}", STATES[i % 6], 250 * (i % 90 + 1), Money(1234 * i % 90_000 + 5, "CAD"), i % 7, 6, clock.now() - dt.timedelta(hours=i * 3))


def parcels(scope: Scope, query: ListQuery) -> Page[Parcel]:
    after = 0
    if query.cursor:
        from packhorse.core.lists import decode_cursor

        after = int(decode_cursor(query.cursor)[2])
    found = [_parcel(i) for i in range(1, LAST + 1)]
    found = [p for p in found if query.search.lower() in p.number.lower() and (not query.many("state") or p.state in query.many("state"))]
    return page_of([p for p in found if p.id > after][: query.limit + 1], query, cursor=lambda p: (p.id, p.id), count=len(found))


parcel_list = ListPage(
    name="sample.parcels",
    title="Parcels",
    permission="see_orders",
    rows=parcels,
    columns=(
        Column("number", "Number", cells.link("number", "sample:parcel", "id"), sort="id"),
        Column("state", "State", cells.state("state")),
        Column("packed_at", "Packed", sort="packed_at"),
        Column("done", "Lines", cells.progress("done", "of"), plain=lambda p: f"{p.done}/{p.of}", narrow=False),
        Column("weight_g", "Weight", cells.weight("weight_g"), align="end"),
        Column("price", "Postage", cells.money("price"), align="end", narrow=False),
    ),
    filters=(Choice("state", "State", tuple((s, s.capitalize()) for s in STATES)), Flag("late", "Late"), Day("since", "Since")),
    tabs=(("All", ""), ("Open", "state=open")),
    buttons=(Button("New parcel", "sample:new", icon="plus"),),
    actions=(BulkAction("Hold", "sample:hold-many", "hold_orders", icon="pause"),),
    empty=Empty("No parcels yet", "They come from the bench."),
)


class HoldForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=20, help_text="For whoever opens it next.")
    until = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class ParcelForm(forms.Form):
    number = forms.CharField(label="Number", max_length=12)
    weight_g = forms.IntegerField(label="Weight (g)", min_value=1)
    kind = forms.ChoiceField(label="Kind", choices=[("box", "Box"), ("bag", "Bag")], widget=forms.RadioSelect)
    fragile = forms.BooleanField(label="Fragile", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)


@use_case
def hold_parcels(*, key: UUID, actor: Actor, parcel_ids: list[int], reason: str) -> list[int]:
    """Put parcels on hold."""
    authorize(actor, "hold_orders")
    for one in parcel_ids:
        if one % 100 == 0:
            raise TooHeavy(parcel=one, weight_g=99_000)
    DONE.extend(("hold", one) for one in parcel_ids)
    return parcel_ids


@page("see_orders")
def parcel(request: HttpRequest, parcel_id: int) -> HttpResponse:
    if parcel_id > LAST:
        raise NotFound(kind="parcel", ref=str(parcel_id))
    found = _parcel(parcel_id)
    hold = f"/sample/{parcel_id}/hold/"
    return detail(
        request,
        Detail(
            title=found.number,
            kind="Parcel",
            badge=cells.badge(found.state),
            sentence="On bench 3 since ten minutes; leaves with the 16:30 truck.",
            crumbs=(Crumb("Parcels", "/sample/"),),
            facts=(
                Fact("Packed", found.packed_at),
                Fact("Postage", found.price),
                Fact("Weight", cells.show_weight(found.weight_g)),
                Fact("Note", ""),
                Fact("Fragile", True),
            ),
            actions=(
                Action("Hold", hold, form=HoldForm(), icon="pause"),
                Action("Print", f"/sample/{parcel_id}/print/", tone="primary", icon="print"),
                Action("Void", hold, tone="danger", confirm="Give the label back?"),
                Action("Refund", "", blocked="Nothing was captured yet."),
            ),
            sections=(
                Table("Lines", parcel_list.columns[:3], [_parcel(1), _parcel(2)], foot={"number": "Sum"}),
                Facts("Box", (Fact("Outer size", "300 × 200 × 150 mm"), Fact("Fill", "71 %"))),
                Drawn("Charts", tuple(sample_charts())),
            ),
            timeline=[
                TimelineEntry(found.packed_at, "user:1", "Packed into box M by the bench.", "packing.parcel_sealed", {}),
                TimelineEntry(found.packed_at, "system:dispatcher", "The order was released.", "orders.released", {}),
            ],
        ),
    )


def sample_charts() -> list[Any]:
    days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
    return [
        charts.bars("Parcels a day", [charts.Bar(d, 40 + 31 * i % 77, "/sample/") for i, d in enumerate(days)]),
        charts.stacked("Orders by outcome", ["Shipped", "Short"], [charts.Stack(d, (30 + i, 2 * i)) for i, d in enumerate(days)]),
        charts.line(
            "Demand",
            [charts.Point(d, 20 + i * 3, 15 + i * 2, 28 + i * 5) for i, d in enumerate(days)],
            second=[charts.Point(d, 22 + i if i < 3 else None) for i, d in enumerate(days)],
            names=("Forecast", "Sold"),
        ),
        charts.sparkline("Sold", [3, 5, 2, 8, 9]),
    ]


@action("hold_orders", form=HoldForm)
def hold(p: Posted, parcel_id: int) -> Done:
    hold_parcels(key=p.key, actor=p.actor, parcel_ids=[parcel_id], reason=p.data["reason"])
    return Done("The parcel is on hold.", to=f"/sample/{parcel_id}/", undo=Undo(f"/sample/{parcel_id}/print/"))


@action("see_orders")
def print_label(p: Posted, parcel_id: int) -> Done:
    return Done("Printed.")


@form_page(
    ParcelForm, title="New parcel", permission="take_orders", submit="Make it", intro="A parcel that nobody ordered.", crumbs=(Crumb("Parcels", "/sample/"),)
)
def new(p: Posted) -> Done:
    if p.data["weight_g"] > 30_000:
        raise TooHeavy(parcel=p.data["number"], weight_g=p.data["weight_g"])
    made = make_parcel(key=p.key, actor=p.actor, number=p.data["number"])
    return Done("Made.", to=f"/sample/?q={made}")


@use_case
def make_parcel(*, key: UUID, actor: Actor, number: str) -> str:
    """Make a parcel, where none has its number."""
    authorize(actor, "take_orders")
    if number == "P-1":
        raise Invalid(field="number", reason="This number is taken.")
    DONE.append(("make", int(number.removeprefix("P-"))))
    return number


@action("take_orders")
def drop(p: Posted, parcel_id: int) -> Done:
    """Drop a parcel that was made: it is gone then."""
    if ("make", parcel_id) not in DONE:
        raise NotFound(kind="parcel", ref=str(parcel_id))
    drop_parcel(key=p.key, actor=p.actor, parcel_id=parcel_id)
    return Done("Dropped.", to="/sample/")


@use_case
def drop_parcel(*, key: UUID, actor: Actor, parcel_id: int) -> None:
    """Take a parcel away."""
    authorize(actor, "take_orders")
    DONE.remove(("make", parcel_id))


@bulk_action("sample.hold", title="Hold parcels", permission="hold_orders", rows=parcel_list, chunk=50)
def hold_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    hold_parcels(key=key, actor=actor, parcel_ids=ids, reason="many")
    return []


@use_case
def confirm(*, key: UUID, actor: Actor, stop: int, scanned: str) -> int:
    """The picker scanned the item of a stop."""
    authorize(actor, "pick")
    if scanned != ITEMS[stop]:
        raise WrongItem(wanted=ITEMS[stop], scanned=scanned)
    DONE.append(("pick", stop))
    return stop + 1


ITEMS = ("MUG-BLUE", "TEA-100", "LAMP-S")


class WrongItem(PackhorseError):
    """This is {scanned}; {wanted} is wanted here."""

    advice = "Put it back and take the other one."


@register_flow
class SamplePick(Flow):
    name = "sample.pick"
    title = "Pick (sample)"
    text = "Three stops"
    icon = "picking"
    permission = "pick"

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return self.stop(0)

    def scan(self, *, actor: Actor, key: UUID, state: dict[str, Any], scan: Scan) -> Screen:
        after = confirm(key=key, actor=actor, stop=state["stop"], scanned=scan.text)
        return self.stop(after, say=f"{ITEMS[after - 1]} is in the tote")

    def button(self, *, actor: Actor, key: UUID, state: dict[str, Any], name: str, fields: Mapping[str, str]) -> Screen:
        if name == "short":
            return Screen(
                title="Short",
                instruction="How many are there?",
                fields=(Field("found", "Found", unit="pieces"),),
                buttons=(Thumb("found", "Report", "danger"),),
                state=state,
            )
        return self.stop(state["stop"] + 1, say=f"{fields['found']} found")

    def stop(self, n: int, say: str = "") -> Screen:
        if n >= len(ITEMS):
            return Screen(title="Batch 12", instruction="Bring the cart to bench 3", big="Done", tone="done", say=say, progress=(3, 3))
        return Screen(
            title="Batch 12",
            instruction="Scan the item",
            big=f"A-0{n + 1}-02",
            lines=(("Item", ITEMS[n]), ("Take", 2 * n + 1)),
            progress=(n, 3),
            buttons=(Thumb("short", "Short", "danger"), Thumb("full", "Tote full"), Thumb("lead", "Call lead")),
            tone="ok" if say else "ask",
            say=say,
            state={"stop": n},
        )


router = Router()


class ParcelsAsked(Asked):
    state: str | None = None


class HoldBody(Schema):
    reason: str
    ids: list[Id] = field(default_factory=list)


@router.get("/", response=Rows[Parcel])
def api_parcels(request: HttpRequest, asked: Annotated[ParcelsAsked, Query(...)]) -> Any:
    """Parcels, oldest first."""
    return rows_of(parcels(scope_of(request, "see_orders"), asked.query()))


@router.post("/{parcel_id}/hold", response=list[int])
def api_hold(request: HttpRequest, parcel_id: Id, body: HoldBody, key: IdempotencyKey) -> Any:
    return hold_parcels(key=key, actor=asker(request, "hold_orders"), parcel_ids=[parcel_id], reason=body.reason)


@router.get("/broken")
def api_broken(request: HttpRequest) -> None:
    raise RuntimeError("secret detail")


@router.get("/away")
def api_away(request: HttpRequest) -> None:
    psycopg.connect(host="/nowhere", connect_timeout=1)


@page("see_orders")
def away(request: HttpRequest) -> HttpResponse:
    psycopg.connect(host="/nowhere", connect_timeout=1)
    raise AssertionError


@page("see_orders")
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


api = make_api([("sample", router)], urls_namespace="sample-api")

urlpatterns = [
    path("sample-api/", api.urls),
    path(
        "sample/",
        include(
            (
                [
                    path("", parcel_list.view, name="list"),
                    path("new/", new, name="new"),
                    path("hold/", hold_many, name="hold-many"),
                    path("broken/", broken),
                    path("away/", away),
                    path("<int:parcel_id>/", parcel, name="parcel"),
                    path("<int:parcel_id>/hold/", hold, name="hold"),
                    path("<int:parcel_id>/drop/", drop),
                    path("<int:parcel_id>/print/", print_label, name="print"),
                ],
                "sample",
            ),
            namespace="sample",
        ),
    ),
    *house,
]
handler404 = "packhorse.core.web.errors.missing"
handler500 = "packhorse.core.web.errors.broken"
