"""Why a line was quarantined, in plain words. The code is stable; the words follow the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop as _

REASONS: dict[str, str] = {
    "bad_quantity": _("The quantity “{value}” is not a whole number."),
    "zero_quantity": _("The quantity is zero."),
    "bad_price": _("The price “{value}” is not a number."),
    "negative_price": _("The price {value} is negative, and this is not a fee."),
    "bad_date": _("The date “{value}” is not a date that can be read."),
    "bad_currency": _("“{value}” is not a three-letter currency code."),
    "no_currency": _("No currency is given, neither in the line nor for the file."),
    "missing": _("{column} is empty."),
    "too_long": _("{column} has {length} characters; {limit} is the most."),
    "bad_text": _("{column} holds characters that cannot be stored (a NUL or half of a pair)."),
    "bad_kind": _("“{value}” is not a kind of line (sale, return, adjustment, fee)."),
    "bad_service": _("“{value}” is not a service (standard, express, same_day)."),
    "bad_gift_wrap": _("“{value}” does not say whether the gift is wrapped (yes, no)."),
    "bad_ship_complete": _("“{value}” does not say whether the order ships complete (yes, no)."),
    "bad_priority": _("“{value}” is not a priority (a whole number from 0 to {limit})."),
    "too_few_columns": _("The line has {found} columns where the heading has {wanted}; it may be cut off."),
    "too_many_columns": _("The line has {found} columns where the heading has {wanted}."),
    "open_quote": _("A quotation mark is opened and never closed."),
    "bad_quotes": _("The quotation marks of the line do not pair up."),
    "bad_encoding": _("The line is not valid {encoding}."),
    "not_json": _("The line is not JSON: {detail}."),
    "not_an_object": _("A JSON object is wanted here, not {value}."),
    "no_lines": _("The order has no lines."),
    "positive_return": _("A return or cancellation must have a negative quantity; this one is {value}."),
    "negative_sale": _("A sale must have a positive quantity; this one is {value}."),
    "other_currency": _("The order's first line is in {first}; this one is in {value}."),
    "same_line_other_content": _("Line {value} of this order came earlier in the file with other content."),
    "same_order_other_content": _("Order {value} came earlier in the file with other content."),
}


class Bad(Exception):
    """The value cannot be taken; `code` is a key of `REASONS`, `data` fills it."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    @property
    def reason(self) -> str:
        return explain(self.code, **self.data)


def explain(code: str, **data: object) -> str:
    """The reason in the reader's language; long values are cut to 60 characters."""
    return gettext(REASONS[code]).format(**{key: _short(value) for key, value in data.items()})


def _short(value: object) -> str:
    text = printable(str(value))
    return text if len(text) <= 60 else text[:59] + "…"


def printable(text: str, limit: int = 8000) -> str:
    """The text as it can be stored and shown: NULs and lone surrogates escaped, cut at `limit` with the rest counted."""
    if not text.isascii() or "\x00" in text:
        text = text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= limit else f"{text[:limit]}… (+{len(text) - limit})"
