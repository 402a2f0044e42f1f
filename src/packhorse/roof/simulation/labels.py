"""What virtual workers scan: the labels on bins, totes and goods, read as a scanner's text and resolved by the same rules as a person's scan. A label is asked about once and kept in mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from packhorse.core.actors import EVERYTHING
from packhorse.core.scan import Context, Match, parse
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking.types import Scanned

#: How a reader announces GS1-128 (GS1 General Specifications, symbology identifiers).
GS1_128: Final = "]C1"


class Labels:
    """The labels of one warehouse. `barcodes`: the GTIN on each item, by SKU; where an item has none, its SKU is on it."""

    def __init__(self, warehouse_id: int, client_id: int, barcodes: Mapping[str, str]) -> None:
        self._context = Context(EVERYTHING, warehouse_id, client_id)
        self._barcodes = barcodes
        self._read: dict[str, Scanned] = {}

    def on_goods(self, sku: str, lot: str | None = None) -> str:
        """What is printed on a piece: its GTIN, with the lot as GS1-128 where it has one."""
        code = self._barcodes.get(sku, sku)
        return f"{GS1_128}01{code.zfill(14)}10{lot}" if lot and code.isdigit() else code

    def scan(self, text: str) -> Scanned:
        """Scan a label. A plain code is a place before it is anything else."""
        if text not in self._read:
            scan = parse(text)
            places = tuple(warehouses.resolve(scan, self._context))
            self._read[text] = Scanned(scan, places, () if places else tuple(catalog.resolve(scan, self._context)))
        return self._read[text]

    def place(self, code: str) -> int:
        """The place whose label says this.   Raises: LookupError if there is none."""
        return _only(self.scan(code).places, code)

    def item(self, sku: str) -> int:
        """The item whose piece is scanned.   Raises: LookupError if there is none."""
        return _only(self.scan(self.on_goods(sku)).items, sku)


def _only(found: Sequence[Match], text: str) -> int:
    if not found:
        raise LookupError(f"nothing is labelled {text}")
    return found[0].ref.id
