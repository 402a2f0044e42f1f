"""PDFs, set by typst. One compiler per template and process stays warm; what is printed goes in as JSON, never into the template's source.

The fonts are ours (fonts/LICENSE), so a document looks the same on every machine; letters they do not have (Chinese, for one) print as empty boxes.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import typst
from django.utils import translation
from django.utils.translation import gettext as _, pgettext

from packhorse.core.documents import layout
from packhorse.core.documents.barcodes import bars, dots_per_module
from packhorse.core.documents.types import ContentsList, PackingSlip, PickList, ShippingLabel, SmallLabel, Symbology, UnitLabel

_HERE: Final = Path(__file__).parent
_Document = TypeVar("_Document", ShippingLabel, PackingSlip, PickList, ContentsList)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")])


class _Template:
    """A template's compiler and the lock that lets one thread at a time use it."""

    def __init__(self, name: str) -> None:
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(input=str(_HERE / "typst" / f"{name}.typ"), root=str(_HERE / "typst"), font_paths=_fonts(), ignore_system_fonts=True)

    def render(self, data: dict[str, Any], day: dt.date) -> bytes:
        """The PDF. The day of the document is its creation date, so that the same content is the same bytes."""
        moment = dt.datetime.combine(day, dt.time(), dt.UTC)
        with self._lock:
            made = self._compiler.compile(format="pdf", sys_inputs={"data": json.dumps(data)}, timestamp=int(moment.timestamp()), pdf_tags=False)
        assert isinstance(made, bytes)
        return made


@cache
def _template(name: str) -> _Template:
    return _Template(name)


def _code(text: str, symbology: Symbology, room_dots: int, most: int = 4) -> dict[str, Any]:
    """A barcode for a template: SVG, its size in dots, and the text to print under it."""
    found = bars(text, symbology)
    dots = dots_per_module(found, symbology, room_dots, most)
    return {"svg": found.svg, "width": found.width * dots, "height": found.height * dots, "text": text}


def _each(documents: Sequence[_Document], said: Callable[[_Document], dict[str, Any]]) -> list[dict[str, Any]]:
    """What each document says to its template, in its own language."""
    assert documents, "nothing to print"
    data = []
    for document in documents:
        with translation.override(document.language):
            data.append(said(document))
    return data


def _label(label: ShippingLabel) -> dict[str, Any]:
    return {
        "from": [line for line in label.ship_from if line],
        "to": [line for line in label.ship_to if line],
        "carrier": label.carrier,
        "service": label.service,
        "facts": layout.facts(label),
        "marks": list(label.marks),
        "routing": _code(label.routing, "gs1-128", layout.ROOM, 3) if label.routing else None,
        "tracking": _code(label.tracking_number, "code128", layout.ROOM),
        "sscc": _code(f"(00){label.sscc}", "gs1-128", layout.ROOM) if label.sscc else None,
        "return": _code(label.return_number, "qr", 150, 6) if label.return_number else None,
        "words": layout.words(),
    }


def labels_pdf(labels: Sequence[ShippingLabel]) -> bytes:
    """Shipping labels, 4 × 6 inch, one a page, in one file.

    Raises: Invalid (a number that its barcode cannot carry).
    """
    return _template("label").render({"labels": _each(labels, _label)}, labels[0].ships_on)


def label_pdf(label: ShippingLabel) -> bytes:
    """One shipping or return label, 4 × 6 inch; see `labels_pdf`."""
    return labels_pdf([label])


def small_labels_pdf(labels: Sequence[SmallLabel], day: dt.date) -> bytes:
    """Location, tote or item labels, 3 × 1 inch, one a page.

    Raises: Invalid (a code that its barcode cannot carry).
    """
    assert labels, "nothing to print"
    data = []
    for label in labels:
        room = layout.SMALL_ROOM if label.symbology == "code128" else layout.SMALL_SQUARE
        most = 3 if label.symbology == "code128" else layout.SMALL_MODULE
        data.append(
            {"code": _code(label.code, label.symbology, room, most), "square": label.symbology != "code128", "title": label.title, "subtitle": label.subtitle}
        )
    return _template("small").render({"labels": data}, day)


def unit_labels_pdf(labels: Sequence[UnitLabel]) -> bytes:
    """Labels of parcels and handling units, 4 × 6 inch, one a page.

    Raises: Invalid (a number that its barcode cannot carry).
    """
    assert labels, "nothing to print"
    data = [
        {
            "title": label.title,
            "code": _code(label.code, "code128", layout.ROOM),
            "facts": [[what, value] for what, value in label.facts],
            "sscc": _code(f"(00){label.sscc}", "gs1-128", layout.ROOM) if label.sscc else None,
        }
        for label in labels
    ]
    return _template("unit").render({"labels": data}, labels[0].made_on)


