"""What is learned of carriers, and what the built-in tariff carrier remembers: it stands for a carrier's own system, so nothing of ours refers to its rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Transit(models.Model):
    """How many parcels took so many business days on a lane. Written from above, by delivery."""

    carrier = models.TextField()
    service = models.TextField()
    origin = models.TextField()
    destination = models.TextField()
    days = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "service", "origin", "destination", "days"], name="transit_once")]


class TariffManifest(models.Model):
    """The tariff carrier took parcels over."""

    key = models.UUIDField(unique=True)
    handed_over_at = models.DateTimeField()
    refused = models.JSONField(default=list)


class TariffPurchase(models.Model):
    """A label the tariff carrier sold. Places only as country, region and postal prefix: it keeps no personal data. `timeline` is what will happen to the parcel, laid down at hand-over."""

    key = models.UUIDField(unique=True)
    request_sha256 = models.BinaryField()
    tracking_number = models.TextField(unique=True)
    service = models.TextField()
    origin_country = models.CharField(max_length=2)
    origin_region = models.TextField()
    origin_prefix = models.TextField()
    destination_country = models.CharField(max_length=2)
    destination_region = models.TextField()
    destination_prefix = models.TextField()
    routing = models.TextField()
    zone = models.TextField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    lines = models.JSONField()
    billed_g = models.PositiveIntegerField()
    transit_days = models.PositiveSmallIntegerField()
    deliver_by = models.DateTimeField()
    purchased_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    manifest = models.ForeignKey(TariffManifest, on_delete=models.PROTECT, null=True, related_name="purchases")
    timeline = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(voided_at=None) | Q(manifest=None), name="tariff_voided_or_handed_over")]
