"""What happened in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class _AboutClient(Event):
    client_id: int

    about = ("catalog.client", "client_id")


@dataclass(frozen=True, kw_only=True)
class ClientCreated(_AboutClient):
    code: str
    sentence = _("Client {code} created")


@dataclass(frozen=True, kw_only=True)
class ClientChanged(_AboutClient):
    sentence = _("Client changed")


@dataclass(frozen=True, kw_only=True)
class ClientArchived(_AboutClient):
    sentence = _("Client archived")


@dataclass(frozen=True, kw_only=True)
class ItemsSaved(_AboutClient):
    """A set of items was created or changed; one event for all of them, their rows' history tells the rest."""

    created: int
    changed: int
    sentence = _("Items saved: {created} new, {changed} changed")


@dataclass(frozen=True, kw_only=True)
class ItemArchived(Event):
    client_id: int
    item_id: int
    archived: bool
    sentence = _("Item archived")
    about = ("catalog.item", "item_id")


@dataclass(frozen=True, kw_only=True)
class KitSaved(Event):
    """A kit is made of other items than before; of none: it is no kit."""

    client_id: int
    item_id: int
    components: int
    sentence = _("Made of {components} components")
    about = ("catalog.item", "item_id")


@dataclass(frozen=True, kw_only=True)
class BoxesSaved(Event):
    created: int
    changed: int
    sentence = _("Boxes saved: {created} new, {changed} changed")
