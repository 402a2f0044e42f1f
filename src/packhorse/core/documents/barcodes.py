"""Barcodes as modules, written by zxing-cpp: sized to whole printer dots for labels, as SVG for pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

import zxingcpp

from packhorse.core.documents.types import Symbology
from packhorse.core.errors import Invalid
from packhorse.core.scan import check_digit

#: Quiet zone on each side, in modules: ISO/IEC 15417 (Code 128), 16022 (DataMatrix), 18004 (QR).
QUIET: Final[dict[Symbology, int]] = {"code128": 10, "gs1-128": 10, "datamatrix": 1, "gs1-datamatrix": 1, "qr": 4}

_FORMATS: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "code128": (zxingcpp.BarcodeFormat.Code128, {}),
    "gs1-128": (zxingcpp.BarcodeFormat.Code128, {"gs1": True}),
    "datamatrix": (zxingcpp.BarcodeFormat.DataMatrix, {"force_square": True}),
    "gs1-datamatrix": (zxingcpp.BarcodeFormat.DataMatrix, {"gs1": True, "force_square": True}),
    "qr": (zxingcpp.BarcodeFormat.QRCode, {}),
}
_LINEAR: Final = frozenset({"code128", "gs1-128"})


@dataclass(frozen=True, slots=True)
class Bars:
    """A barcode without quiet zone: `width` × `height` modules (a linear one is 1 high) and the dark ones as an SVG path in modules."""

    width: int
    height: int
    path: str

    @property
    def svg(self) -> str:
        """The bars alone, to be stretched to any size."""
        box = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box} preserveAspectRatio="none" shape-rendering="crispEdges"><path d="{self.path}"/></svg>'


def _runs(row: Any, width: int, y: int) -> list[str]:
    found, start = [], -1
    for x in range(width + 1):
        dark = x < width and row[x] == 0
        if dark and start < 0:
            start = x
        elif not dark and start >= 0:
            found.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = -1
    return found


@lru_cache(maxsize=512)
def bars(text: str, symbology: Symbology) -> Bars:
    """The modules of a barcode. GS1 symbologies take element strings with bracketed application identifiers: `(00)340123450000000018`.

    Raises: Invalid (the text does not fit the symbology).
    """
    kind, options = _FORMATS[symbology]
    try:
        image: Any = zxingcpp.create_barcode(text, kind, **options).to_image(scale=1, add_quiet_zones=False)
    except ValueError as error:
        raise Invalid(field="barcode", reason=f"{text!r}: {error}") from None
    pixels: Any = memoryview(image).tolist()
    rows = pixels[:1] if symbology in _LINEAR else pixels
    width = len(rows[0])
    return Bars(width, len(rows), "".join(run for y, row in enumerate(rows) for run in _runs(row, width, y)))


def dots_per_module(found: Bars, symbology: Symbology, room_dots: int, most: int = 4) -> int:
    """How many whole printer dots wide a module may be so that the barcode and its quiet zones fit into `room_dots`.

    Raises: Invalid (not even one dot fits).
    """
    fits = room_dots // (found.width + 2 * QUIET[symbology])
    if fits < 1:
        raise Invalid(field="barcode", reason="too long for {room} dots", room=room_dots)
    return min(fits, most)


def barcode_svg(text: str, symbology: Symbology = "code128") -> str:
    """A barcode with its quiet zone as an SVG element for a page: sized by CSS, black on white in every theme, named for those who cannot see it.

    Raises: Invalid.
    """
    found = bars(text, symbology)
    quiet = QUIET[symbology]
    height = max(30, found.width // 4) if symbology in _LINEAR else found.height
    tall = height + (0 if symbology in _LINEAR else 2 * quiet)
    wide = found.width + 2 * quiet
    move = f"translate({quiet} 0) scale(1 {height})" if symbology in _LINEAR else f"translate({quiet} {quiet})"
    name = escape(text, {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{name}" viewBox="0 0 {wide} {tall}" width="{wide * 2}" height="{tall * 2}" shape-rendering="crispEdges">'
        f'<rect width="{wide}" height="{tall}" fill="#fff"/><path transform="{move}" d="{found.path}" fill="#000"/></svg>'
    )


def sscc(company_prefix: str, serial: int, extension: int = 0) -> str:
    """The 18 digits of a serial shipping container code: extension digit, GS1 company prefix (4 to 12 digits), serial, check digit (GS1 General Specifications 3.2).

    Raises: Invalid.
    """
    if not (company_prefix.isascii() and company_prefix.isdigit() and 4 <= len(company_prefix) <= 12):
        raise Invalid(field="company_prefix", reason="a GS1 company prefix has 4 to 12 digits")
    places = 16 - len(company_prefix)
    if not (0 <= serial < 10**places and 0 <= extension <= 9):
        raise Invalid(field="serial", reason="{places} digits fit beside this prefix", places=places)
    body = f"{extension}{company_prefix}{serial:0{places}d}"
    return f"{body}{check_digit(body)}"
