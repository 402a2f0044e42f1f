"""Goods on their way between warehouses."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.inventory import states
from packhorse.steps.inventory.models.stock import Lot


class TransferOrder(models.Model):
    """Goods of a client on their way from one warehouse to another: the one can promise them no more, the other when it has received them."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="transfers_in")
    source_warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="transfers_out")
    number = models.TextField(unique=True)
    state = models.TextField()
    expected_on = models.DateField(null=True)
    note = models.TextField(default="")
    sent_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    short_reason = models.TextField(default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=sorted(states.TRANSFER)), name="transfer_state_known")]


class TransferLine(models.Model):
    """So many of a lot of an item were sent; `received` came (`damaged` of them damaged), `short` never did; `over` came besides, more than was sent."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    transfer = models.ForeignKey(TransferOrder, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    damaged = models.PositiveBigIntegerField(default=0)
    short = models.PositiveBigIntegerField(default=0)
    over = models.PositiveBigIntegerField(default=0)
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "item", "lot"], name="transfer_line_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(quantity__gt=0, damaged__lte=F("received"), received__lte=F("quantity") - F("short")), name="transfer_counts"),
        ]