def _paper(document: PackingSlip | PickList | ContentsList) -> dict[str, Any]:
    """What every document on paper says to its template, in the active language."""
    return {"paper": "us-letter" if document.paper == "letter" else "a4", "language": document.language[:2], "words": layout.words()}


def _slip(slip: PackingSlip) -> dict[str, Any]:
    return _paper(slip) | {
        "brand": slip.brand.name,
        "colour": slip.brand.colour,
        "contact": slip.brand.contact,
        "title": _("Packing slip"),
        "code": _code(slip.order_number, "code128", 600, 2),
        "facts": [
            [_("Order"), slip.order_number],
            [_("Ordered on"), slip.ordered_on.isoformat()],
            *([[_("Reference"), slip.reference]] if slip.reference else []),
            *([[_("Parcel"), layout.n_of_m(slip.parcel, slip.parcels)]] if slip.parcels > 1 else []),
        ],
        "from": [line for line in slip.ship_from if line],
        "to": [line for line in slip.ship_to if line],
        "heads": [_("Item"), _("Description"), pgettext("how many", "Quantity"), *([_("Price"), _("Amount")] if slip.with_prices else [])],
        "lines": [
            [line.sku, line.name, line.note, str(line.quantity), *([line.price, str(line.amount) if line.amount else ""] if slip.with_prices else [])]
            for line in slip.lines
        ],
        "totals": [[what, str(amount)] for what, amount in slip.totals] if slip.with_prices else [],
        "units": _("{count} pieces").format(count=sum(line.quantity for line in slip.lines)),
        "message": slip.message,
        "message_head": _("A gift for you") if slip.gift else "",
    }


def packing_slips_pdf(slips: Sequence[PackingSlip]) -> bytes:
    """Packing slips in one file, each in its brand's name and colour and its customer's language, A4 or Letter, as many pages as its lines need.

    Raises: Invalid (an order number that its barcode cannot carry).
    """
    return _template("slip").render({"documents": _each(slips, _slip)}, slips[0].ordered_on)


def packing_slip_pdf(slip: PackingSlip) -> bytes:
    """One packing slip; see `packing_slips_pdf`."""
    return packing_slips_pdf([slip])


def _head(word: str, *, wide: bool = False, end: bool = False, strong: bool = False) -> dict[str, Any]:
    """A column of a list on paper."""
    return {"word": word, "wide": wide, "end": end, "strong": strong}


def _picks(picks: PickList) -> dict[str, Any]:
    return _paper(picks) | {
        "title": _("Pick list {number}").format(number=picks.number),
        "said": [picks.warehouse, f"{picks.made_at:%Y-%m-%d %H:%M}", _("{count} pieces").format(count=sum(line.quantity for line in picks.lines))],
        "code": _code(picks.number, "code128", 600, 2),
        "heads": [
            _head(_("Location"), strong=True),
            _head(_("Item")),
            _head(_("Description"), wide=True),
            _head(_("Lot")),
            _head(pgettext("how many", "Quantity"), end=True, strong=True),
            _head(_("Into")),
        ],
        "lines": [[line.location, line.sku, line.name, line.lot, str(line.quantity), line.target] for line in picks.lines],
        "ticks": True,
    }


def pick_lists_pdf(lists: Sequence[PickList]) -> bytes:
    """Walks on paper in one file: the stops of each in order, with a box to tick.

    Raises: Invalid (a number that its barcode cannot carry).
    """
    return _template("sheet").render({"documents": _each(lists, _picks)}, lists[0].made_at.date())


def _contents(found: ContentsList) -> dict[str, Any]:
    inside = any(line.within for line in found.lines)
    lots = any(line.lot for line in found.lines)
    return _paper(found) | {
        "title": _("Contents of {number}").format(number=found.number),
        "said": [*found.said, _("{count} pieces").format(count=sum(line.quantity for line in found.lines))],
        "code": _code(found.number, "code128", 600, 2),
        "heads": [
            *([_head(_("In"), strong=True)] if inside else []),
            _head(_("Item"), strong=not inside),
            _head(_("Description"), wide=True),
            *([_head(_("Lot"))] if lots else []),
            _head(pgettext("how many", "Quantity"), end=True, strong=True),
        ],
        "lines": [[*([line.within] if inside else []), line.sku, line.name, *([line.lot] if lots else []), str(line.quantity)] for line in found.lines],
        "ticks": False,
    }


def contents_lists_pdf(lists: Sequence[ContentsList]) -> bytes:
    """What is in parcels and on handling units, in one file.

    Raises: Invalid (a number that its barcode cannot carry).
    """
    return _template("sheet").render({"documents": _each(lists, _contents)}, lists[0].made_on)
