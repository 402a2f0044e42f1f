"""Shipments with the rates that were considered, labels, manifests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from packhorse.ground.catalog.models import Client
from packhorse.ground.files.models import StoredFile
from packhorse.ground.warehouse.models import Warehouse


class Shipment(models.Model):
    """The parcels of one fulfillment order that go together with one carrier service. `considered`: every service asked, its price, date and why it lost; `rule`: what decided."""

    number = models.TextField(unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    fulfillment_order = models.ForeignKey("orders.FulfillmentOrder", on_delete=models.PROTECT, related_name="shipments")
    carrier = models.TextField()
    service = models.TextField()
    zone = models.TextField(default="")
    quoted_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    promised_by = models.DateTimeField()
    expected_by = models.DateTimeField(null=True)
    rule = models.TextField()
    considered = models.JSONField(default=list)
    chosen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "id"], name="shipment_of_client")]

    def __str__(self) -> str:
        return self.number


class Label(models.Model):
    """The right to send one parcel (or, for a return, to have one sent back). `key` is what the carrier was asked with: an unknown outcome is looked up by it before anything is bought again."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        BUYING = "buying"
        BOUGHT = "bought"
        UNKNOWN = "unknown"
        FAILED = "failed"
        VOID_ASKED = "void_asked"
        VOIDED = "voided"
        REFUND_ASKED = "refund_asked"
        REFUNDED = "refunded"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="labels")
    parcel = models.ForeignKey("packing.Parcel", on_delete=models.PROTECT, null=True, related_name="labels")
    for_kind = models.TextField(default="")
    for_id = models.BigIntegerField(null=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REQUESTED)
    key = models.UUIDField(unique=True)
    carrier = models.TextField()
    service = models.TextField()
    weight_g = models.PositiveIntegerField()
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    tracking_number = models.TextField(null=True, unique=True)  # noqa: DJ001 - none until bought
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    charges = models.JSONField(default=list)
    billed_g = models.PositiveIntegerField(null=True)
    expected_by = models.DateTimeField(null=True)
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    zpl = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    slip = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    bought_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    error = models.TextField(default="", blank=True)
    manifest = models.ForeignKey("shipping.Manifest", on_delete=models.PROTECT, null=True, related_name="labels")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"],
                name="one_live_label_per_parcel",
                condition=Q(state__in=["requested", "buying", "bought", "unknown", "failed", "void_asked"]),
            ),
            models.UniqueConstraint(fields=["for_kind", "for_id"], name="one_label_per_return", condition=Q(for_id__isnull=False)),
            models.CheckConstraint(condition=~Q(state="bought") | Q(tracking_number__isnull=False, amount_minor__isnull=False), name="bought_label_has_number"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="label_waiting", condition=Q(state__in=["requested", "buying", "unknown", "void_asked"])),
            models.Index(fields=["warehouse", "carrier", "id"], name="label_for_truck", condition=Q(state="bought", manifest__isnull=True)),
            models.Index(fields=["id"], name="label_needs_somebody", condition=Q(state__in=["failed", "unknown"])),
            models.Index(fields=["client", "id"], name="label_of_client"),
        ]


class Unquoted(models.Model):
    """A packed order that no carrier could be asked for, or that none takes, while it is so: how often it was tried, why not, and when it is tried again by itself."""

    class Reason(models.TextChoices):
        NO_ADDRESS = "no_address"
        NO_QUOTE = "no_quote"

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    fulfillment_order = models.OneToOneField("orders.FulfillmentOrder", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    attempts = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()


class Manifest(models.Model):
    """What a carrier takes over at one time. `closing` while the carrier is being asked; its number is the carrier's."""

    class State(models.TextChoices):
        CLOSING = "closing"
        HANDED_OVER = "handed_over"

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    carrier = models.TextField()
    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.CLOSING)
    number = models.TextField(default="", blank=True)
    parcels = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    refused = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["warehouse", "-handed_over_at"], name="manifest_of_day"),
            models.Index(fields=["id"], name="manifest_closing", condition=Q(state="closing")),
        ]
