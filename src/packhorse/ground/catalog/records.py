"""Catalogue rows under lock."""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.core.errors import NotFound
from packhorse.ground.catalog.models import Client, Item


def lock_client(client_id: int) -> Client:
    """Raises: NotFound."""
    found = Client.objects.select_for_update().filter(pk=client_id).first()
    if found is None:
        raise NotFound(kind="client", ref=str(client_id))
    return found


def lock_items(item_ids: Iterable[int]) -> dict[int, Item]:
    """Items by id; those that do not exist are left out."""
    return {i.pk: i for i in Item.objects.select_for_update().filter(pk__in=set(item_ids)).order_by("pk")}


def lock_item(item_id: int) -> Item:
    """Raises: NotFound."""
    found = Item.objects.select_for_update().filter(pk=item_id).first()
    if found is None:
        raise NotFound(kind="item", ref=str(item_id))
    return found
