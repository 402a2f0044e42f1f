"""Use cases about boxes: the house's own, shared by all clients."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import events
from packhorse.ground.catalog.errors import BadBox
from packhorse.ground.catalog.models import Box
from packhorse.ground.catalog.selectors import box_info
from packhorse.ground.catalog.types import BoxInfo, NewBox
from packhorse.ground.people.history import sign

_INTEGERS: Final = (
    "inner_length_mm",
    "inner_width_mm",
    "inner_height_mm",
    "outer_length_mm",
    "outer_width_mm",
    "outer_height_mm",
    "tare_g",
    "max_load_g",
    "cost_minor",
)
_SET: Final = ", ".join(f"{f} = excluded.{f}" for f in ("name", "kind", "currency", *_INTEGERS))


def _check(box: NewBox) -> None:
    inner = (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)
    outer = (box.outer_length_mm, box.outer_width_mm, box.outer_height_mm)
    if not box.code.strip() or not box.name.strip():
        raise BadBox(code=box.code, reason="code, name")
    if min(inner) < 1 or any(o < i for i, o in zip(inner, outer, strict=True)) or max(outer) > 10_000:
        raise BadBox(code=box.code, reason="inner ≤ outer ≤ 10000 mm")
    if min(box.tare_g, box.cost_minor) < 0 or box.max_load_g < 1:
        raise BadBox(code=box.code, reason="tare_g, max_load_g, cost_minor")


def authorize_shared(actor: Actor) -> None:
    authorize(actor, "manage_catalog")
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")


@use_case
def upsert_boxes(*, key: UUID, actor: Actor, boxes: list[NewBox]) -> list[BoxInfo]:
    """Create boxes or change them, by code; one that was archived is back. All or none.   Raises: NotAllowed, BadBox."""
    authorize_shared(actor)
    for box in boxes:
        _check(box)
    wanted = {b.code: b for b in boxes}
    sign()
    known = {row[0] for row in sql.rows("SELECT code FROM catalog_box WHERE code = ANY(%s)", [list(wanted)])}
    sql.run(
        f"""INSERT INTO catalog_box (code, name, kind, currency, {", ".join(_INTEGERS)})
            SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]{", %s::int[]" * len(_INTEGERS)})
            ON CONFLICT (code) DO UPDATE SET {_SET}, archived_at = NULL""",
        [
            list(wanted),
            [b.name for b in wanted.values()],
            [b.kind for b in wanted.values()],
            [b.currency for b in wanted.values()],
            *([getattr(b, f) for b in wanted.values()] for f in _INTEGERS),
        ],
    )
    emit(events.BoxesSaved(created=len(wanted.keys() - known), changed=len(known)))
    by_code = {b.code: box_info(b) for b in Box.objects.filter(code__in=wanted)}
    return [by_code[b.code] for b in boxes]


@use_case
def archive_box(*, key: UUID, actor: Actor, box_id: int, archived: bool = True) -> BoxInfo:
    """Take a box out of the catalogue that packing chooses from, or put it back.   Raises: NotAllowed, NotFound."""
    box = Box.objects.select_for_update().filter(pk=box_id).first()
    if box is None:
        raise NotFound(kind="box", ref=str(box_id))
    authorize_shared(actor)
    sign()
    box.archived_at = work.current().at if archived else None
    box.save(update_fields=["archived_at"])
    emit(events.BoxesSaved(created=0, changed=1))
    return box_info(box)
