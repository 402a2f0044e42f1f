"""Stored codes as words in the reader's language: `out_for_delivery` is *out for delivery*, *en cours de livraison*.

Screens name their states in `words.py` of their room; this is for what carries a code into a sentence: events, refusals, the badge of a state without words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop as _

#: Words that only stand in codes: here for the catalogue of translations.
ONLY_IN_CODES: Final = (
    *(_("see stock"), _("see orders"), _("see money"), _("see insights"), _("see settings"), _("manage people"), _("manage catalog"), _("manage settings")),
    *(_("adjust stock"), _("purchase"), _("take orders"), _("edit orders"), _("hold orders"), _("take payment"), _("ship"), _("track"), _("deliver")),
    *(_("approve returns"), _("receive return"), _("inspect"), _("import data"), _("run system")),
    *(_("announced"), _("at point"), _("attempted"), _("collected"), _("departed"), _("sorted"), _("nobody home"), _("no scan"), _("returning")),
    *(_("delivery problem"), _("return label"), _("authorise"), _("insufficient funds"), _("partly captured"), _("pending"), _("buying"), _("closing")),
    *(
        _("void asked"),
        _("voided"),
        _("cheapest"),
        _("evidence"),
        _("recount"),
        _("review"),
        _("restock"),
        _("short pick"),
        _("zero check"),
        _("not found on the shelf"),
        _("wrong item"),
    ),
    *(_("cheapest box and expected postage"), _("other pieces came than were planned")),
    *(_("password"), _("badge"), _("code")),
    *(_("fulfillment order"), _("order line"), _("pick task"), _("parked event"), _("hold"), _("truck"), _("dock"), _("item"), _("user")),
)
_CODE: Final = re.compile(r"[a-z]+(?:[_ ][a-z]+)*")


def _known(code: str) -> str:
    """The words of the catalogue for a code, small or capital; empty where it has none."""
    plain = code.replace("_", " ")
    for words in (plain, capfirst(plain)):
        translated = gettext(words)
        if translated != words:
            return translated[:1].lower() + translated[1:]
    return ""


def in_words(code: str) -> str:
    """A code as words, translated where the catalogue knows them."""
    return _known(code) or code.replace("_", " ")


def said(text: str) -> str:
    """What a person or a program gave as a text: in the reader's words if it is a code that the catalogue knows, else as it is; a code without its underscores in any case."""
    return in_words(text) if _CODE.fullmatch(text) else text


def fillings(data: Mapping[str, Any], names: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """What a sentence is filled with: its data, with the codes that the catalogue knows in the reader's words; anything else as it is. `names`: a field's codes that have names of their own."""
    known = names or {}
    return {name: str(known.get(name, {}).get(value) or said(value)) if isinstance(value, str) else value for name, value in data.items()}
