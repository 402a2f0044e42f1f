"""Orders, fulfillment orders, holds, payment entries, quarantine and imports."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.places.models import Address
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.orders.types import GONE


class Order(models.Model):
    """What a customer bought. Amounts in minor units of `currency`; the payment sums follow the payment entries and are guarded here."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    channel = models.TextField()
    external_id = models.TextField()
    number = models.TextField(unique=True)
    placed_at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=5, default="en")
    customer_ref = models.TextField(default="")
    ship_to = models.ForeignKey(Address, on_delete=models.PROTECT, null=True)
    service = models.TextField(default="standard")
    goods_minor = models.BigIntegerField(default=0)
    charges_minor = models.BigIntegerField(default=0)
    authorised_minor = models.BigIntegerField(default=0)
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "channel", "external_id"], name="order_once_per_channel"),
            models.CheckConstraint(condition=Q(captured_minor__gte=0, captured_minor__lte=F("authorised_minor")), name="never_over_captured"),
            models.CheckConstraint(condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")), name="never_over_refunded"),
        ]
        indexes = [
            models.Index(fields=["client", "-placed_at"], name="order_recent"),
            models.Index(fields=["placed_at"], name="order_placed"),
            models.Index(fields=["customer_ref", "client"], name="order_of_customer"),
            models.Index(Upper("external_id"), name="order_external"),
            GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name="order_number_search"),
        ]

    def __str__(self) -> str:
        return self.number


class Gift(models.Model):
    """The order is a gift: whether it is wrapped, and the note that lies in it. The note is personal: it is erased with the order's address, and when its retention ends."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="gift")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    wrap = models.BooleanField(default=False)
    note = models.TextField(default="")
    retain_until = models.DateField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(erased_at__isnull=True) | Q(note=""), name="gift_note_erased")]
        indexes = [models.Index(fields=["retain_until"], name="gift_retention", condition=Q(erased_at__isnull=True) & ~Q(note=""))]


class OrderLine(models.Model):
    """One line as bought: quantity × unit price, rounded once; or a component of a kit that was bought, with its share of the kit's amount."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line_no = models.PositiveIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    quantity = models.BigIntegerField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="order_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_of_something"),
        ]


class Kit(models.Model):
    """A line as bought whose item is a kit. It is promised, picked and shipped by its components, which are order lines of their own and share its amount."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="kits")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    quantity = models.BigIntegerField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="kit_of_something")]


class KitLine(models.Model):
    """An order line that is a component of a kit: `per_kit` of it are in one."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="lines")
    order_line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="of_kit")
    per_kit = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(per_kit__gt=0), name="kit_line_of_something")]


class RecallNotice(models.Model):
    """Who got goods of a recalled lot with an order was told: the subject of the message."""

    recall = models.ForeignKey("inventory.Recall", on_delete=models.PROTECT)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="recall_notices")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recall", "order"], name="recall_told_once")]


