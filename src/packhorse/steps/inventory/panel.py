"""What stock shows on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _, ngettext

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery
from packhorse.core.scan import Context, parse
from packhorse.core.web import cells
from packhorse.core.web.detail import Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.inventory import selectors
from packhorse.steps.inventory.records import seen, wall

_WAITING: Final = f"""
SELECT (SELECT count(*) FROM inventory_purchaseorder o WHERE o.state IN ('arrived', 'receiving') AND {wall("o.client_id", "o.warehouse_id")}),
       (SELECT count(*) FROM inventory_putawaytask t WHERE t.done_at IS NULL AND {wall("t.client_id", "t.warehouse_id")}),
       (SELECT count(*) FROM inventory_counttask c WHERE c.posted_at IS NULL AND c.state <> 'review' AND {wall("c.client_id", "c.warehouse_id")}),
       (SELECT count(*) FROM inventory_counttask c WHERE c.state = 'review' AND {wall("c.client_id", "c.warehouse_id")}),
       (SELECT count(*) FROM inventory_transferorder r WHERE r.closed_at IS NULL AND r.expected_on < %(today)s AND {wall("r.client_id", "r.warehouse_id")}),
       (SELECT count(*) FROM inventory_recall k WHERE k.ended_at IS NULL AND {wall("k.client_id")}),
       (SELECT count(*) FROM inventory_shortfall s WHERE s.closed_at IS NULL AND {wall("s.client_id", "s.warehouse_id")}),
       (SELECT count(*) FROM inventory_relocation r WHERE r.done_at IS NULL AND {wall("r.client_id", "r.warehouse_id")}),
       (SELECT count(*) FROM inventory_relocation r WHERE r.done_at IS NULL AND r.deadline < %(now)s AND {wall("r.client_id", "r.warehouse_id")})
