"""How items are packed, and how a client's parcels are."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.catalog.models import Client, Item
from packhorse.steps.packing.events import ProcedureSaved
from packhorse.steps.packing.models import Procedure
from packhorse.steps.packing.policy import PackPolicy, keep
from packhorse.steps.packing.types import MARKS


@use_case
def save_procedure(*, key: UUID, actor: Actor, item_id: int, steps: str, marks: list[str], photo_id: int | None = None) -> int:
    """How an item is packed: steps shown at the bench, marks that go on its parcels, a photo. Without a new photo the one there was stays.

    Locks: the procedure.   Raises: NotAllowed, NotFound, Invalid.
    """
    item = Item.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound(kind="item", ref=str(item_id))
    authorize(actor, "manage_catalog", item)
    if unknown := set(marks) - set(MARKS):
        raise Invalid(field="marks", reason=_("one of: {reasons}").format(reasons=", ".join(MARKS)) + f" ({', '.join(sorted(unknown))})")
    if len(steps) > 2000:
        raise Invalid(field="steps", reason=_("at most 2000 letters"))
    row = Procedure.objects.select_for_update(of=("self",)).filter(item=item).first() or Procedure(item=item, client_id=item.client_id)
    row.steps, row.marks, row.changed_at = steps.strip(), [m for m in MARKS if m in marks], work.current().at
    if photo_id is not None:
        row.photo_id = photo_id
    row.save()
    emit(ProcedureSaved(client_id=item.client_id, item_id=item.pk))
    return item.pk


@use_case
def set_policy(*, key: UUID, actor: Actor, client_id: int, policy: PackPolicy) -> PackPolicy:
    """How a client's goods are packed from now on.

    Raises: NotAllowed, NotFound, Invalid.
    """
    authorize(actor, "manage_settings", client_id=client_id)
    if not Client.objects.filter(pk=client_id).exists():
        raise NotFound(kind="client", ref=str(client_id))
    if not (0 <= policy.tolerance_permille <= 1000 and 0 <= policy.tolerance_g <= 10_000):
        raise Invalid(field="tolerance_g", reason=_("a share up to 100 % and grams up to 10 kg"))
    keep(client_id, policy)
    return policy
