"""Labels given back, and labels tried again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from uuid import UUID, uuid4

from packhorse.core import clock, sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.types import Refused, Unknown, Voided
from packhorse.steps.packing import requests as packing_requests, selectors as packing
from packhorse.steps.shipping import records, selectors
from packhorse.steps.shipping.errors import AlreadyHandedOver
from packhorse.steps.shipping.events import LabelVoided, VoidRefused
from packhorse.steps.shipping.models import Label
from packhorse.steps.shipping.states import LABEL


@use_case
def ask_void(*, key: UUID, actor: Actor, label_id: int) -> int:
    """Give a label back: the carrier is asked after this. Returns the label's id.

    Locks: label.   Raises: AlreadyHandedOver, WrongState.
    """
    label = records.lock_labels([label_id])[0]
    authorize(actor, "ship", label)
    if label.manifest_id is not None:
        raise AlreadyHandedOver(tracking_number=label.tracking_number, manifest_id=label.manifest_id)
    check_transition(LABEL, "label", label.state, "void_asked", page="shipping:label", pk=label.pk)
    label.state, label.next_attempt_at, label.attempts = Label.State.VOID_ASKED, work.current().at, 0
    label.save(update_fields=["state", "next_attempt_at", "attempts"])
    return label.pk


@use_case
def void_of_parcels(*, key: UUID, actor: Actor, parcel_ids: list[int]) -> int:
    """Parcels were opened again: their bought labels are to be given back, those not bought yet are dropped. Returns how many.

    Locks: labels.
    """
    authorize(actor, "run_system")
    ids = Label.objects.filter(parcel_id__in=parcel_ids, state__in=["requested", "failed", "bought"], manifest__isnull=True).values_list("pk", flat=True)
    labels = records.lock_labels(ids)
    if not labels:
        return 0
    now = work.current().at
    sql.run(  # what is being bought just now is given back when it is recorded
        """UPDATE shipping_label SET state = CASE state WHEN 'bought' THEN 'void_asked' ELSE 'voided' END, next_attempt_at = %s, attempts = 0
           WHERE id = ANY(%s) AND state IN ('requested', 'failed', 'bought')""",
        [now, [b.pk for b in labels]],
    )
    return len(labels)


def void_labels(*, actor: Actor, label_ids: list[int] | None = None, limit: int = 100) -> int:
    """Ask carriers to take labels back (all that wait, where none are named) and record what they said; how many were voided."""
    if label_ids is None:
        waiting = selectors.waiting_labels(actor.scope, clock.now(), limit=limit, states=("void_asked",))
    else:
        waiting = [i for i in selectors.labels_by_id(actor.scope, label_ids) if i.state == "void_asked"]
    by_carrier: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for i in waiting:
        assert i.tracking_number is not None, "a label to be voided was bought"
        by_carrier[i.carrier].append((i.label_id, i.tracking_number))
    done = 0
    for code, labels in by_carrier.items():
        answers = registry.carrier(code).void([number for _, number in labels])
        said = list(zip((i for i, _ in labels), answers, strict=True))
        voided = [i for i, a in said if isinstance(a, Voided)]
        kept = {i: a.message or a.code for i, a in said if isinstance(a, Refused)}
        done += record_voids(key=uuid4(), actor=actor, voided=voided, refused=[i for i, a in said if isinstance(a, Unknown)], kept=kept)
    return done


@use_case
def record_voids(*, key: UUID, actor: Actor, voided: list[int], refused: list[int], kept: dict[int, str] | None = None) -> int:
    """Record what carriers said to voids: voided labels free their parcels for new ones, those not answered are asked again later, those that the carrier would not take back are `kept` (why).

    Returns how many were voided.

    Locks: labels, parcels.
    """
    authorize(actor, "ship")
    now = work.current().at
    kept = kept or {}
    labels = [b for b in records.lock_labels([*voided, *refused, *kept]) if b.state == "void_asked"]
    for label in labels:
        authorize(actor, "ship", label)
    stay = [b for b in labels if b.pk in kept]
    sql.run(
        "UPDATE shipping_label l SET state = 'bought', error = t.why FROM unnest(%s::bigint[], %s::text[]) AS t(id, why) WHERE l.id = t.id",
        [[b.pk for b in stay], [kept[b.pk] for b in stay]],
    )
    gone = [b for b in labels if b.pk in set(voided)]
    sql.run("UPDATE shipping_label SET state = 'voided' WHERE id = ANY(%s)", [[b.pk for b in gone]])
    sql.run(
        "UPDATE shipping_label SET attempts = attempts + 1, next_attempt_at = %s WHERE id = ANY(%s)",
        [now + dt.timedelta(minutes=10), [b.pk for b in labels if b not in gone and b not in stay]],
    )
    standing = {p.parcel_id: p.state for p in packing.parcels_by_id(EVERYTHING, [b.parcel_id for b in gone if b.parcel_id])}
    packing_requests.labelled(sorted(p for p, state in standing.items() if state == "loaded"))  # off the truck
    packing_requests.unlabelled(sorted(p for p, state in standing.items() if state in ("labelled", "loaded")))
    emit(
        *(
            VoidRefused(
                order_id=b.order_id,
                client_id=b.client_id,
                warehouse_id=b.warehouse_id,
                label_id=b.pk,
                tracking_number=b.tracking_number or "",
                reason=kept[b.pk],
            )
            for b in stay
        ),
        *(
            LabelVoided(order_id=b.order_id, client_id=b.client_id, warehouse_id=b.warehouse_id, label_id=b.pk, tracking_number=b.tracking_number or "")
            for b in gone
        ),
    )
    return len(gone)


def _retry(actor: Actor, label_ids: list[int]) -> list[int]:
    labels = records.lock_labels(label_ids)
    for label in labels:
        authorize(actor, "ship", label)
        check_transition(LABEL, "label", label.state, "requested", page="shipping:label", pk=label.pk)
    ids = [label.pk for label in labels]
    Label.objects.filter(pk__in=ids).update(state=Label.State.REQUESTED, attempts=0, next_attempt_at=work.current().at, error="")
    return ids


@use_case
def retry_label(*, key: UUID, actor: Actor, label_id: int) -> int:
    """Try a refused label again (after its address or parcel was mended), with the same key: what was bought after all is found. Returns the label's id.

    Locks: label.   Raises: WrongState.
    """
    authorize(actor, "ship")
    return _retry(actor, [label_id])[0]


@use_case
def retry_labels(*, key: UUID, actor: Actor, label_ids: list[int]) -> list[int]:
    """Try refused labels again, all or none; see `retry_label`. Returns their ids.

    Locks: labels.   Raises: WrongState.
    """
    authorize(actor, "ship")
    return _retry(actor, label_ids)
