"""What kits are made of."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import events, records, selectors
from packhorse.ground.catalog.errors import BadKit
from packhorse.ground.catalog.models import Component
from packhorse.ground.catalog.types import ComponentInfo
from packhorse.ground.people.history import sign

MOST_COMPONENTS: Final = 50
MOST_OF_ONE: Final = 10_000


@use_case
def set_components(*, key: UUID, actor: Actor, item_id: int, components: dict[int, int]) -> list[ComponentInfo]:
    """An item is a kit of so many of others from now on (item → quantity in one kit); of none: it is no kit any more. Orders taken before keep what they were promised.

    A component is an item of the same client, kept in stock itself: no kit in a kit.   Locks: the items.   Raises: NotAllowed, NotFound, BadKit.
    """
    items = records.lock_items([item_id, *components])
    if item_id not in items:
        raise NotFound(kind="item", ref=str(item_id))
    kit = items[item_id]
    authorize(actor, "manage_catalog", kit)
    if len(components) > MOST_COMPONENTS or any(not 0 < q <= MOST_OF_ONE for q in components.values()):
        raise BadKit(sku=kit.sku, reason=_("a kit has up to 50 components, each from 1 to 10000 times"))
    if item_id in components:
        raise BadKit(sku=kit.sku, reason=_("it would hold itself"))
    for pk in components:
        if pk not in items or items[pk].client_id != kit.client_id or items[pk].archived_at is not None:
            raise BadKit(sku=kit.sku, reason=_("a component is no item of this client"))
    inner = Component.objects.filter(kit_id__in=list(components)).select_related("kit").first()
    if inner is not None:
        raise BadKit(sku=kit.sku, reason=_("{sku} is a kit itself").format(sku=inner.kit.sku))
    outer = Component.objects.filter(item_id=item_id).select_related("kit").first() if components else None
    if outer is not None:
        raise BadKit(sku=kit.sku, reason=_("it is a component of the kit {sku}").format(sku=outer.kit.sku))
    sign()
    Component.objects.filter(kit_id=item_id).exclude(item_id__in=list(components)).delete()
    Component.objects.bulk_create(
        [Component(client_id=kit.client_id, kit_id=item_id, item_id=pk, quantity=q) for pk, q in sorted(components.items())],
        update_conflicts=True,
        unique_fields=["kit", "item"],
        update_fields=["quantity"],
    )
    emit(events.KitSaved(client_id=kit.client_id, item_id=item_id, components=len(components)))
    return selectors.components_of(EVERYTHING, [item_id]).get(item_id, [])
