"""Work on the floor, seen from the desk: put-away and counts."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail, names_of
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Empty, ListPage
from packhorse.core.words import said
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services, states
from packhorse.steps.inventory.pages import words
from packhorse.steps.inventory.pages.forms import CountRequestForm, PutForm, ReasonForm
from packhorse.steps.inventory.types import CountRow, CountTarget, PutAwayInfo, Putting

put_away = ListPage(
    name="inventory.put_away",
    title=_("Put-away"),
    permission="see_stock",
    rows=selectors.put_away_tasks,
    columns=(
        Column("id", _("Task"), cells.link("id", "inventory:put-away-task")),
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("item_name", _("Name"), narrow=False),
        Column("lot", _("Lot"), narrow=False),
        Column("open", _("Units"), align="end"),
        Column("source", _("From")),
        Column("target", _("To")),
        Column("rule", _("Why there"), lambda r: cells.show(words.RULE[r.rule]), narrow=False),
        Column("state", _("State"), cells.state("state", words.TASK)),
        Column("created_at", _("Since"), narrow=False),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), *((s, words.TASK[s].word) for s in states.TASK))),),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    actions=(BulkAction(_("Put where proposed"), "inventory:put-many", "put_away", icon="check"),),
    buttons=(Button(_("On the scanner"), "inventory:scan-put-away", "put_away", "normal", "scan"),),
    search=_("SKU or place"),
    empty=Empty(_("Nothing to put away"), _("Tasks are made when goods are received, or come back from the floor."), "check"),
    template=words.TEMPLATE,
    context=words.lists,
)


@bulk_action("inventory.put_away", title=_("Put away"), permission="put_away", rows=put_away)
def put_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """Everything marked lies where it was proposed."""
    tasks = {t.id: t for t in selectors.put_aways(actor.scope, task_ids=ids)}
    refusals = [Refusal(i, str(i), gettext("It is done already.")) for i in ids if i not in tasks]
    refusals += [Refusal(t.id, t.sku, gettext("No bin was found: put it away by hand.")) for t in tasks.values() if t.target_id is None]
    putting = [Putting(t.id, t.target_id) for t in tasks.values() if t.target_id is not None]
    if putting:
        services.put_away(key=key, actor=actor, putting=putting)
    return refusals


def _task(request: HttpRequest, task_id: int) -> PutAwayInfo:
    found = selectors.put_away_tasks(actor_of(request).scope, ListQuery(filters={"id": (str(task_id),)}, count=False)).rows
    if not found:
        raise NotFound(kind="put-away task", ref=str(task_id))
    return found[0]


@page("see_stock")
def put_away_task(request: HttpRequest, task_id: int) -> HttpResponseBase:
    """A put-away task."""
    actor = actor_of(request)
    t = _task(request, task_id)
    possible = []
    if t.done_at is None and actor.may("put_away"):
        possible.append(Action(_("Put away"), reverse("inventory:put", args=[t.id]), form=PutForm(initial={"place": t.target}), tone="primary", icon="check"))
    if t.done_at is None and actor.may("adjust_stock"):
        possible.append(Action(_("Cancel"), reverse("inventory:cancel-put-away", args=[t.id]), form=ReasonForm(), tone="danger", icon="stop"))
    shown = Detail(
        title=str(t.id),
        kind=_("Put-away"),
        badge=words.TASK[t.state],
        sentence=gettext("%(open)d × %(sku)s from %(source)s to %(target)s.") % {"open": t.open, "sku": t.sku, "source": t.source, "target": t.target or "?"},
        crumbs=(Crumb(_("Put-away"), reverse("inventory:put-away")),),
        facts=(
            Fact(_("Item"), t.sku, reverse("inventory:item", args=[t.item_id])),
            Fact(_("Lot"), t.lot),
            Fact(_("Condition"), words.CONDITION[t.condition]),
            Fact(_("Units"), t.quantity),
            Fact(_("Put away"), t.put),
            Fact(_("From"), t.source),
            Fact(_("Proposed bin"), t.target),
            Fact(_("Why there"), words.RULE[t.rule]),
            Fact(_("Because of"), words.cause(t.cause)),
        ),
        actions=tuple(possible),
        sections=(
            Table(
                _("Moves"),
                _MOVES,
                words.with_names(selectors.moves(actor.scope, cause=Ref("inventory.put_away", t.id)), actor.scope),
                _("Nothing was put away yet."),
            ),
        ),
        timeline=timeline(subject=Ref("inventory.put_away", t.id), scope=actor.scope),
    )
    return detail(request, shown)


_MOVES: Final = (
    Column("at", _("When")),
    Column("quantity", _("Units"), align="end"),
    Column("source", _("From")),
    Column("target", _("To")),
    Column("principal", _("Who")),
)


@action("put_away", form=PutForm)
def put(p: Posted, task_id: int) -> Done:
    """Goods of a task lie in a bin."""
    t = _task(p.request, task_id)
    place = warehouses.location_by_code(p.actor.scope, t.warehouse_id, p.data["place"])
    services.put_away(key=p.key, actor=p.actor, putting=[Putting(task_id, place.id, p.data["quantity"])])
    return Done(_("Put away."))


@action("adjust_stock", form=ReasonForm)
def cancel_put_away(p: Posted, task_id: int) -> Done:
    """The goods need not be put away."""
    services.cancel_put_away(key=p.key, actor=p.actor, task_id=task_id, reason=p.data["reason"])
    return Done(_("Cancelled."))


counts = ListPage(
    name="inventory.counts",
    title=_("Counts"),
    permission="see_stock",
    rows=selectors.counts,
    columns=(
        Column("id", _("Count"), cells.link("id", "inventory:count")),
        Column("location", _("Bin")),
        Column("sku", _("Item"), lambda r: cells.show(r.sku or _("everything"))),
        Column("state", _("State"), cells.state("state", words.COUNT)),
        Column("reason", _("Reason"), lambda r: cells.show(said(r.reason))),
        Column("round", _("Round"), align="end", narrow=False),
        Column("requested_at", _("Asked"), sort="requested_at"),
        Column("posted_at", _("Posted"), narrow=False),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), *((s, words.COUNT[s].word) for s in states.COUNT))),),
    tabs=((_("Open"), "state=open"), (_("To be decided"), "state=review"), (_("All"), "")),
    actions=(BulkAction(_("Approve"), "inventory:approve-many", "adjust_stock", icon="check"),),
    buttons=(
        Button(_("Request counts"), "inventory:new-count", "count", icon="plus"),
        Button(_("On the scanner"), "inventory:scan-count", "count", "normal", "scan"),
    ),
    search=_("Bin or SKU"),
    empty=Empty(_("Nothing to count"), _("Counts are asked for after a short pick, by hand, or in turn."), "count"),
    template=words.TEMPLATE,
    context=words.lists,
)


@form_page(
    CountRequestForm,
    title=_("Request counts"),
    permission="count",
    submit=_("Request"),
    crumbs=(Crumb(_("Counts"), "/inventory/counts/"),),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def new_count(p: Posted) -> Done:
    """Ask that bins be counted."""
    codes = p.data["places"].replace(",", " ").split()
    targets = [CountTarget(warehouses.location_by_code(p.actor.scope, p.data["warehouse"], code).id) for code in codes]
    made = services.request_counts(
        key=p.key, actor=p.actor, warehouse_id=p.data["warehouse"], targets=targets, reason=p.data["reason"], tolerance=p.data["tolerance"]
    )
    return Done(ngettext("%d count requested.", "%d counts requested.", len(made)) % len(made), to=reverse("inventory:counts") + "?state=open")


def _count_actions(found: CountRow, actor: Actor) -> tuple[Action, ...]:
    if not actor.may("adjust_stock"):
        return ()
    possible = []
    if found.state in ("recount", "review"):
        possible.append(
            Action(_("Approve"), reverse("inventory:approve", args=[found.id]), tone="primary", icon="check", confirm=_("Post what was counted last?"))
        )
    if found.state == "review":
        possible.append(Action(_("Count again"), reverse("inventory:count-again", args=[found.id]), icon="refresh"))
    return tuple(possible)


@page("see_stock")
def count(request: HttpRequest, count_id: int) -> HttpResponseBase:
    """A count: what was found in each round, beside what the ledger said at that moment. Counters do not see that while the count is theirs."""
    actor = actor_of(request)
    found = selectors.count_task(actor.scope, count_id)
    blind = found.posted_at is None and not actor.may("adjust_stock")
    names = names_of({n for n in (found.counter, found.first_counter) if n}, actor.scope)
    columns = (
        Column("round", _("Round"), align="end"),
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("lot", _("Lot"), narrow=False),
        Column("condition", _("Condition"), cells.state("condition", words.CONDITION), narrow=False),
        Column("counted", _("Counted"), align="end"),
        Column("expected", _("Ledger then"), align="end"),
        Column("difference", _("Difference"), align="end"),
        Column("at", _("When"), narrow=False),
    )
    lines = [] if blind else selectors.count_lines(actor.scope, count_id)
    shown = Detail(
        title=f"{found.id} · {found.location}",
        kind=_("Count"),
        badge=words.COUNT[found.state],
        sentence=gettext("%(what)s in %(place)s: %(reason)s.")
        % {"what": found.sku or gettext("Everything"), "place": found.location, "reason": said(found.reason)},
        crumbs=(Crumb(_("Counts"), reverse("inventory:counts")),),
        facts=(
            Fact(_("Warehouse"), found.warehouse),
            Fact(_("Bin"), found.location),
            Fact(_("Item"), found.sku or _("everything")),
            Fact(_("Round"), found.round),
            Fact(_("Counted first by"), names.get(found.first_counter, "")),
            Fact(_("Counted by"), names.get(found.counter, "")),
            Fact(_("Tolerance"), found.tolerance),
        ),
        actions=_count_actions(found, actor),
        sections=(Table(_("Found"), columns, lines, _("Hidden until it is posted: counting is blind.") if blind else _("Nothing was counted yet.")),),
        timeline=timeline(subject=Ref("inventory.count", count_id), scope=actor.scope),
    )
    return detail(request, shown)


@action("adjust_stock")
def approve(p: Posted, count_id: int) -> Done:
    """Post what was counted last."""
    off = services.approve_count(key=p.key, actor=p.actor, count_id=count_id)
    return Done(ngettext("Posted: %d unit corrected.", "Posted: %d units corrected.", off) % off)


@bulk_action("inventory.approve_counts", title=_("Approve counts"), permission="adjust_stock", rows=counts, chunk=1)
def approve_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """Post what was counted last in each bin."""
    services.approve_count(key=key, actor=actor, count_id=ids[0])
    return []


@action("adjust_stock")
def count_again(p: Posted, count_id: int) -> Done:
    """One more round."""
    services.count_again(key=p.key, actor=p.actor, count_id=count_id)
    return Done(_("It will be counted again."))


def scan_put_away(request: HttpRequest) -> HttpResponseBase:
    """To the scanner's flow."""
    return redirect("scan-start", "inventory.put_away")


def scan_count(request: HttpRequest) -> HttpResponseBase:
    """To the scanner's flow."""
    return redirect("scan-start", "inventory.count")
