"""Scales, printers for labels and for paper, box machines, and what is sent to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from packhorse.ground.catalog.models import Client
from packhorse.ground.files.models import StoredFile
from packhorse.ground.warehouse.models import Location, Warehouse


class Equipment(models.Model):
    """A device at a bench (or, without one, of the whole warehouse). `neighbour` takes its work when it does not answer."""

    class Kind(models.TextChoices):
        SCALE = "scale"
        PRINTER = "printer"
        PAPER = "paper"
        BOXES = "boxes"

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    station = models.ForeignKey(Location, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.TextField()
    protocol = models.TextField()
    address = models.TextField()
    neighbour = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="equipment_name_once"),
            models.UniqueConstraint(
                fields=["warehouse", "station", "kind"], name="equipment_one_of_a_kind", condition=Q(archived_at__isnull=True), nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(neighbour=models.F("id")), name="equipment_is_not_its_neighbour"),
        ]

    def __str__(self) -> str:
        return self.name


class Sending(models.Model):
    """Something to print or to make, once. What it is about is a reference; the bytes are a file's or, where nobody's name is in them, the `payload`."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    key = models.UUIDField(unique=True)
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, db_index=False)
    what = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True)
    payload = models.TextField(default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(default="")
    sent_to = models.ForeignKey(Equipment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False, sent_to__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True), name="sending_sent_when"
            )
        ]
        indexes = [models.Index(fields=["id"], name="sending_waiting", condition=Q(state="queued"))]
