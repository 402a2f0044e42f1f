"""Deliveries, what carriers said about them, exceptions, claims, feedback."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from packhorse.ground.catalog.models import Client
from packhorse.ground.warehouse.models import Warehouse


class Delivery(models.Model):
    """One parcel on its way, out or back. `status` is the furthest tracking code so far; `expected_by` is corrected as scans arrive, `promised_by` never."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="deliveries")
    fulfillment_order = models.ForeignKey("orders.FulfillmentOrder", on_delete=models.PROTECT, null=True, related_name="deliveries")
    label = models.OneToOneField("shipping.Label", on_delete=models.PROTECT)
    parcel = models.ForeignKey("packing.Parcel", on_delete=models.PROTECT, null=True)
    carrier = models.TextField()
    service = models.TextField()
    tracking_number = models.TextField(unique=True)
    origin = models.TextField()
    destination = models.TextField()
    status = models.TextField(default="announced")
    status_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    promised_by = models.DateTimeField(null=True)
    expected_by = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["carrier", "id"], name="delivery_under_way", condition=~Q(status__in=["delivered", "returned", "lost"])),
            models.Index(fields=["client", "-sent_at"], name="delivery_recent"),
        ]


class TrackingEvent(models.Model):
    """What a carrier said, as it said it, once: the carrier's own number of the scan makes it unique."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    code = models.TextField()
    detail = models.TextField(default="", blank=True)
    place = models.TextField(default="", blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="tracking_event_once")]


class DeliveryException(models.Model):
    """A delivery that needs somebody: one open exception per delivery and kind, with an owner and a deadline."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="exceptions")
    kind = models.TextField()
    detail = models.TextField(default="", blank=True)
    owner_role = models.TextField(default="service")
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="", blank=True)
    resolution = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "kind"], name="one_open_exception_of_a_kind", condition=Q(closed_at__isnull=True))]
        indexes = [models.Index(fields=["deadline"], name="exception_open", condition=Q(closed_at__isnull=True))]


class Claim(models.Model):
    """Money asked back from a carrier for a lost or damaged parcel. Amounts in minor units."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="claims")
    kind = models.TextField()
    state = models.TextField(default="found")
    asked_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    note = models.TextField(default="", blank=True)
    found_at = models.DateTimeField()
    deadline = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind"], name="claimed_once"),
            models.CheckConstraint(condition=Q(asked_minor__gte=0, paid_minor__gte=0), name="claim_not_negative"),
        ]


class Feedback(models.Model):
    """What the customer thought of a delivery, 1 to 5, once per order. The comment is personal data, kept until `retain_until`."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    order = models.OneToOneField("orders.Order", on_delete=models.PROTECT)
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    retain_until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="score_from_one_to_five")]