class FulfillmentOrder(models.Model):
    """The part of an order that one warehouse ships: the unit of release. `stage`, `held` and `ship_by` are for lists; the ledger computes them with the counters they follow from."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="fulfillment_orders")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    number = models.TextField(unique=True)
    service = models.TextField()
    stage = models.CharField(max_length=12)
    held = models.BooleanField(default=False)
    released_at = models.DateTimeField(null=True)
    ship_complete = models.BooleanField(default=True)
    priority = models.SmallIntegerField(default=0)
    ship_by = models.DateTimeField()
    deliver_by = models.DateTimeField()
    promise_basis = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["warehouse", "stage", "ship_by", "id"], name="fo_queue"),
            models.Index(
                fields=["warehouse", "ship_by", "id"],
                name="fo_to_release",
                condition=Q(held=False, released_at__isnull=True) & (Q(stage="open") | Q(stage="backordered", ship_complete=False)),
            ),
            models.Index(fields=["stage", "id"], name="fo_stage"),
            models.Index(fields=["service", "id"], name="fo_service"),
            models.Index(fields=["ship_by", "id"], name="fo_ship_by"),
            models.Index(fields=["ship_by", "id"], name="fo_in_house", condition=~Q(stage__in=GONE)),
            models.Index(fields=["id"], name="fo_held", condition=Q(held=True)),
        ]

    def __str__(self) -> str:
        return self.number


class FulfillmentLine(models.Model):
    """How far each line has come: cumulative counters, the only progress there is. promised ≥ picked ≥ packed ≥ shipped ≥ delivered and returned; cancelled is out of all of them."""

    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="fulfillment_lines")
    demand = models.OneToOneField("inventory.Demand", on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField()
    promised = models.BigIntegerField(default=0)
    picked = models.BigIntegerField(default=0)
    packed = models.BigIntegerField(default=0)
    shipped = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    cancelled__gte=0,
                    picked__lte=F("promised"),
                    packed__lte=F("picked"),
                    shipped__lte=F("packed"),
                    delivered__lte=F("shipped"),
                    returned__lte=F("shipped"),
                    delivered__gte=0,
                    returned__gte=0,
                )
                & Q(promised__lte=F("quantity") - F("cancelled")),
                name="line_counters_in_order",
            )
        ]


class Hold(models.Model):
    """Why a fulfillment order must wait. Open while `released_at` is empty; `owner_role` answers for it."""

    class Kind(models.TextChoices):
        PAYMENT = "payment"
        ADDRESS = "address"
        FRAUD = "fraud"
        STOCK = "stock"
        CUSTOMS = "customs"
        VALUE = "value"
        MANUAL = "manual"

    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    note = models.TextField(default="")
    missing = models.JSONField(null=True)
    owner_role = models.TextField(default="service")
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    retry_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fulfillment_order", "kind"], name="one_open_hold_of_a_kind", condition=Q(released_at__isnull=True)),
        ]
        indexes = [models.Index(fields=["kind", "opened_at"], name="hold_open", condition=Q(released_at__isnull=True))]


class PaymentEntry(models.Model):
    """Append-only: what happened to the money of an order. `key` is what the provider was asked with; amounts are positive.

    `authorisation` is the provider's reference of the authorisation that an entry belongs to; `expires_at` is set where something was authorised.
    """

    class Kind(models.TextChoices):
        AUTHORISED = "authorised"
        DECLINED = "declined"
        EXPIRED = "expired"
        CAPTURED = "captured"
        REFUNDED = "refunded"
        VOIDED = "voided"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount_minor = models.BigIntegerField()
    provider = models.TextField()
    provider_ref = models.TextField(default="")
    authorisation = models.TextField(default="")
    expires_at = models.DateTimeField(null=True)
    key = models.UUIDField(unique=True)
    cause_kind = models.TextField(default="")
    cause_id = models.BigIntegerField(null=True)
    note = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payment_not_negative")]
        indexes = [models.Index(fields=["expires_at"], name="payment_expiry", condition=Q(expires_at__isnull=False))]


class PaymentRequest(models.Model):
    """Money to be moved at a provider: written first, asked after, recorded last, so that a lost answer is looked up by its key before anything is asked again.

    `token` stands for the customer's means of payment, `authorisation` (captures, refunds, voids) for what it is taken from. `error` is empty while it waits and where it was done.
    `replaced_at`: when a refused capture was asked for anew by another request; until then its money is missing.
    """

    class Kind(models.TextChoices):
        AUTHORISE = "authorise"
        CAPTURE = "capture"
        REFUND = "refund"
        VOID = "void"

    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    amount_minor = models.BigIntegerField()
    key = models.UUIDField(unique=True)
    provider = models.TextField()
    token = models.TextField(default="")
    authorisation = models.TextField(default="")
    cause_kind = models.TextField(default="")
    cause_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "cause_kind", "cause_id", "authorisation"], name="one_request_per_cause", condition=Q(cause_id__isnull=False)
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payment_request_not_negative"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="payment_waiting", condition=Q(answered_at__isnull=True)),
            models.Index(fields=["order"], name="capture_refused", condition=Q(kind="capture", replaced_at__isnull=True) & ~Q(error="")),
        ]


class Change(models.Model):
    """An edit or cancellation of an order after it was accepted: what, by whom, why, and what it undid."""

    class Kind(models.TextChoices):
        CANCEL = "cancel"
        EDIT = "edit"
        SPLIT = "split"
        MERGE = "merge"
        MOVE = "move"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.TextField()
    detail = models.JSONField(default=dict)
    principal = models.TextField()
    at = models.DateTimeField()


class Cancellation(models.Model):
    """What a client asked to be cancelled of an order: all that is left of it, or so many units by demand (`quantities`, as JSON writes its keys); and what it was answered, by whom and why."""

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    class Basis(models.TextChoices):
        PERSON = "person"
        RULE = "rule"
        UNTOUCHED = "untouched"
        LEFT = "left"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cancellations", db_index=False)
    state = models.CharField(max_length=8, choices=State.choices)
    quantities = models.JSONField(default=dict)
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")
    basis = models.CharField(max_length=9, choices=Basis.choices, default="")
    note = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], name="one_open_cancellation", condition=Q(state="asked")),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True, basis="") | (~Q(state="asked") & Q(answered_at__isnull=False) & ~Q(basis="")),
                name="cancellation_answered",
            ),
        ]
        indexes = [models.Index(fields=["order", "id"], name="cancellation_of_order"), models.Index(fields=["state", "order"], name="cancellation_state")]


class Quarantined(models.Model):
    """One bad order of a feed: its raw payload (personal data, kept until `retain_until`) and a plain reason; to be mended and replayed."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    channel = models.TextField()
    external_id = models.TextField(default="")
    payload = models.JSONField()
    reason = models.TextField()
    code = models.TextField()
    fingerprint = models.TextField()
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(default="")
    retain_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "channel", "fingerprint"], name="quarantined_once")]
        indexes = [models.Index(fields=["client", "channel", "external_id"], name="quarantined_open", condition=Q(resolved_at__isnull=True))]


class ImportRun(models.Model):
    """One file of orders, by its content: the same file read again finds its run. `report` accounts for every line of the file; `taken` says what the intake answered."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    file_name = models.TextField()
    sha256 = models.CharField(max_length=64)
    format = models.TextField()
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    taken = models.JSONField(default=dict)
    principal = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "warehouse", "sha256", "format"], name="file_once")]


class Imported(models.Model):
    """What a file held besides orders: returns, stock adjustments, charges of fees alone. Kept for who acts on it (`taken_at`, `taken_as`), once per client, channel, kind and reference.

    `amount_minor` is signed as in the file; `detail` holds the lines as plain values.
    """

    class Kind(models.TextChoices):
        RETURN = "return"
        ADJUSTMENT = "adjustment"
        CHARGE = "charge"

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="records")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    channel = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reference = models.TextField()
    original = models.TextField(default="")
    at = models.DateTimeField()
    currency = models.CharField(max_length=3, default="")
    amount_minor = models.BigIntegerField(default=0)
    customer_ref = models.TextField(default="")
    detail = models.JSONField(default=dict)
    taken_at = models.DateTimeField(null=True)
    taken_as = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "channel", "kind", "reference"], name="imported_once")]
        indexes = [models.Index(fields=["client", "kind", "at", "id"], name="imported_waiting", condition=Q(taken_at__isnull=True))]
