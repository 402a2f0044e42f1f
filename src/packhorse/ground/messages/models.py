"""Messages to customers (personal data, each with a retention), the words clients choose for them, and alerts to our own people."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from packhorse.ground.catalog.models import Client


class Message(models.Model):
    """One message to one person, as it is sent. Recipient, subject line and body are overwritten when `retain_until` has passed; that it was sent stays."""

    class Channel(models.TextChoices):
        MAIL = "mail"
        SMS = "sms"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True)
    order_id = models.BigIntegerField(null=True)
    template = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    channel = models.CharField(max_length=4, choices=Channel.choices)
    language = models.CharField(max_length=5)
    recipient = models.TextField()
    title = models.TextField(default="")
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    error = models.TextField(default="")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    retain_until = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "subject_kind", "subject_id", "channel"], name="message_once")]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="message_due", condition=Q(state__in=["queued", "sending"])),
            models.Index(fields=["order_id"], name="message_order", condition=Q(order_id__isnull=False)),
            models.Index(fields=["retain_until"], name="message_retention", condition=Q(erased_at__isnull=True)),
            models.Index(fields=["state", "-id"], name="message_state"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.subject_kind}:{self.subject_id}"


class Wording(models.Model):
    """A client's own words for a template in one language, in place of the house's. Only variables and `{% if %}` are understood."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    template = models.TextField()
    language = models.CharField(max_length=5)
    title = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "template", "language"], name="wording_once")]

    def __str__(self) -> str:
        return f"{self.template} ({self.language})"


class Alert(models.Model):
    """Something that one of our people must see. One open alert per rule and subject; it is closed when the fact ends.

    `detail` carries ids and numbers, nothing personal.
    """

    class Severity(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        CRITICAL = "critical"

    rule = models.TextField()
    severity = models.CharField(max_length=8, choices=Severity.choices)
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    owner_role = models.TextField()
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True)
    warehouse_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    deadline = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "subject_kind", "subject_id"], name="one_open_alert", condition=Q(closed_at__isnull=True))]
        indexes = [models.Index(fields=["owner_role", "opened_at"], name="alert_open", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_kind}:{self.subject_id}"
