"""Months whose moves are complete."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location
from packhorse.steps.inventory.models.stock import Condition, Lot


class ClosedMonth(models.Model):
    """A month whose moves are complete: its partition takes no more, and what lay where at its end stands in its balances. The months before it are closed too."""

    month = models.DateField(unique=True)
    until = models.DateTimeField()
    moves = models.BigIntegerField()
    closed_at = models.DateTimeField()
    principal = models.TextField()


class Balance(models.Model):
    """What lay at a place at the end of a closed month, by lot and condition: where the books begin again. Places with nothing have no row."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    closed_month = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="balances")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    condition = models.CharField(max_length=8, choices=Condition)
    on_hand = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(on_hand__gt=0), name="balance_of_something"),
            models.UniqueConstraint(fields=["closed_month", "item", "location", "lot", "condition"], name="balance_once", nulls_distinct=False),
        ]
