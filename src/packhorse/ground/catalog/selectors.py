"""Questions about clients, items, barcodes and boxes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q, QuerySet

from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.ground.catalog.models import Barcode, Box, Client, Component, Item
from packhorse.ground.catalog.types import BarcodeInfo, BoxInfo, ClientInfo, ComponentInfo, ItemInfo

#: Where a size comes from, from the least to the most certain.
SOURCES: Final = ("none", "learned", "supplier", "typed", "measured")


def client_info(c: Client) -> ClientInfo:
    return ClientInfo(
        id=c.pk,
        code=c.code,
        name=c.name,
        currency=c.currency,
        language=c.language,
        brand_colour=c.brand_colour,
        support_email=c.support_email,
        minimum_shelf_days=c.minimum_shelf_days,
        archived=c.archived_at is not None,
    )


def _clients(scope: Scope) -> QuerySet[Client]:
    return Client.objects.filter(**scope.filters("pk"))


def clients(scope: Scope, query: ListQuery) -> Page[ClientInfo]:
    """Clients by code. Filter: `archived` (1: only those)."""
    rows = _clients(scope).filter(archived_at__isnull=query.one("archived") != "1")
    if query.search:
        rows = rows.filter(Q(code__icontains=query.search) | Q(name__icontains=query.search))
    return paginate(rows, query, make=client_info, sorts={"code": "code", "name": "name"}, default="code")


def all_clients(scope: Scope) -> list[ClientInfo]:
    """All clients that are not archived, by code."""
    return [client_info(c) for c in _clients(scope).filter(archived_at=None).order_by("code")]


def client_choices(scope: Scope) -> list[tuple[int, str]]:
    """(id, "CODE – name") of the clients, for forms."""
    return [(c.id, f"{c.code} – {c.name}") for c in all_clients(scope)]


def client(scope: Scope, client_id: int) -> ClientInfo:
    """Raises: NotFound."""
    found = _clients(scope).filter(pk=client_id).first()
    if found is None:
        raise NotFound(kind="client", ref=str(client_id))
    return client_info(found)


def clients_by_id(scope: Scope, client_ids: Iterable[int]) -> dict[int, ClientInfo]:
    """The clients of these ids that the scope sees, archived ones too."""
    return {c.pk: client_info(c) for c in _clients(scope).filter(pk__in=set(client_ids))}


def client_by_code(scope: Scope, code: str) -> ClientInfo:
    """Raises: NotFound."""
    found = _clients(scope).filter(code=code).first()
    if found is None:
        raise NotFound(kind="client", ref=code)
    return client_info(found)


def item_info(i: Item) -> ItemInfo:
    return ItemInfo(
        id=i.pk,
        client_id=i.client_id,
        client_code=i.client.code,
        currency=i.client.currency,
        sku=i.sku,
        name=i.name,
        tracking=i.tracking,
        length_mm=i.length_mm,
        width_mm=i.width_mm,
        height_mm=i.height_mm,
        weight_g=i.weight_g,
        size_source=i.size_source,
        fragile=i.fragile,
        upright=i.upright,
        price=i.price,
        cost=i.cost,
        hs_code=i.hs_code,
        origin_country=i.origin_country,
        abc=i.abc,
        archived=i.archived_at is not None,
    )


def _items(scope: Scope) -> QuerySet[Item]:
    return Item.objects.select_related("client").filter(**scope.filters())


def items(scope: Scope, query: ListQuery) -> Page[ItemInfo]:
    """Items by SKU. Filters: `client`, `tracking`, `abc`, `size` (unknown), `archived` (1: only those). Search: SKU, name or a barcode."""
    rows = _items(scope).filter(archived_at__isnull=query.one("archived") != "1")
    if (client_id := query.number("client")) is not None:
        rows = rows.filter(client_id=client_id)
    for name in ("tracking", "abc"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    if query.one("size") == "unknown":
        rows = rows.filter(Q(length_mm=0) | Q(width_mm=0) | Q(height_mm=0) | Q(weight_g=0))
    if query.search:
        # A union, since an index helps neither side of an OR whose other side is a question of its own.
        coded = Barcode.objects.filter(code__in=[query.search, query.search.zfill(14)]).values("item_id")
        named = Item.objects.filter(Q(sku__icontains=query.search) | Q(name__icontains=query.search)).values("pk")
        rows = rows.filter(pk__in=named.union(coded))
    return paginate(rows, query, make=item_info, sorts={"sku": "sku", "name": "name"}, default="sku")


def item(scope: Scope, item_id: int) -> ItemInfo:
    """Raises: NotFound."""
    found = _items(scope).filter(pk=item_id).first()
    if found is None:
        raise NotFound(kind="item", ref=str(item_id))
    return item_info(found)


def items_by_id(scope: Scope, item_ids: Iterable[int]) -> dict[int, ItemInfo]:
    """The items of these ids that the scope sees, archived ones too."""
    return {i.pk: item_info(i) for i in _items(scope).filter(pk__in=set(item_ids))}


def items_by_sku(scope: Scope, client_id: int, skus: Iterable[str]) -> dict[str, ItemInfo]:
    """The client's items with these SKUs, archived ones too."""
    return {i.sku: item_info(i) for i in _items(scope).filter(client_id=client_id, sku__in=set(skus))}


