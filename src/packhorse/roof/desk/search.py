"""The search box and the universal scan: what a text may mean, asked of every step, of the ground, and of the pages themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from packhorse.core import discover
from packhorse.core.actors import Actor
from packhorse.core.scan import Context, Scan, parse
from packhorse.core.web import menu
from packhorse.core.web.panels import Hit
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.house import STEPS
from packhorse.roof.desk.home import may_follow

#: The most hits that are shown.
MOST = 40


def find(request: HttpRequest, actor: Actor, text: str) -> list[Hit]:
    """What the text may mean, exact names first, then in the order of the house; only what the actor may open. Empty for an empty text."""
    wanted = text.replace("\x00", "").strip()[:200]
    if not wanted:
        return []
    found = [h for h in _of_steps(actor, wanted) if may_follow(actor, h.url)]
    named = {str(h.title).upper() for h in found if h.exact}
    found += [h for h in _of_ground(actor, parse(wanted)) if str(h.title).upper() not in named and may_follow(actor, h.url)]
    found += _pages(request, actor, wanted)
    exact_first = sorted(found, key=lambda h: not h.exact)
    once: dict[str, Hit] = {}
    for hit in exact_first:
        once.setdefault(hit.url, hit)
    return list(once.values())[:MOST]


def the_one(hits: list[Hit], text: str) -> Hit | None:
    """The hit that Enter (or a scan) opens at once: the only exact one (better: the only one of that very name), or the only one.

    Where several steps know one thing by the same name (a tracking number), the latest step's.
    """
    exact = [h for h in hits if h.exact]
    named = [h for h in exact if str(h.title).upper() == text.strip().upper()] or exact
    if named and len({str(h.title).upper() for h in named}) == 1 and len({str(h.kind) for h in named}) == len(named):
        return named[-1]
    return hits[0] if len(hits) == 1 else None


def _of_steps(actor: Actor, text: str) -> Iterator[Hit]:
    for step in STEPS:
        ask = getattr(discover.module(f"packhorse.steps.{step.room}", "panel"), "search", None)
        if ask is not None:
            yield from ask(actor.scope, text)


def _of_ground(actor: Actor, scan: Scan) -> Iterator[Hit]:
    """Places by their code, and items that no step knows yet by their barcode."""
    context = Context(actor.scope)
    for match in warehouses.resolve(scan, context):
        yield Hit(match.title, _("Place"), reverse("warehouse:location", args=[match.ref.id]), match.detail, exact=True)
    for match in catalog.resolve(scan, context):
        yield Hit(match.title, _("Item"), reverse("inventory:item", args=[match.ref.id]), match.detail, exact=True)


def _pages(request: HttpRequest, actor: Actor, text: str) -> list[Hit]:
    """Pages of the menu and of the settings by name: a name that begins with the text, or a word of it."""
    wanted = text.casefold()
    found = [(str(item.label), item.url) for group in menu.items(request) for item in group]
    found += [(str(entry.label), reverse(entry.url)) for entry in menu.settings_entries(actor)]
    by_url = {url: label for label, url in found}
    return [
        Hit(label, _("Page"), url, exact=label.casefold() == wanted)
        for url, label in by_url.items()
        if any(part.startswith(wanted) for part in (label.casefold(), *label.casefold().split()))
    ]