"""


def _waiting(scope: Scope) -> tuple[int, ...]:
    """(receipts, put-away tasks, counts to do, counts to decide, transfers that are late, open recalls, open shortfalls, relocations, those that are late)."""
    return sql.rows(_WAITING, seen(scope, today=clock.now().date(), now=clock.now()))[0]


def count(scope: Scope) -> int:
    """What waits in this step: receipts under way, put-away tasks, counts, relocations."""
    waiting = _waiting(scope)
    return sum(waiting[:4]) + waiting[7]


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    receipts, put_away, counts, decide, late, recalled, short, relocations, pressing = _waiting(scope)
    return [
        Tile(
            _("Recalled lots"),
            recalled,
            reverse("inventory:lots") + "?state=recalled",
            "bad",
            _("nothing of them leaves; those who got them are to be told"),
            "alert",
        ),
        Tile(_("Shortfalls"), short, reverse("inventory:shortfalls") + "?state=open", "bad", _("promised to customers and not there"), "alert"),
        Tile(_("Counts to decide"), decide, reverse("inventory:counts") + "?state=review", "warn", _("two counts differ from the ledger"), "count"),
        Tile(
            _("Transfers that are late"),
            late,
            reverse("inventory:transfers") + "?state=late",
            "warn",
            _("sent, and not here by the day they were expected"),
            "right",
        ),
        Tile(_("Late to bring forward"), pressing, reverse("inventory:relocations") + "?state=open", "warn", _("orders wait for goods in reserve"), "alert"),
        Tile(_("To bring forward"), relocations, reverse("inventory:relocations") + "?state=open", "calm", _("from reserve to where it is picked"), "refresh"),
        Tile(_("To receive"), receipts, reverse("inventory:purchase-orders") + "?state=arrived&state=receiving", "calm", _("goods at the dock"), "down-arrow"),
        Tile(_("To put away"), put_away, reverse("inventory:put-away") + "?state=open", "calm", _("received, not in a bin yet"), "right"),
        Tile(_("To count"), counts, reverse("inventory:counts") + "?state=open", "calm", _("bins that somebody asked about"), "count"),
    ]


_UNITS: Final = (
    Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
    Column("quantity", _("Units"), align="end"),
    Column("where", _("Where")),
    Column("lot", _("Lot"), narrow=False),
)

_OF_DEMANDS: Final = f"""
SELECT d.item_id, i.sku, a.quantity, p.code, coalesce(t.code, ''), 'allocated', d.id, 0
FROM inventory_demand d JOIN catalog_item i ON i.id = d.item_id JOIN inventory_allocation a ON a.demand_id = d.id AND a.closed_at IS NULL
JOIN warehouse_location p ON p.id = a.location_id LEFT JOIN inventory_lot t ON t.id = a.lot_id WHERE d.id = ANY(%(demands)s) AND {wall("d.client_id", "d.warehouse_id")}
UNION ALL
SELECT d.item_id, i.sku, d.promised - d.allocated, '', '', 'promised', d.id, 1
FROM inventory_demand d JOIN catalog_item i ON i.id = d.item_id WHERE d.id = ANY(%(demands)s) AND d.promised > d.allocated AND {wall("d.client_id", "d.warehouse_id")}
UNION ALL
SELECT d.item_id, i.sku, d.wanted - d.promised, '', '', 'backordered', d.id, 2
FROM inventory_demand d JOIN catalog_item i ON i.id = d.item_id WHERE d.id = ANY(%(demands)s) AND d.wanted > d.promised AND {wall("d.client_id", "d.warehouse_id")}
UNION ALL
SELECT d.item_id, i.sku, sum(m.quantity)::bigint, '', t.code, 'left', d.id, 3
FROM inventory_demand d JOIN catalog_item i ON i.id = d.item_id AND i.tracking <> 'none' JOIN inventory_move m ON m.item_id = d.item_id AND m.at >= d.at AND m.demand_id = d.id
JOIN inventory_lot t ON t.id = m.lot_id JOIN warehouse_location g ON g.id = m.target_id AND g.kind = 'customer'
WHERE d.id = ANY(%(demands)s) AND {wall("d.client_id", "d.warehouse_id")} GROUP BY d.id, i.id, t.id
ORDER BY 7, 8, 4, 5
"""


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]:  # noqa: ARG001 - stock knows an order by its demands
    """The order page: where each unit of it is now; of what left, the lots and serial numbers."""
    words = {"promised": _("promised, in no bin of its own yet"), "backordered": _("backordered: waits for goods"), "left": _("left the house")}
    rows = [
        {"item_id": item, "sku": sku, "quantity": q, "where": words.get(kind, place), "lot": lot}
        for item, sku, q, place, lot, kind, _demand, _rank in sql.rows(_OF_DEMANDS, seen(scope, demands=list(demand_ids)))
    ]
    return [Table(_("Where its units are"), _UNITS, rows, _("Nothing of it is in the warehouse."))]


#: What a scan resolves to here: its word and its page.
_FOUND: Final = {
    "inventory.lot": (_("Lot"), "inventory:lot"),
    "inventory.purchase_order": (_("Purchase order"), "inventory:purchase-order"),
    "inventory.transfer": (_("Transfer"), "inventory:transfer"),
}


def search(scope: Scope, text: str) -> list[Hit]:
    """Items, purchase orders, transfers and lots that a text or a scan may mean."""
    scan = parse(text)
    hits = []
    for match in selectors.resolve(scan, Context(scope)):
        kind, url = _FOUND[match.ref.kind]
        hits.append(Hit(match.title, kind, reverse(url, args=[match.ref.id]), match.detail, exact=True))
    found = selectors.items(scope, ListQuery(search=scan.gtin or scan.text, limit=8, count=False)).rows if scan.text else ()
    for item in found:
        said = ngettext("%(name)s · %(n)d available", "%(name)s · %(n)d available", item.available) % {"name": item.name, "n": item.available}
        hits.append(Hit(item.sku, _("Item"), reverse("inventory:item", args=[item.id]), said, exact=item.sku == scan.text or bool(scan.gtin)))
    return hits
