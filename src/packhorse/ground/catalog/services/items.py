"""Use cases about items and their barcodes. Lists: one bad item does not stop the rest."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import PackhorseError
from packhorse.core.events import emit
from packhorse.core.scan import valid_gtin
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import events, records
from packhorse.ground.catalog.errors import BadItem, BarcodeTaken, ClientArchived
from packhorse.ground.catalog.models import Item
from packhorse.ground.catalog.selectors import SOURCES, item_info
from packhorse.ground.catalog.types import ItemInfo, ItemSaved, NewBarcode, NewItem, Refused
from packhorse.ground.people.history import sign

_SIZES: Final = ("length_mm", "width_mm", "height_mm", "weight_g")
_COUNTRY: Final = re.compile(r"^([A-Z]{2})?$")
_MOST_MM: Final = 20_000
_MOST_G: Final = 5_000_000

_UPSERT: Final = """
INSERT INTO catalog_item AS i (client_id, sku, name, tracking, length_mm, width_mm, height_mm, weight_g, size_source, fragile, upright, price, cost,
  hs_code, origin_country, abc)
SELECT %(client)s, n.sku, coalesce(n.name, n.sku), coalesce(n.tracking, 'none'), coalesce(n.length_mm, 0), coalesce(n.width_mm, 0), coalesce(n.height_mm, 0),
  coalesce(n.weight_g, 0), CASE WHEN n.sized THEN n.source ELSE 'none' END, coalesce(n.fragile, false), coalesce(n.upright, false), coalesce(n.price, 0),
  coalesce(n.cost, 0), coalesce(n.hs_code, ''), coalesce(n.origin, ''), coalesce(n.abc, 'C')
FROM new_items n ORDER BY n.sku
ON CONFLICT (client_id, sku) DO NOTHING
RETURNING id, sku
"""
_CHANGE: Final = """
UPDATE catalog_item i SET
  name = coalesce(n.name, i.name), tracking = coalesce(n.tracking, i.tracking),
  length_mm = CASE WHEN n.better THEN coalesce(n.length_mm, i.length_mm) ELSE i.length_mm END,
  width_mm = CASE WHEN n.better THEN coalesce(n.width_mm, i.width_mm) ELSE i.width_mm END,
  height_mm = CASE WHEN n.better THEN coalesce(n.height_mm, i.height_mm) ELSE i.height_mm END,
  weight_g = CASE WHEN n.better THEN coalesce(n.weight_g, i.weight_g) ELSE i.weight_g END,
  size_source = CASE WHEN n.better THEN n.source ELSE i.size_source END,
  fragile = coalesce(n.fragile, i.fragile), upright = coalesce(n.upright, i.upright), price = coalesce(n.price, i.price), cost = coalesce(n.cost, i.cost),
  hs_code = coalesce(n.hs_code, i.hs_code), origin_country = coalesce(n.origin, i.origin_country), abc = coalesce(n.abc, i.abc)
