"""The account book of the test provider. It stands for a bank's: nothing of ours reads it but the provider and the proof of the books."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class TestCharge(models.Model):
    """One authorisation and what was taken and given back on it, in minor units. `key` is the one it was asked with."""

    key = models.UUIDField(unique=True)
    token = models.TextField(default="")
    reference = models.TextField(default="")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    authorised_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, captured_minor__gte=0, captured_minor__lte=F("amount_minor")), name="test_never_over_captured"
            ),
            models.CheckConstraint(condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")), name="test_never_over_refunded"),
        ]

    def __str__(self) -> str:
        return f"test-{self.pk}"


class TestAnswer(models.Model):
    """What was answered to one key; the same key hears it again."""

    key = models.UUIDField(primary_key=True)
    kind = models.TextField()
    charge = models.ForeignKey(TestCharge, on_delete=models.PROTECT, null=True)
    outcome = models.TextField()
    amount_minor = models.BigIntegerField()
    reason = models.TextField(default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind}: {self.outcome}"
