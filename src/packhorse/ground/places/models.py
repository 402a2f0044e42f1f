"""Addresses: personal data, each row with its retention. A row is never changed, except to erase it; a corrected address is a new row."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Address(models.Model):
    """A party at a place. `normal_sha256` is the fingerprint of the normalised form: equal for the same place and party written differently; empty once erased."""

    client = models.ForeignKey("catalog.Client", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.TextField(default="")
    company = models.TextField(default="")
    line1 = models.TextField(default="")
    line2 = models.TextField(default="")
    line3 = models.TextField(default="")
    city = models.TextField(default="")
    region = models.TextField(default="")
    postal_code = models.TextField(default="")
    country = models.CharField(max_length=2, default="")
    phone = models.TextField(default="")
    email = models.TextField(default="")
    normal_sha256 = models.BinaryField(default=b"")
    level = models.CharField(max_length=16, default="")
    problems = ArrayField(models.TextField(), default=list)
    created_at = models.DateTimeField()
    retain_until = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["", "deliverable", "suspect", "undeliverable"]), name="address_level_known"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(name="", company="", line1="", line2="", line3="", phone="", email=""), name="address_erased_is_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["normal_sha256"], name="address_same_place", condition=~Q(normal_sha256=b"")),
            models.Index(fields=["retain_until"], name="address_retention", condition=Q(erased_at=None) & Q(retain_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"
