"""Return policies, returns (RMAs) with what was asked, received and inspected, refunds, and service tickets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.files.models import StoredFile
from packhorse.ground.warehouse.models import Location, Warehouse


class ReturnPolicy(models.Model):
    """The terms of a client for a country (empty: all), from `since` on; the newest row of the narrower match counts. Amounts in minor units of the client's currency."""

    class Pays(models.TextChoices):
        MERCHANT = "merchant"
        CUSTOMER = "customer"

    class Charges(models.TextChoices):
        NEVER = "never"
        WHOLE = "whole"

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    country = models.CharField(max_length=2, default="", blank=True)
    window_days = models.PositiveIntegerField()
    label_paid_by = models.CharField(max_length=8, choices=Pays.choices)
    fee_minor = models.PositiveBigIntegerField(default=0)
    refund_charges = models.CharField(max_length=5, choices=Charges.choices)
    review_above_minor = models.PositiveBigIntegerField(null=True)
    send_within_days = models.PositiveIntegerField()
    final_sale = ArrayField(models.TextField(), default=list)
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "country", "-since", "-id"], name="policy_lookup")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.country}"


class Rma(models.Model):
    """A return: asked for by a customer, or (blind, without an order) found at the door. `decision_code` and `decision_data` are the rule that decided; the terms are those of that day."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        REFUSED = "refused"
        LABEL_SENT = "label_sent"
        IN_TRANSIT = "in_transit"
        RECEIVED = "received"
        INSPECTED = "inspected"
        SETTLED = "settled"
        EXPIRED = "expired"

    class Wants(models.TextChoices):
        REFUND = "refund"
        EXCHANGE = "exchange"

    number = models.TextField(unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="rmas")
    state = models.CharField(max_length=10, choices=State.choices)
    wants = models.CharField(max_length=8, choices=Wants.choices, default=Wants.REFUND)
    external_id = models.TextField(null=True)  # noqa: DJ001 - none is not an empty one: unique where there is one
    currency = models.CharField(max_length=3)
    decision_code = models.TextField()
    decision_data = models.JSONField(default=dict)
    label_paid_by = models.CharField(max_length=8, choices=ReturnPolicy.Pays.choices)
    fee_minor = models.PositiveBigIntegerField(default=0)
    refund_charges = models.CharField(max_length=5, choices=ReturnPolicy.Charges.choices)
    refund_minor = models.PositiveBigIntegerField(default=0)
    settlement = models.TextField(default="", blank=True)
    note = models.TextField(default="", blank=True)
    requested_at = models.DateTimeField()
    send_by = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "external_id"], name="rma_once_per_external_id"),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False) | ~Q(state="settled") & Q(settled_at__isnull=True), name="rma_settled_when"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-requested_at", "-id"], name="rma_state"),
            models.Index(fields=["-requested_at", "-id"], name="rma_recent"),
            models.Index(fields=["client", "-requested_at"], name="rma_client"),
            models.Index(fields=["send_by"], name="rma_expiring", condition=Q(state__in=["approved", "label_sent"])),
            GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name="rma_number_search"),
        ]

    def __str__(self) -> str:
        return self.number


class RmaLine(models.Model):
    """Goods asked to come back: of which demand (none: blind), how many, why; how many came, were accepted or not. `refund_minor` is what was paid for the accepted ones."""

    rma = models.ForeignKey(Rma, on_delete=models.PROTECT, related_name="lines")
    demand = models.ForeignKey("inventory.Demand", on_delete=models.PROTECT, null=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField()
    reason = models.TextField()
    photo = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    received = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    refund_minor = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, accepted__gte=0, rejected__gte=0, received__lte=F("quantity")) & Q(received__gte=F("accepted") + F("rejected")),
                name="rma_line_counters_in_order",
            )
        ]


class Received(models.Model):
    """What a receipt found, one row per kind: expected, damaged (of a line), extra, wrong (of none) – or missing, which is nothing. `inspected` says how much of it was looked at."""

    class Kind(models.TextChoices):
        EXPECTED = "expected"
        EXTRA = "extra"
        MISSING = "missing"
        WRONG = "wrong"
        DAMAGED = "damaged"

    rma = models.ForeignKey(Rma, on_delete=models.PROTECT, related_name="received")
    line = models.ForeignKey(RmaLine, on_delete=models.PROTECT, null=True, related_name="receipts")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, db_index=False)
    place = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    inspected = models.BigIntegerField(default=0)
    note = models.TextField(default="", blank=True)
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, inspected__gte=0, inspected__lte=F("quantity")), name="received_of_something"),
            models.CheckConstraint(
                condition=Q(kind="missing", inspected=0, place__isnull=True) | ~Q(kind="missing") & Q(place__isnull=False), name="missing_is_nowhere"
            ),
        ]


class Inspection(models.Model):
    """Units looked at: their grade, where they went, and whether the customer is refunded for them."""

    class Grade(models.TextChoices):
        A = "A"
        B = "B"
        C = "C"
        D = "D"

    class Disposition(models.TextChoices):
        RESTOCK = "restock"
        REFURBISH = "refurbish"
        VENDOR = "vendor"
        LIQUIDATE = "liquidate"
        DONATE = "donate"
        SCRAP = "scrap"

    rma = models.ForeignKey(Rma, on_delete=models.PROTECT, related_name="inspections")
    received = models.ForeignKey(Received, on_delete=models.PROTECT, related_name="inspections")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.BigIntegerField()
    grade = models.CharField(max_length=1, choices=Grade.choices)
    disposition = models.CharField(max_length=9, choices=Disposition.choices)
    accepted = models.BooleanField()
    note = models.TextField(default="", blank=True)
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="inspected_something")]


class Refund(models.Model):
    """Money owed to a customer: for a return (`rma`), or an adjustment without one (`ticket`). due = goods − fee + charges. `asked_at` empty: it waits for the order's money to be captured."""

    rma = models.ForeignKey(Rma, on_delete=models.PROTECT, null=True, related_name="refunds")
    ticket = models.ForeignKey("returns.Ticket", on_delete=models.PROTECT, null=True, related_name="refunds")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="refunds")
    currency = models.CharField(max_length=3)
    goods_minor = models.PositiveBigIntegerField(default=0)
    fee_minor = models.PositiveBigIntegerField(default=0)
    charges_minor = models.PositiveBigIntegerField(default=0)
    due_minor = models.PositiveBigIntegerField()
    reason = models.TextField()
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rma__isnull=True) ^ Q(ticket__isnull=True), name="refund_for_return_or_ticket"),
            models.CheckConstraint(condition=Q(due_minor=F("goods_minor") + F("charges_minor") - F("fee_minor")), name="refund_adds_up"),
            models.CheckConstraint(condition=Q(due_minor__gt=0), name="refund_of_something"),
            models.CheckConstraint(condition=Q(paid_at__isnull=True) | Q(asked_at__isnull=False, dropped_at__isnull=True), name="refund_paid_was_asked"),
        ]
        indexes = [models.Index(fields=["opened_at"], name="refund_waiting", condition=Q(asked_at__isnull=True, dropped_at__isnull=True))]


