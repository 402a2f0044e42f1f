"""Labels: claimed, bought from the carrier outside any transaction, recorded. An unknown outcome is looked up by our key before anything is bought again."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from typing import Final
from uuid import UUID, uuid4

from packhorse.core import clock, sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import PackhorseError
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.errors import CarrierUnavailable
from packhorse.ground.carriers.types import ParcelSize, Purchase, PurchaseRequest, Refused
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import requests as packing_requests, selectors as packing
from packhorse.steps.shipping import records, selectors
from packhorse.steps.shipping.events import LabelBought, LabelFailed
from packhorse.steps.shipping.services.documents import house_address, make_papers, make_return_papers
from packhorse.steps.shipping.types import Bought, LabelInfo, NotBought

#: How long a claimed label is ours; after it another worker looks it up.
LEASE: Final = dt.timedelta(minutes=5)
#: After so many questions without an answer somebody is told.
MAX_ATTEMPTS: Final = 8
#: The longest wait between two questions.
LONGEST: Final = dt.timedelta(minutes=15)


@use_case
def claim_labels(*, key: UUID, actor: Actor, label_ids: list[int]) -> list[int]:
    """Take requested labels (and those whose buyer died, or whose outcome is unknown) to ask the carrier about. Returns those that are ours now.

    Locks: labels.
    """
    authorize(actor, "ship")
    now = work.current().at
    labels = records.lock_labels(label_ids)
    for label in labels:
        authorize(actor, "ship", label)
    mine = [b.pk for b in labels if b.state in ("requested", "buying", "unknown") and b.next_attempt_at <= now]
    sql.run(
        "UPDATE shipping_label SET state = CASE state WHEN 'requested' THEN 'buying' ELSE 'unknown' END, attempts = attempts + 1, next_attempt_at = %s WHERE id = ANY(%s)",
        [now + LEASE, mine],
    )
    return mine


def buy_labels(*, actor: Actor, label_ids: list[int] | None = None, limit: int = 100) -> int:
    """Ask carriers for waiting labels and record what they said; how many were bought. Each label is claimed first; what was claimed before and never answered is looked up by its key.

    Called by the job and by people who press "buy": safe to call at the same time.
    """
    now = clock.now()
    if label_ids is None:
        waiting = selectors.waiting_labels(actor.scope, now, limit=limit, states=("requested", "buying", "unknown"))
    else:
        waiting = [i for i in selectors.labels_by_id(actor.scope, label_ids) if i.state in ("requested", "unknown", "buying")]
    if not waiting:
        return 0
    mine = set(claim_labels(key=uuid4(), actor=actor, label_ids=[i.label_id for i in waiting]))
    bought = 0
    by_carrier: dict[tuple[str, int], list[LabelInfo]] = defaultdict(list)
    for label in selectors.labels_by_id(EVERYTHING, sorted(mine)):
        by_carrier[label.carrier, label.warehouse_id].append(label)
    for (carrier, warehouse_id), labels in by_carrier.items():
        outcomes = _ask(carrier, Warehouse.objects.get(pk=warehouse_id), labels)
        bought += record_labels(key=uuid4(), actor=actor, outcomes=outcomes)
    return bought


def _ask(carrier_code: str, warehouse: Warehouse, labels: list[LabelInfo]) -> list[Bought | NotBought]:
    carrier = registry.carrier(carrier_code)
    try:
        found = carrier.find([i.key for i in labels if i.state == "unknown"]) if any(i.state == "unknown" for i in labels) else {}
    except CarrierUnavailable as error:
        return [NotBought(i.label_id, True, error.message) for i in labels]
    fresh = [i for i in labels if i.key not in found]
    answers = dict(zip((i.key for i in fresh), carrier.buy(_requests(fresh, warehouse)), strict=True)) if fresh else {}
    outcomes: list[Bought | NotBought] = []
    done: list[tuple[LabelInfo, Purchase]] = [(i, found[i.key]) for i in labels if i.key in found]
    for label in fresh:
        answer = answers[label.key]
        if isinstance(answer, Purchase):
            done.append((label, answer))
        else:
            # A sentence for people as it is; else the code, which pages put in words.
            refused = isinstance(answer, Refused)
            outcomes.append(
                NotBought(label.label_id, not refused, answer.code if isinstance(answer, Refused) and " " not in answer.message else answer.message)
            )
    return outcomes + _with_papers(done, warehouse)


def _with_papers(done: list[tuple[LabelInfo, Purchase]], warehouse: Warehouse) -> list[Bought | NotBought]:
    """The purchases with their papers. One whose papers cannot be made (its address was erased, say) does not hold up the rest: it is found by its key and tried again."""
    try:
        return list(_papered(done, warehouse))
    except (PackhorseError, LookupError) as error:
        if len(done) == 1:
            return [NotBought(done[0][0].label_id, True, error.message if isinstance(error, PackhorseError) else repr(error))]
    return [outcome for one in done for outcome in _with_papers([one], warehouse)]


def _papered(done: list[tuple[LabelInfo, Purchase]], warehouse: Warehouse) -> list[Bought]:
    outward = [(i, p) for i, p in done if i.parcel_id is not None]
    papers = dict(zip((i.label_id for i, _ in outward), make_papers([i for i, _ in outward], [p for _, p in outward], warehouse), strict=True))
    back = [(i, p) for i, p in done if i.parcel_id is None]
    customers = orders.ship_to(EVERYTHING, [i.order_id for i, _ in back])
    for label, purchase in back:
        papers[label.label_id] = make_return_papers(label, purchase, warehouse, customers[label.order_id].data, f"R{label.for_id or 0:08d}")
    return [
        Bought(
            label_id=label.label_id,
            tracking_number=purchase.tracking_number,
            amount_minor=purchase.amount.amount_minor,
            currency=purchase.amount.currency,
            charges=tuple((line.code, line.amount_minor) for line in purchase.lines),
            billed_g=purchase.billed_g,
            expected_by=purchase.deliver_by,
            pdf_id=papers[label.label_id].pdf_id,
            zpl_id=papers[label.label_id].zpl_id,
            slip_id=papers[label.label_id].slip_id,
        )
        for label, purchase in done
    ]


def _requests(labels: list[LabelInfo], warehouse: Warehouse) -> list[PurchaseRequest]:
    addresses = orders.ship_to(EVERYTHING, sorted({i.order_id for i in labels}))
    house = house_address(warehouse)
    now = clock.now()
    found = []
    for label in labels:
        customer = addresses[label.order_id].data
        outward = label.parcel_id is not None
        found.append(
            PurchaseRequest(
                key=label.key,
                service=label.service,
                ship_from=house if outward else customer,
                ship_to=customer if outward else house,
                parcel=ParcelSize(label.length_mm, label.width_mm, label.height_mm, label.weight_g),
                ready_at=now,
                residential=outward and not customer.company,
                reference=label.parcel or f"{label.for_kind}:{label.for_id}",
            )
        )
    return found


@use_case
def record_labels(*, key: UUID, actor: Actor, outcomes: list[Bought | NotBought]) -> int:
    """Record what a carrier answered: bought labels with number, price and papers (their parcels are labelled now), refusals, and unknown outcomes to be looked up. Returns how many were bought.

    Locks: labels, parcels.
    """
    authorize(actor, "ship")
    now = work.current().at
    labels = {b.pk: b for b in records.lock_labels([o.label_id for o in outcomes])}
    for label in labels.values():
        authorize(actor, "ship", label)
    asked = [o for o in outcomes if labels[o.label_id].state in ("buying", "unknown")]
    bought = [o for o in asked if isinstance(o, Bought)]
    parcel_ids = [p for o in bought if (p := labels[o.label_id].parcel_id) is not None]
    standing = {p.parcel_id for p in packing.parcels_by_id(EVERYTHING, parcel_ids) if p.state == "sealed"}
    # A parcel that was opened again meanwhile has no use for its label: it goes straight back.
    _store_bought(bought, ["bought" if (p := labels[o.label_id].parcel_id) is None or p in standing else "void_asked" for o in bought], now)
    failed = _store_not_bought([(o, labels[o.label_id].attempts) for o in asked if isinstance(o, NotBought)], now)
    packing_requests.labelled(sorted(standing))
    emit(
        *(
            LabelBought(
                order_id=b.order_id,
                client_id=b.client_id,
                warehouse_id=b.warehouse_id,
                label_id=b.pk,
                carrier=b.carrier,
                tracking_number=o.tracking_number,
                amount_minor=o.amount_minor,
                currency=o.currency,
                is_return=b.parcel_id is None,
                for_id=b.for_id,
            )
            for o in bought
            for b in (labels[o.label_id],)
        ),
        *(
            LabelFailed(order_id=b.order_id, client_id=b.client_id, warehouse_id=b.warehouse_id, label_id=b.pk, carrier=b.carrier, reason=o.reason)
            for o in failed
            for b in (labels[o.label_id],)
        ),
    )
    return len(bought)


def _store_bought(bought: list[Bought], states: list[str], now: dt.datetime) -> None:
    sql.run(
        """UPDATE shipping_label l SET state = t.state, tracking_number = t.number, amount_minor = t.amount, currency = t.currency, charges = t.charges::jsonb, billed_g = t.billed,
             expected_by = t.expected, pdf_id = t.pdf, zpl_id = t.zpl, slip_id = t.slip, bought_at = %s, next_attempt_at = %s, error = ''
           FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::int[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::bigint[])
             AS t(id, state, number, amount, currency, charges, billed, expected, pdf, zpl, slip) WHERE l.id = t.id""",
        [now, now, [o.label_id for o in bought], states, [o.tracking_number for o in bought], [o.amount_minor for o in bought], [o.currency for o in bought],
         [json.dumps([{"code": c, "amount_minor": a} for c, a in o.charges]) for o in bought], [o.billed_g for o in bought], [o.expected_by for o in bought],
         [o.pdf_id for o in bought], [o.zpl_id for o in bought], [o.slip_id for o in bought]],
    )  # fmt: skip


def _store_not_bought(outcomes: list[tuple[NotBought, int]], now: dt.datetime) -> list[NotBought]:
    """Refused labels fail. One of unknown outcome may have been bought: it stays unknown until the carrier answers for its key, and somebody is told once. Returns what is to be told."""
    sql.run(
        """UPDATE shipping_label l SET state = t.state, error = t.why, next_attempt_at = t.again
           FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[]) AS t(id, state, why, again) WHERE l.id = t.id""",
        [
            [o.label_id for o, _ in outcomes],
            ["unknown" if o.unknown else "failed" for o, _ in outcomes],
            [o.reason for o, _ in outcomes],
            [now + min(dt.timedelta(seconds=2 ** min(attempts, 20)), LONGEST) for _, attempts in outcomes],
        ],
    )
    return [o for o, attempts in outcomes if not o.unknown or attempts == MAX_ATTEMPTS]
