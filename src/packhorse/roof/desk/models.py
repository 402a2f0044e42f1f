"""The desk's own rows: what the reconcilers found, and how far their sweep is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Finding(models.Model):
    """A figure that does not say what its rows say: open until it agrees again. `family` and `family_id` are what it was looked at by; `about` is the drift as it was found.

    `mended_by` is set where somebody had it mended (`command_id` is the audit); otherwise it went away by itself.
    """

    room = models.TextField()
    kind = models.TextField()
    family = models.TextField()
    family_id = models.BigIntegerField()
    subject = models.TextField()
    about = models.JSONField()
    stated = models.TextField()
    actual = models.TextField()
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    mended_by = models.TextField(default="")
    command_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "kind", "subject"], name="finding_open_once", condition=Q(closed_at__isnull=True))]
        indexes = [models.Index(fields=["family", "family_id"], name="finding_open", condition=Q(closed_at__isnull=True))]


class Sweep(models.Model):
    """How far the sweep over a family is: everything up to `position` was looked at in this round. `size` ids are a slice, more or fewer as the last one took."""

    family = models.TextField(unique=True)
    position = models.BigIntegerField(default=0)
    size = models.PositiveIntegerField(default=500)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    took_ms = models.BigIntegerField(default=0)
    last_ended_at = models.DateTimeField(null=True)
    last_took_ms = models.BigIntegerField(default=0)
