"""Labels for Zebra printers at 203 dpi, from our own layout. Every text is escaped; Code 128 chooses its own subsets, so that what is printed is known to the last bar."""

from __future__ import annotations

import re
from typing import Final

from django.utils import translation

from packhorse.core.documents import layout
from packhorse.core.documents.barcodes import bars, dots_per_module
from packhorse.core.documents.types import ShippingLabel, SmallLabel, UnitLabel
from packhorse.core.errors import Invalid

_START: Final = {"B": ">:", "C": ">;"}
_SWITCH: Final = {"B": ">6", "C": ">5"}
_SPECIAL: Final = re.compile(r"[\^~_\\]|[\x00-\x1f\x7f]")
_ELEMENT: Final = re.compile(r"\((\d{2,4})\)([^(]+)")
#: Application identifiers whose length is fixed, so that no separator follows them (GS1 General Specifications, figure 7.8.5-2).
_FIXED: Final = frozenset({"00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "31", "32", "33", "34", "35", "36", "41"})


def _hex(text: str) -> str:
    """A field's data under ^FH: what ZPL would take for a command, as its code."""
    return _SPECIAL.sub(lambda m: f"_{ord(m.group()):02X}", text)


def _text(x: int, y: int, size: int, text: str, *, width: int = 0, align: str = "L") -> str:
    """A line of text with the printer's scalable font 0, cut at `width` dots."""
    if not text:
        return ""
    block = f"^FB{width},1,0,{align}" if width else ""
    return f"^FO{x},{y}^A0N,{size},{size}{block}^FH_^FD{_hex(text)}^FS"


def _subsets(text: str) -> tuple[str, int]:
    """Code 128 data with its subset codes written out (`>:` start B, `>;` start C, `>5` to C, `>6` to B, `>8` FNC1), and how many symbols that is.

    `text` holds printable ASCII and \\x1d for FNC1. Runs of four digits and more go into C, two to a symbol.
    """
    parts = re.findall(r"\x1d|(?:\d\d){2,}|[^\x1d\d]+|\d", text)
    wanted = ["" if part == "\x1d" else "C" if len(part) >= 4 and part.isdigit() else "B" for part in parts]
    current = next(filter(None, wanted), "B")
    found, symbols = _START[current], 0
    for part, subset in zip(parts, wanted, strict=True):
        if not subset:
            found, symbols = found + ">8", symbols + 1
            continue
        if subset != current:
            found, symbols, current = found + _SWITCH[subset], symbols + 1, subset
        found += part if subset == "C" else part.replace(">", ">0")
        symbols += len(part) // 2 if subset == "C" else len(part)
    return found, symbols


def code128(text: str) -> tuple[str, int]:
    """The ^BC data of a text in Code 128 (mode N, subset codes written out) and its width in modules.

    Raises: Invalid (what is not printable ASCII).
    """
    if not text or not re.fullmatch(r"[\x20-\x7e\x1d]+", text):
        raise Invalid(field="barcode", reason="{text}: Code 128 takes printable ASCII", text=repr(text))
    data, symbols = _subsets(text)
    return data, 11 * (symbols + 2) + 13  # start, check, stop


def gs1(text: str) -> str:
    """A bracketed element string as it stands in a symbol: FNC1 (as \\x1d) in front, and after each element of variable length but the last.

    Raises: Invalid.
    """
    elements = _ELEMENT.findall(text)
    if "".join(f"({ai}){value}" for ai, value in elements) != text or not elements:
        raise Invalid(field="barcode", reason="{text}: not an element string", text=repr(text))
    last = len(elements) - 1
    return "\x1d" + "".join(f"{ai}{value}" + ("" if n == last or ai[:2] in _FIXED else "\x1d") for n, (ai, value) in enumerate(elements))


def _bars(y: int, high: int, text: str, *, room: int, width: int, most: int, caption: str = "", size: int = 0) -> str:
    """A Code 128 in the middle with its text below."""
    data, modules = code128(text)
    dots = min(most, room // (modules + 20))
    if dots < 1:
        raise Invalid(field="barcode", reason="too long for {room} dots", room=room)
    x = (width - modules * dots) // 2
    return f"^FO{x},{y}^BY{dots},3,{high}^BCN,{high},N,N,N,N^FH_^FD{_hex(data)}^FS" + (
        _text(16, y + high + 8, size, caption, width=width - 32, align="C") if caption else ""
    )


def label_zpl(label: ShippingLabel) -> str:
    """One shipping or return label, 4 × 6 inch, as ZPL II in UTF-8.

    Raises: Invalid (a number that its barcode cannot carry).
    """
    with translation.override(label.language):
        words, facts = layout.words(), layout.facts(label)
    rule = "".join(f"^FO16,{y}^GB780,2,2^FS" for y in (92, 280, 528, 692, 932, 1140))
    out = [f"^XA^CI28^PW{layout.WIDTH}^LL{layout.HEIGHT}^LH0,0", rule]
    out.append(_text(layout.MARGIN, 28, 34, label.carrier, width=300))
    out.append(_text(340, 22, 52, label.service, width=448, align="R"))
    out.append(_text(layout.MARGIN, layout.TOP_FROM, 18, words["from"]))
    out += [_text(layout.MARGIN, 126 + 25 * n, 23, line, width=440) for n, line in enumerate([x for x in label.ship_from if x][:6])]
    for n, (what, value) in enumerate(facts):
        out.append(_text(490, layout.TOP_FROM + 30 * n, 20, what, width=90))
        out.append(_text(580, layout.TOP_FROM + 30 * n, 24, value, width=210))
    out.append(_text(layout.MARGIN, layout.TOP_TO, 18, words["to"]))
    room = 560 if label.return_number else 764
    out += [_text(layout.MARGIN, 316 + 35 * n, 34, line, width=room) for n, line in enumerate([x for x in label.ship_to if x][:6])]
    if label.return_number:
        out.append(f"^FO640,296^BQN,2,5^FH_^FDMA,{_hex(label.return_number)}^FS")
        out.append(_text(600, 470, 30, words["return"], width=188, align="R"))
    if label.routing:
        out.append(
            _bars(layout.TOP_ROUTING, layout.HIGH_ROUTING, gs1(label.routing), room=layout.ROOM, width=layout.WIDTH, most=3, caption=label.routing, size=24)
        )
    out.append(
        _bars(
            layout.TOP_TRACKING,
            layout.HIGH_TRACKING,
            label.tracking_number,
            room=layout.ROOM,
            width=layout.WIDTH,
            most=4,
            caption=label.tracking_number,
            size=32,
        )
    )
    if label.sscc:
        code = f"(00){label.sscc}"
        out.append(_bars(layout.TOP_SSCC, layout.HIGH_SSCC, gs1(code), room=layout.ROOM, width=layout.WIDTH, most=4, caption=code, size=24))
    out.append(_text(layout.MARGIN, layout.TOP_FOOT, 40, "   ".join(label.marks), width=764))
    out.append("^XZ")
    return "\n".join(part for part in out if part) + "\n"


def small_label_zpl(label: SmallLabel) -> str:
    """A location, tote or item label, 3 × 1 inch.

    Raises: Invalid (a code that its barcode cannot carry).
    """
    head = f"^XA^CI28^PW{layout.SMALL_WIDTH}^LL{layout.SMALL_HEIGHT}^LH0,0"
    if label.symbology == "datamatrix":
        found = bars(label.code, "datamatrix")
        dots = dots_per_module(found, "datamatrix", layout.SMALL_SQUARE, layout.SMALL_MODULE)
        left = 16 + found.width * dots + 24
        code = f"^FO16,{(layout.SMALL_HEIGHT - found.height * dots) // 2}^BXN,{dots},200^FH_^FD{_hex(label.code)}^FS"
        lines = ((24, 56, label.code), (100, 28, label.title), (150, 24, label.subtitle))
        rest = [_text(left, y, size, text, width=593 - left) for y, size, text in lines]
    else:
        code = _bars(10, 92, label.code, room=layout.SMALL_ROOM, width=layout.SMALL_WIDTH, most=3)
        rest = [
            _text(16, 118, 56, label.code, width=380),
            _text(410, 118, 26, label.title, width=183, align="R"),
            _text(410, 152, 22, label.subtitle, width=183, align="R"),
        ]
    return "\n".join([head, code, *[r for r in rest if r], "^XZ"]) + "\n"


def unit_label_zpl(label: UnitLabel) -> str:
    """A label of a parcel or a handling unit, 4 × 6 inch.

    Raises: Invalid (a number that its barcode cannot carry).
    """
    out = [f"^XA^CI28^PW{layout.WIDTH}^LL{layout.HEIGHT}^LH0,0", "".join(f"^FO16,{y}^GB780,2,2^FS" for y in (214, 562, 834))]
    out += [_text(layout.MARGIN, 28, 36, label.title, width=764), _text(layout.MARGIN, 90, 100, label.code, width=764)]
    for n, (what, value) in enumerate(label.facts[:7]):
        out += [_text(layout.MARGIN, 236 + 45 * n, 30, what, width=190), _text(224, 234 + 45 * n, 36, value, width=560)]
    out.append(_bars(586, 180, label.code, room=layout.ROOM, width=layout.WIDTH, most=4, caption=label.code, size=34))
    if label.sscc:
        code = f"(00){label.sscc}"
        out.append(_text(layout.MARGIN, 850, 28, "SSCC"))
        out.append(_bars(896, 240, gs1(code), room=layout.ROOM, width=layout.WIDTH, most=4, caption=code, size=36))
    return "\n".join([*(part for part in out if part), "^XZ"]) + "\n"
