"""The API of the catalogue."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, ListAsked, Rows, asker, rows_of, scope_of
from packhorse.ground.catalog import selectors, services
from packhorse.ground.catalog.services.kits import MOST_COMPONENTS, MOST_OF_ONE
from packhorse.ground.catalog.types import BarcodeInfo, BoxInfo, ClientInfo, ComponentInfo, ItemInfo, ItemSaved, NewBarcode, NewBox, NewItem, Refused

router = Router()

Mm = Annotated[int, Field(ge=0, le=20_000)]
Grams = Annotated[int, Field(ge=0, le=5_000_000)]
Price = Annotated[Decimal, Field(ge=0, max_digits=17, decimal_places=6)]


class ItemsAsked(Asked):
    client: int | None = Field(None, ge=1, lt=2**63)
    tracking: str | None = None
    abc: str | None = None
    size: str | None = Field(None, description="`unknown`: only those without size or weight.")
    archived: bool | None = None


class ClientBody(Schema):
    code: str
    name: str = Field(max_length=150)
    currency: str = "CAD"
    language: str = "en"
    brand_colour: str = "#1f5f4b"
    support_email: str = Field("", max_length=254)
    minimum_shelf_days: int = Field(0, ge=0, le=3650)


class CodeBody(Schema):
    code: str = Field(max_length=100)
    quantity: int = Field(1, ge=1, le=1_000_000)
    level: str = Field("each", max_length=20)


class ItemBody(Schema):
    """An item by SKU. What is left out stays as it is."""

    sku: str = Field(max_length=80)
    name: str | None = Field(None, max_length=300)
    tracking: str | None = None
    length_mm: Mm | None = None
    width_mm: Mm | None = None
    height_mm: Mm | None = None
    weight_g: Grams | None = None
    size_source: str = "typed"
    fragile: bool | None = None
    upright: bool | None = None
    price: Price | None = None
    cost: Price | None = None
    hs_code: str | None = Field(None, max_length=12)
    origin_country: str | None = None
    barcodes: list[CodeBody] = []


class ItemsBody(Schema):
    client_id: Id
    items: list[ItemBody] = Field(max_length=1000)


class BarcodeBody(CodeBody):
    sku: str = Field(max_length=80)


class BarcodesBody(Schema):
    client_id: Id
    barcodes: list[BarcodeBody] = Field(max_length=1000)


class BoxBody(Schema):
    code: str = Field(max_length=32)
    name: str = Field(max_length=100)
    kind: str = "box"
    inner_length_mm: Mm
    inner_width_mm: Mm
    inner_height_mm: Mm
    outer_length_mm: Mm
    outer_width_mm: Mm
    outer_height_mm: Mm
    tare_g: Grams
    max_load_g: Grams
    cost_minor: int = Field(ge=0, le=10_000_000)
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["CAD"])


class BoxesBody(Schema):
    boxes: list[BoxBody] = Field(max_length=1000)


class Archive(Schema):
    archived: bool = True


class ItemWithCodes(Schema):
    item: ItemInfo
    barcodes: list[BarcodeInfo]


@router.get("/items", response=Rows[ItemInfo])
def items(request: HttpRequest, asked: Annotated[ItemsAsked, Query(...)]) -> dict[str, Any]:
    """Items, by SKU."""
    return rows_of(selectors.items(scope_of(request, "see_stock"), asked.query()))


@router.get("/items/{item_id}", response=ItemWithCodes)
def item(request: HttpRequest, item_id: Id) -> dict[str, Any]:
    """One item with its barcodes."""
    scope = scope_of(request, "see_stock")
    return {"item": selectors.item(scope, item_id), "barcodes": selectors.barcodes_of(scope, [item_id]).get(item_id, [])}


@router.post("/items", response=list[ItemSaved | Refused])
def upsert_items(request: HttpRequest, body: ItemsBody, key: IdempotencyKey) -> list[ItemSaved | Refused]:
    """Create or change up to 1,000 items of a client, by SKU; one answer per item, in order."""
    wanted = [NewItem(**{**i.dict(exclude={"barcodes"}), "barcodes": tuple((c.code, c.quantity, c.level) for c in i.barcodes)}) for i in body.items]
    return services.upsert_items(key=key, actor=asker(request, "see_stock"), client_id=body.client_id, items=wanted)


@router.post("/items/{item_id}/archive", response=ItemInfo)
def archive_item(request: HttpRequest, item_id: Id, body: Archive, key: IdempotencyKey) -> ItemInfo:
    """Take an item out of use, or back in."""
    return services.archive_item(key=key, actor=asker(request, "manage_catalog"), item_id=item_id, archived=body.archived)


@router.post("/barcodes", response=list[ItemSaved | Refused])
def save_barcodes(request: HttpRequest, body: BarcodesBody, key: IdempotencyKey) -> list[ItemSaved | Refused]:
    """Give items up to 1,000 barcodes; one answer per barcode, in order."""
    wanted = [NewBarcode(b.sku, b.code, b.quantity, b.level) for b in body.barcodes]
    return services.save_barcodes(key=key, actor=asker(request, "see_stock"), client_id=body.client_id, barcodes=wanted)


class ComponentBody(Schema):
    item_id: Id
    quantity: int = Field(ge=1, le=MOST_OF_ONE)


class ComponentsBody(Schema):
    components: list[ComponentBody] = Field(max_length=MOST_COMPONENTS, description="Empty: it is no kit, but kept in stock itself.")


@router.get("/items/{item_id}/components", response=list[ComponentInfo])
def components(request: HttpRequest, item_id: Id) -> list[ComponentInfo]:
    """What one of a kit is made of; empty for other items."""
    scope = scope_of(request, "see_stock")
    selectors.item(scope, item_id)
    return selectors.components_of(scope, [item_id]).get(item_id, [])


@router.post("/items/{item_id}/components", response=list[ComponentInfo])
def set_components(request: HttpRequest, item_id: Id, body: ComponentsBody, key: IdempotencyKey) -> list[ComponentInfo]:
    """Make an item a kit of others. It is sold by its components and never stocked itself."""
    wanted: dict[int, int] = {}
    for c in body.components:
        wanted[c.item_id] = wanted.get(c.item_id, 0) + c.quantity
    return services.set_components(key=key, actor=asker(request, "manage_catalog"), item_id=item_id, components=wanted)


@router.get("/clients", response=Rows[ClientInfo])
def clients(request: HttpRequest, asked: ListAsked) -> dict[str, Any]:
    """Clients, by code."""
    return rows_of(selectors.clients(scope_of(request, "see_stock"), asked.query()))


@router.get("/clients/{client_id}", response=ClientInfo)
def client(request: HttpRequest, client_id: Id) -> ClientInfo:
    """One client."""
    return selectors.client(scope_of(request, "see_stock"), client_id)


@router.post("/clients", response=ClientInfo)
def create_client(request: HttpRequest, body: ClientBody, key: IdempotencyKey) -> ClientInfo:
    """A new client."""
    return services.create_client(key=key, actor=asker(request, "manage_catalog"), **body.dict())


@router.get("/boxes", response=Rows[BoxInfo])
def boxes(request: HttpRequest, asked: ListAsked) -> dict[str, Any]:
    """Boxes and mailers, by code."""
    return rows_of(selectors.box_page(scope_of(request, "see_stock"), asked.query()))


@router.post("/boxes", response=list[BoxInfo])
def upsert_boxes(request: HttpRequest, body: BoxesBody, key: IdempotencyKey) -> list[BoxInfo]:
    """Create or change boxes, by code; all or none."""
    return services.upsert_boxes(key=key, actor=asker(request, "manage_catalog"), boxes=[NewBox(**b.dict()) for b in body.boxes])