class AdjustedLine(models.Model):
    """Units of an order line that were refunded without coming back: they can neither be refunded nor returned again."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    demand = models.ForeignKey("inventory.Demand", on_delete=models.PROTECT)
    quantity = models.BigIntegerField()
    amount_minor = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="adjusted_something")]


class Ticket(models.Model):
    """A customer's concern that somebody must answer by `due_at`. `owner` is a principal, empty while nobody has taken it."""

    class State(models.TextChoices):
        OPEN = "open"
        WAITING = "waiting"
        SOLVED = "solved"

    class Priority(models.TextChoices):
        LOW = "low"
        NORMAL = "normal"
        HIGH = "high"
        URGENT = "urgent"

    number = models.TextField(unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="tickets")
    kind = models.TextField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    owner = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="solved", solved_at__isnull=False) | ~Q(state="solved") & Q(solved_at__isnull=True), name="ticket_solved_when"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="ticket_due", condition=~Q(state="solved")),
            models.Index(fields=["-opened_at", "-id"], name="ticket_recent"),
        ]

    def __str__(self) -> str:
        return self.number


class TicketMessage(models.Model):
    """What was said, in or out. Subject, body and contact are personal data, overwritten after `retain_until`; that something was said stays."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    subject = models.TextField(default="", blank=True)
    body = models.TextField()
    contact = models.TextField(default="", blank=True)
    by = models.TextField()
    at = models.DateTimeField()
    retain_until = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["retain_until"], name="ticket_retention", condition=Q(erased_at__isnull=True))]