FROM (
  SELECT n.*, o.id AS item_id, n.sized AND array_position(%(sources)s::text[], n.source) >= array_position(%(sources)s::text[], o.size_source::text) AS better
  FROM new_items n JOIN (SELECT * FROM catalog_item WHERE client_id = %(client)s AND sku = ANY(%(known)s) ORDER BY id FOR UPDATE) o ON o.sku = n.sku
) n
WHERE i.id = n.item_id
RETURNING i.id, i.sku
"""
_NEW: Final = """
WITH new_items AS (
  SELECT *, (length_mm IS NOT NULL OR width_mm IS NOT NULL OR height_mm IS NOT NULL OR weight_g IS NOT NULL) AS sized
  FROM unnest(%(sku)s::text[], %(name)s::text[], %(tracking)s::text[], %(length_mm)s::int[], %(width_mm)s::int[], %(height_mm)s::int[], %(weight_g)s::int[],
    %(source)s::text[], %(fragile)s::boolean[], %(upright)s::boolean[], %(price)s::numeric[], %(cost)s::numeric[], %(hs_code)s::text[], %(origin)s::text[],
    %(abc)s::text[])
    AS t(sku, name, tracking, length_mm, width_mm, height_mm, weight_g, source, fragile, upright, price, cost, hs_code, origin, abc)
)
"""


def normal(code: str) -> str:
    """A barcode as it is kept and looked up: a GTIN with 14 digits, anything else trimmed."""
    code = code.strip()
    return code.zfill(14) if valid_gtin(code) else code


def _check(item: NewItem) -> str:
    """What is wrong with an item; empty if nothing."""
    if not item.sku.strip() or item.sku != item.sku.strip() or len(item.sku) > 80:
        return "sku"
    if item.name is not None and not item.name.strip():
        return "name"
    if item.tracking is not None and item.tracking not in Item.Tracking.values:
        return "tracking"
    if item.size_source not in SOURCES:
        return "size_source"
    for field in _SIZES:
        value = getattr(item, field)
        if value is not None and not 0 <= value <= (_MOST_G if field == "weight_g" else _MOST_MM):
            return field
    if (item.price is not None and not 0 <= item.price < 10**11) or (item.cost is not None and not 0 <= item.cost < 10**11):
        return "price"
    if item.origin_country is not None and not _COUNTRY.match(item.origin_country):
        return "origin_country"
    if item.abc is not None and item.abc not in ("A", "B", "C"):
        return "abc"
    return ""


def _columns(items: list[NewItem]) -> dict[str, Any]:
    found: dict[str, Any] = {
        field: [getattr(i, field) for i in items] for field in (*_SIZES, "sku", "name", "tracking", "fragile", "upright", "price", "cost", "hs_code", "abc")
    }
    return {**found, "source": [i.size_source for i in items], "origin": [i.origin_country for i in items], "sources": list(SOURCES)}


@use_case
def upsert_items(*, key: UUID, actor: Actor, client_id: int, items: list[NewItem]) -> list[ItemSaved | Refused]:
    """Create the client's items or change them, by SKU; their barcodes come along. One answer per item, in order; the last of two with one SKU counts.

    Needs `manage_catalog`, or `import_data` for feeds.   Locks: client, items.   Raises: NotAllowed, NotFound, ClientArchived.
    """
    client = records.lock_client(client_id)
    authorize(actor, "manage_catalog" if actor.may("manage_catalog") else "import_data", client_id=client_id)
    if client.archived_at is not None:
        raise ClientArchived(code=client.code)
    refused = {n: _refusal(i.sku, BadItem(sku=i.sku, reason=why)) for n, i in enumerate(items) if (why := _check(i))}
    wanted = list({i.sku: i for n, i in enumerate(items) if n not in refused}.values())
    ids: dict[str, int] = {}
    created: set[str] = set()
    if wanted:
        sign()
        values = _columns(wanted)
        made = sql.rows(_NEW + _UPSERT, {**values, "client": client_id})
        created = {sku for _, sku in made}
        ids = {sku: pk for pk, sku in made}
        known = [i.sku for i in wanted if i.sku not in created]
        ids |= {sku: pk for pk, sku in (sql.rows(_NEW + _CHANGE, {**values, "client": client_id, "known": known}) if known else [])}
        emit(events.ItemsSaved(client_id=client_id, created=len(created), changed=len(known)))
    codes = [NewBarcode(i.sku, *code) for i in wanted for code in i.barcodes]
    bad = _save_barcodes(client_id, codes, ids)
    return [refused.get(n) or bad.get(i.sku) or ItemSaved(i.sku, ids[i.sku], i.sku in created) for n, i in enumerate(items)]


def _save_barcodes(client_id: int, codes: list[NewBarcode], ids: dict[str, int]) -> dict[str, Refused]:
    """Save codes of known items; the refusals by SKU. A code that means another item is refused; the same item's code changes its quantity."""
    refused: dict[str, Refused] = {}
    good: dict[str, NewBarcode] = {}
    for code in codes:
        text = normal(code.code)
        if not text or len(text) > 100 or code.quantity < 1:
            refused[code.sku] = _refusal(code.sku, BadItem(sku=code.sku, reason="barcode"))
        elif text in good and good[text].sku != code.sku:
            refused[code.sku] = _refusal(code.sku, BarcodeTaken(code=text))
        else:
            good[text] = code
    if not good:
        return refused
    saved = {
        row[0]
        for row in sql.rows(
            """INSERT INTO catalog_barcode AS b (client_id, item_id, code, quantity, level)
               SELECT %s, n.item, n.code, n.quantity, n.level FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[]) AS n(item, code, quantity, level)
               ORDER BY n.code
               ON CONFLICT (client_id, code) DO UPDATE SET quantity = excluded.quantity, level = excluded.level WHERE b.item_id = excluded.item_id
               RETURNING code""",
            [client_id, [ids[c.sku] for c in good.values()], list(good), [c.quantity for c in good.values()], [c.level for c in good.values()]],
        )
    }
    return refused | {c.sku: _refusal(c.sku, BarcodeTaken(code=text)) for text, c in good.items() if text not in saved}


def _refusal(sku: str, error: PackhorseError) -> Refused:
    return Refused(sku, error.code, error.message, error.link)


@use_case
def save_barcodes(*, key: UUID, actor: Actor, client_id: int, barcodes: list[NewBarcode]) -> list[ItemSaved | Refused]:
    """Give items codes, or change how many units a code means. One answer per barcode, in order.   Raises: NotAllowed, NotFound."""
    records.lock_client(client_id)
    authorize(actor, "manage_catalog" if actor.may("manage_catalog") else "import_data", client_id=client_id)
    ids = {sku: pk for pk, sku in sql.rows("SELECT id, sku FROM catalog_item WHERE client_id = %s AND sku = ANY(%s)", [client_id, [b.sku for b in barcodes]])}
    sign()
    refused = _save_barcodes(client_id, [b for b in barcodes if b.sku in ids], ids)
    missing = {b.sku: _refusal(b.sku, BadItem(sku=b.sku, reason="sku")) for b in barcodes if b.sku not in ids}
    emit(events.ItemsSaved(client_id=client_id, created=0, changed=len({b.sku for b in barcodes} - set(refused) - set(missing))))
    return [missing.get(b.sku) or refused.get(b.sku) or ItemSaved(b.sku, ids[b.sku], False) for b in barcodes]


@use_case
def archive_item(*, key: UUID, actor: Actor, item_id: int, archived: bool = True) -> ItemInfo:
    """Take an item out of all choices, or back in; its stock and history stay.   Raises: NotAllowed, NotFound."""
    item = records.lock_item(item_id)
    authorize(actor, "manage_catalog", item)
    sign()
    item.archived_at = work.current().at if archived else None
    item.save(update_fields=["archived_at"])
    emit(events.ItemArchived(client_id=item.client_id, item_id=item_id, archived=archived))
    return item_info(item)