def barcodes_of(scope: Scope, item_ids: Iterable[int]) -> dict[int, list[BarcodeInfo]]:
    """Item id → its codes, the smallest quantity first. Items without a code are left out."""
    found: dict[int, list[BarcodeInfo]] = {}
    rows = Barcode.objects.filter(item_id__in=set(item_ids), **scope.filters()).order_by("item_id", "quantity", "code")
    for b in rows:
        found.setdefault(b.item_id, []).append(BarcodeInfo(id=b.pk, item_id=b.item_id, code=b.code, quantity=b.quantity, level=b.level))
    return found


def components_of(scope: Scope, item_ids: Iterable[int]) -> dict[int, list[ComponentInfo]]:
    """Kit → what one of it is made of, by SKU. Items that are no kits are left out."""
    found: dict[int, list[ComponentInfo]] = {}
    wanted = set(item_ids)
    if not wanted:  # as with nearly every order: making a query that asks for nothing costs as much as one that asks
        return found
    rows = Component.objects.filter(kit_id__in=wanted, **scope.filters()).select_related("item").order_by("kit_id", "item__sku")
    for c in rows:
        found.setdefault(c.kit_id, []).append(ComponentInfo(c.kit_id, c.item_id, c.item.sku, c.item.name, c.quantity, c.item.price))
    return found


def box_info(b: Box) -> BoxInfo:
    return BoxInfo(
        id=b.pk,
        code=b.code,
        name=b.name,
        kind=b.kind,
        inner_length_mm=b.inner_length_mm,
        inner_width_mm=b.inner_width_mm,
        inner_height_mm=b.inner_height_mm,
        outer_length_mm=b.outer_length_mm,
        outer_width_mm=b.outer_width_mm,
        outer_height_mm=b.outer_height_mm,
        tare_g=b.tare_g,
        max_load_g=b.max_load_g,
        cost_minor=b.cost_minor,
        currency=b.currency,
        archived=b.archived_at is not None,
    )


def boxes(scope: Scope, client_id: int | None = None) -> list[BoxInfo]:
    """The boxes that may be packed in, the smallest first."""
    found = Box.objects.filter(archived_at=None)
    return sorted((box_info(b) for b in found), key=lambda b: (b.inner_length_mm * b.inner_width_mm * b.inner_height_mm, b.code))


def box_page(scope: Scope, query: ListQuery) -> Page[BoxInfo]:
    """Boxes by code. Filter: `archived` (1: only those)."""
    rows = Box.objects.filter(archived_at__isnull=query.one("archived") != "1")
    if query.search:
        rows = rows.filter(Q(code__icontains=query.search) | Q(name__icontains=query.search))
    return paginate(rows, query, make=box_info, sorts={"code": "code", "name": "name"}, default="code")


def box(scope: Scope, box_id: int) -> BoxInfo:
    """Raises: NotFound."""
    found = Box.objects.filter(pk=box_id).first()
    if found is None:
        raise NotFound(kind="box", ref=str(box_id))
    return box_info(found)


def resolve(scan: Scan, context: Context) -> list[Match]:
    """Items that a scan may mean: by barcode (GTINs as 14 digits), else by SKU. `quantity` is what one scan stands for."""
    if scan.sscc:
        return []
    limits = context.scope.filters() | ({"client_id": context.client_id} if context.client_id is not None else {})
    coded = Barcode.objects.select_related("item").filter(code__in={scan.gtin or scan.text, scan.text}, item__archived_at=None, **limits).order_by("pk")
    found = [Match(Ref("catalog.item", b.item_id), b.item.sku, b.item.name, b.quantity * (scan.count or 1)) for b in coded[:20]]
    if found or scan.gtin:
        return found
    rows = Item.objects.filter(sku=scan.text, archived_at=None, **limits).order_by("pk")
    return [Match(Ref("catalog.item", i.pk), i.sku, i.name) for i in rows[:20]]
