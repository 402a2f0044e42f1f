"""What comes back: credit notes of the story become cancellations (before the parcel left), returns, or blind returns; lost parcels become tickets, refunds and claims."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Final
from uuid import uuid4

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import PackhorseError
from packhorse.core.lists import ListQuery
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.types import ManifestRequest
from packhorse.roof.simulation.dice import Dice
from packhorse.roof.simulation.story import Story
from packhorse.roof.simulation.world import World, key
from packhorse.steps.delivery import selectors as delivery, services as delivery_services
from packhorse.steps.orders import selectors as orders, services as order_services
from packhorse.steps.orders.importing.types import ParsedReturn
from packhorse.steps.orders.types import LineInfo
from packhorse.steps.packing import selectors as packing
from packhorse.steps.returns import selectors as returns, services as return_services
from packhorse.steps.returns.types import AskedLine, Judged, NewReturn, Piece, RefundedLine
from packhorse.steps.shipping import jobs as shipping_jobs

#: Shares of returned pieces, chosen so that every grade occurs.
DAMAGED: Final = 0.06
WORN: Final = 0.12
#: A customer takes so long to bring the parcel to the post.
TO_THE_POST: Final = dt.timedelta(hours=20)
REASONS: Final = ("unwanted", "not_as_described", "damaged", "wrong_item", "other")


class Returns:
    """The customers who send back, and the people who receive, look and refund."""

    def __init__(self, world: World, story: Story, dice: Dice, clock: VirtualClock) -> None:
        self.world, self.story, self.dice, self.clock = world, story, dice, clock
        self.service, self.receiver = world.worker("service", 2), world.worker("receiver", 3)
        self.refused: dict[str, int] = defaultdict(int)
        self._given_up: set[str] = set()  # credit notes of which nothing can come back; a run that is taken up again finds them anew

    def work(self, today: dt.date) -> None:
        """An evening's work; `today` names the day's own keys."""
        self._ask()
        shipping_jobs.buy_labels(key=uuid4())
        self._post(today)
        return_services.follow_returns(key=uuid4(), actor=system("simulation"))
        self._receive()
        self._blind()
        self._inspect()
        self._lost()
        self._exceptions()
        self._question()
        return_services.ask_refunds(key=uuid4(), actor=system("simulation"))

    def waiting(self) -> bool:
        """Whether anything is still to come home or to be dealt with."""
        return bool(sql.rows("SELECT 1 FROM returns_rma WHERE state IN ('approved', 'label_sent', 'in_transit', 'received') LIMIT 1") or self._due())

    # Asking for it ----------------------------------------------------------------------------------------------------------------------------------------------

    def _due(self) -> list[ParsedReturn]:
        """Credit notes of the past that nobody has dealt with."""
        done = {r[0] for r in sql.rows("SELECT external_id FROM returns_rma WHERE external_id <> ''")}
        done |= {r[0].removeprefix("credit note ") for r in sql.rows("SELECT reason FROM orders_change WHERE reason LIKE 'credit note %%'")}
        now = self.clock.now()
        return [
            r for r in self.story.returns if r.returned_at <= now and r.original is not None and r.reference not in done and r.reference not in self._given_up
        ]

    def _ask(self) -> None:
        due = self._due()
        ids = dict(
            sql.rows(
                "SELECT external_id, id FROM orders_order WHERE client_id = %s AND channel = 'shop' AND external_id = ANY(%s)",
                [self.world.client_id, [r.original for r in due]],
            )
        )
        lines: dict[int, list[LineInfo]] = defaultdict(list)
        for fo in orders.fulfillment_orders_of(EVERYTHING, sorted(ids.values())):
            lines[fo.order_id].extend(fo.lines)
        asked: list[NewReturn] = []
        for credit in due:
            order_id = ids.get(credit.original or "")
            if order_id is None:
                continue  # its order stands in quarantine or is yet to be sent
            if (new := self._from_stock(credit, order_id, lines[order_id])) is not None:
                asked.append(new)
        for n in range(0, len(asked), 200):
            for answer in return_services.request_returns(key=uuid4(), actor=self.service, returns=asked[n : n + 200]):
                if code := getattr(answer, "code", ""):
                    self.refused[code] += 1
                    self._given_up.add(getattr(answer, "external_id", ""))

    def _from_stock(self, credit: ParsedReturn, order_id: int, lines: list[LineInfo]) -> NewReturn | None:
        """What of a credit note is to be asked back; what has not left is cancelled instead."""
        back: dict[int, int] = {}
        cancel: dict[int, int] = {}
        for want in credit.lines:
            left = want.quantity
            for line in (x for x in lines if x.sku == want.sku):
                here = line.live - line.shipped - cancel.get(line.demand_id, 0)
                gone = line.shipped - line.returned - back.get(line.demand_id, 0)
                if (n := min(left, here)) > 0:
                    cancel[line.demand_id] = cancel.get(line.demand_id, 0) + n
                    left -= n
                if (n := min(left, gone)) > 0:
                    back[line.demand_id] = back.get(line.demand_id, 0) + n
                    left -= n
        if cancel:
            try:
                order_services.cancel_lines(key=uuid4(), actor=self.service, order_id=order_id, quantities=cancel, reason=f"credit note {credit.reference}")
            except PackhorseError as error:
                self.refused[error.code] += 1
        if not back:
            if not cancel:
                self._given_up.add(credit.reference)
            return None
        reason = REASONS[int(self.dice.share("reason", credit.reference) * len(REASONS))]
        return NewReturn(order_id, tuple(AskedLine(d, q, reason) for d, q in back.items()), external_id=credit.reference)

    # On the way -------------------------------------------------------------------------------------------------------------------------------------------------

    def _post(self, today: dt.date) -> None:
        """Customers bring their parcels to the post: the carrier's first scan."""
        numbers = sql.rows(
            """SELECT l.carrier, l.tracking_number FROM shipping_label l JOIN returns_rma r ON l.for_kind = 'returns.rma' AND l.for_id = r.id
               WHERE r.state = 'label_sent' AND l.state = 'bought' AND l.bought_at <= %s ORDER BY l.id""",
            [self.clock.now() - TO_THE_POST],
        )
        by_carrier: dict[str, list[str]] = defaultdict(list)
        for carrier, number in numbers:
            by_carrier[carrier].append(number)
        for carrier, group in by_carrier.items():
            request = ManifestRequest(key=key("post", carrier, today), tracking_numbers=tuple(group), handed_over_at=self.clock.now())
            registry.carrier(carrier).manifest(request)

    def _receive(self) -> None:
        arrived = sql.rows(
            "SELECT id FROM returns_rma WHERE arrived_at IS NOT NULL AND received_at IS NULL AND state IN ('approved', 'label_sent', 'in_transit') ORDER BY id"
        )
        for (rma_id,) in arrived:
            rma = returns.rma(EVERYTHING, rma_id)
            lots = {c.item_id: c.lot for c in packing.contents(EVERYTHING, [p.parcel_id for p in packing.parcels_of_order(EVERYTHING, rma.order_id or 0)])}
            pieces = []
            for line in rma.lines:
                broken = sum(self.dice.hits(DAMAGED, "damaged", rma.external_id, line.sku, n) for n in range(min(line.quantity, 20)))
                lot = lots.get(line.item_id) or ""
                pieces += [Piece(line.item_id, line.quantity - broken, lot=lot)] if line.quantity > broken else []
                pieces += [Piece(line.item_id, broken, lot=lot, damaged=True, note="broken on the way")] if broken else []
            return_services.receive_return(key=uuid4(), actor=self.receiver, rma_id=rma_id, received=pieces)

    def _blind(self) -> None:
        """Credit notes whose sale is not known: a parcel that nobody announced."""
        done = {r[0] for r in sql.rows("SELECT external_id FROM returns_rma WHERE external_id <> ''")}
        now = self.clock.now()
        for credit in self.story.returns:
            if credit.original is None and credit.returned_at <= now and credit.reference not in done:
                ids = [(self.world.items[line.sku].id, line.quantity) for line in credit.lines if line.sku in self.world.items]
                lots = dict(
                    sql.rows(
                        "SELECT DISTINCT ON (item_id) item_id, code FROM inventory_lot WHERE item_id = ANY(%s) ORDER BY item_id, id", [[i for i, _ in ids]]
                    )
                )
                pieces = [Piece(item_id, quantity, lot=lots.get(item_id, "")) for item_id, quantity in ids]
                if pieces:
                    return_services.receive_blind(
                        key=key("blind", credit.reference),
                        actor=self.receiver,
                        client_id=self.world.client_id,
                        warehouse_id=self.world.warehouse_id,
                        lines=pieces,
                        external_id=credit.reference,
                        note="no earlier sale in the file",
                    )

    def _inspect(self) -> None:
        for (rma_id,) in sql.rows("SELECT id FROM returns_rma WHERE state = 'received' ORDER BY id"):
            rma = returns.rma(EVERYTHING, rma_id)
            judged = []
            for row in rma.received:
                if not row.open:
                    continue
                worn = self.dice.hits(WORN, "worn", rma.external_id, row.sku)
                grade, disposition = ("D", "scrap") if row.kind == "damaged" else ("B", "restock") if worn else ("A", "restock")
                judged.append(Judged(row.received_id, row.open, grade, disposition))
            if judged:
                return_services.inspect_return(key=uuid4(), actor=self.receiver, rma_id=rma_id, inspections=judged)

    # What went wrong --------------------------------------------------------------------------------------------------------------------------------------------

    def _lost(self) -> None:
        """A lost parcel: the customer writes, gets their money, the carrier gets a claim."""
        for trouble in delivery.exceptions(EVERYTHING, ListQuery(filters={"kind": ("lost",)}, limit=500)).rows:
            parcel = delivery.delivery(EVERYTHING, trouble.delivery_id)
            if parcel.parcel_id is None:
                continue
            lost: dict[int, int] = defaultdict(int)
            for content in packing.contents(EVERYTHING, [parcel.parcel_id]):
                lost[content.demand_id] += content.quantity
            try:
                ticket = return_services.open_ticket(
                    key=key("lost", parcel.tracking_number),
                    actor=self.service,
                    client_id=parcel.client_id,
                    subject=f"Where is my parcel {parcel.tracking_number}?",
                    body="The tracking says that it is lost. What now?",
                    order_id=parcel.order_id,
                    kind="lost",
                )
                refund = return_services.refund_without_return(
                    key=key("lost refund", parcel.tracking_number),
                    actor=self.service,
                    ticket_id=ticket.ticket_id,
                    reason="lost by the carrier",
                    lines=[RefundedLine(d, q) for d, q in lost.items()],
                )
                return_services.reply_ticket(
                    key=key("lost reply", parcel.tracking_number),
                    actor=self.service,
                    ticket_id=ticket.ticket_id,
                    body="We are sorry. Your money is on its way back to you.",
                    solve=True,
                )
                delivery_services.open_claim(
                    key=key("claim", parcel.tracking_number),
                    actor=self.service,
                    delivery_id=parcel.delivery_id,
                    kind="lost",
                    asked_minor=max(1, refund.due_minor),
                    currency=refund.currency,
                )
                delivery_services.close_exception(key=uuid4(), actor=self.service, exception_id=trouble.exception_id, resolution="refunded, claim opened")
            except PackhorseError as error:
                self.refused[error.code] += 1

    def _exceptions(self) -> None:
        """Exceptions of parcels that have arrived meanwhile are closed."""
        for trouble in delivery.exceptions(EVERYTHING, ListQuery(limit=500)).rows:
            parcel = delivery.delivery(EVERYTHING, trouble.delivery_id)
            if parcel.status in ("delivered", "returned"):
                delivery_services.close_exception(key=uuid4(), actor=self.service, exception_id=trouble.exception_id, resolution=parcel.status)

    def _question(self) -> None:
        """The first customer whose parcel came asks something, and is answered: every run has its ticket."""
        first = sql.rows(
            """SELECT f.order_id FROM orders_fulfillmentorder f WHERE f.stage = 'delivered' AND NOT EXISTS (SELECT FROM returns_ticket) ORDER BY f.order_id LIMIT 1"""
        )
        for (order_id,) in first:
            ticket = return_services.open_ticket(
                key=key("question", "first"),
                actor=self.service,
                client_id=self.world.client_id,
                subject="Can the gift be wrapped next time?",
                body="All arrived well. We would like to order the same again, as a present.",
                order_id=order_id,
            )
            return_services.reply_ticket(
                key=key("question", "first answer"),
                actor=self.service,
                ticket_id=ticket.ticket_id,
                body="With pleasure: write it in the note of the order.",
                solve=True,
            )
