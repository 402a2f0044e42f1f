"""What `states` says of one fulfillment order, asked of many: conditions by status and by request."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from packhorse.core.actors import Scope
from packhorse.steps.orders.models import Cancellation, FulfillmentLine
from packhorse.steps.orders.states import CLOSED, ON_THE_FLOOR, SAID
from packhorse.steps.orders.types import GONE, CancellationInfo

_LEFT = Q(Exists(FulfillmentLine.objects.filter(fulfillment_order_id=OuterRef("pk"), shipped__gt=0)))
NONE = Q(pk__in=[])
_GONE = Q(stage__in=GONE)
_FREE = ~_GONE & Q(held=False)
_WITH_THE_FLOOR = Q(released_at__isnull=False) | Q(stage__in=ON_THE_FLOOR)

#: Conditions on fulfillment orders.
BY_STATUS = {
    "scheduled": _FREE & Q(stage="backordered", released_at=None) & ~_LEFT,
    "open": _FREE & Q(stage="open", released_at=None) & ~_LEFT,
    "on_hold": ~_GONE & Q(held=True),
    "in_progress": _FREE & _WITH_THE_FLOOR & ~_LEFT,
    "incomplete": _FREE & _LEFT,
    "closed": Q(stage__in=CLOSED),
    "cancelled": Q(stage="cancelled"),
}


def _last(state: str) -> Q:
    """The last cancellation that its client asked for is in this state, and says something of the fulfillment order."""
    later = Cancellation.objects.filter(order_id=OuterRef("order_id"), pk__gt=OuterRef("pk"))
    last = Cancellation.objects.filter(~Exists(later), state=state)
    if state == "asked":
        return Q(order_id__in=last.values("order_id"))
    return Q(order_id__in=last.filter(quantities={}).values("order_id")) | (Q(stage="cancelled") & Q(order_id__in=last.values("order_id")))


_SAID = _last("asked") | _last("accepted") | _last("rejected")
_BEGUN = _WITH_THE_FLOOR | _LEFT
_WAITS = (~_GONE & Q(held=True)) | Q(stage="backordered")

BY_REQUEST = {
    **{word: _last(state) for state, word in SAID.items()},
    "rejected": Q(stage="cancelled") & ~_SAID,
    "accepted": ~Q(stage="cancelled") & _BEGUN & ~_SAID,
    "unsubmitted": ~Q(stage="cancelled") & _WAITS & ~_BEGUN & ~_SAID,
    "submitted": ~Q(stage="cancelled") & ~_WAITS & ~_BEGUN & ~_SAID,
}


def cancellations(scope: Scope, *, limit: int = 200) -> list[CancellationInfo]:
    """Cancellations that clients asked for and nobody has answered, the oldest first."""
    rows = Cancellation.objects.filter(state="asked", **scope.filters("order__client_id"))
    if scope.warehouse_ids is not None:
        rows = rows.filter(order__fulfillment_orders__warehouse_id__in=sorted(scope.warehouse_ids)).distinct()
    found = rows.select_related("order").order_by("asked_at", "pk")[:limit]
    return [CancellationInfo.of(number, row) for number, row in ((c.order.number, vars(c)) for c in found)]
