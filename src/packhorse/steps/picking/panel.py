"""What picking shows on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from packhorse.core.actors import Scope
from packhorse.core.scan import Context, parse
from packhorse.core.web import cells
from packhorse.core.web.detail import Piece, Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import selectors, words
from packhorse.steps.picking.types import batch_number


def count(scope: Scope) -> int:
    """What waits in this step: released orders without a walk, walks not ended."""
    return sum(selectors.counts(scope))


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    unplanned, planned, under_way = selectors.counts(scope)
    calls, where, labels = selectors.in_the_way(scope)
    urgent = [Tile(_("Calls from the floor"), calls, reverse("picking:floor", args=[where]), "bad", _("a picker waits for the lead"), "alert")] if calls else []
    wanted = [Tile(_("Items that want a label"), labels, reverse("picking:unlabelled") + "?state=open", "warn", _("no code to scan"), "scan")] if labels else []
    return [
        *urgent,
        *wanted,
        Tile(_("Waiting for a walk"), unplanned, reverse("picking:waiting"), "calm", _("released orders"), "pause"),
        Tile(_("Walks to begin"), planned, reverse("picking:list") + "?state=planned", "calm", _("planned, no picker yet"), "picking"),
        Tile(_("Walks under way"), under_way, reverse("picking:list") + "?state=picking", "calm", "", "picking"),
    ]


_COLUMNS = (
    Column("location", _("Place")),
    Column("sku", _("Item")),
    Column("picked", _("Picked"), cells.progress("picked", "quantity")),
    Column("tote", _("Into"), narrow=False),
    Column("batch_id", _("Walk"), lambda t: cells.NOTHING if t.batch_id is None else format_html('<a class="code" href="{}">{}</a>', *_walk(t.batch_id))),
    Column("state", _("State"), cells.state("state", words.TASK)),
    Column("reason", _("Why"), lambda t: cells.show(words.SHORT.get(t.reason, t.reason)), narrow=False),
)


def _walk(batch_id: int) -> tuple[str, str]:
    return reverse("picking:batch", args=[batch_id]), batch_number(batch_id)


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]:  # noqa: ARG001 - demands come with the order
    """The order page: its picks, and the rest of a short order."""
    tasks = selectors.tasks_of_order(scope, order_id)
    found: list[Section] = [Table(_("Picking"), _COLUMNS, tasks)] if tasks else []
    if any(task.state == "short" for task in tasks):
        found += [
            Piece(_("The rest of %(number)s") % {"number": number}, "picking/_rest.html", {"fulfillment_order_id": pk})
            for pk, number in selectors.rest_to_pick(scope, order_id)
        ]
    return found


def search(scope: Scope, text: str) -> list[Hit]:
    """Walks and waves by number, and orders by the tote that they lie in."""
    scan = parse(text)
    found = [
        Hit(m.title, _("Walk"), reverse("picking:batch", args=[m.ref.id]), words.BATCH[m.detail].word, exact=True)
        for m in selectors.resolve(scan, Context(scope))
    ]
    found += [
        Hit(w.number, _("Wave"), reverse("picking:wave", args=[w.id]), words.WAVE[w.state].word, exact=True) for w in selectors.wave_by_number(scope, scan.text)
    ]
    for tote, fulfillment_order_id in selectors.totes_by_code(scope, scan.text):
        fo = orders.fulfillment_order(scope, fulfillment_order_id)
        found.append(Hit(tote, _("Tote"), orders.order_url(fo.order_id), fo.number, exact=True))
    return found
