"""Work on the floor: put-away and counts; changes by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse
from packhorse.steps.inventory import states
from packhorse.steps.inventory.models.stock import Condition, Lot


class FixedBin(models.Model):
    """An item lives in this bin of a warehouse: put-away brings it there first."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "item"], name="fixed_bin_once")]


class PutAwayTask(models.Model):
    """Goods at a place (dock, tote, bench) that must go to a bin. `target` is the bin that the rule chose, `rule` why; `put` how much is there already."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    condition = models.CharField(max_length=8, choices=Condition, default=Condition.SELLABLE)
    quantity = models.BigIntegerField()
    put = models.BigIntegerField(default=0)
    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="put_away_from", db_index=False)
    target = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="put_away_to", db_index=False)
    rule = models.TextField()
    state = models.TextField()
    cause_kind = models.TextField()
    cause_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, put__gte=0, put__lte=F("quantity")), name="put_away_counts"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.TASK)), name="put_away_state_known"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "source"], name="put_away_open", condition=Q(done_at__isnull=True)),
            models.Index(fields=["target"], name="put_away_target", condition=Q(done_at__isnull=True)),
            models.Index(fields=["cause_kind", "cause_id"], name="put_away_cause"),
        ]


class CountTask(models.Model):
    """A bin to be counted, whole or for one item. Blind: the counter is not told what is expected. Differences beyond `tolerance` units are counted again by another person, then approved."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, db_index=False)
    state = models.TextField()
    reason = models.TextField()
    tolerance = models.PositiveIntegerField(default=0)
    cause_kind = models.TextField()
    cause_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    counter = models.TextField(default="")
    first_counter = models.TextField(default="")
    requested_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=sorted(states.COUNT)), name="count_state_known")]
        indexes = [models.Index(fields=["warehouse", "requested_at"], name="count_open", condition=Q(posted_at__isnull=True))]


class CountLine(models.Model):
    """What was counted of one level in one round, and what the ledger said at that very moment."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    task = models.ForeignKey(CountTask, on_delete=models.PROTECT, related_name="lines")
    round = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    condition = models.CharField(max_length=8, choices=Condition, default=Condition.SELLABLE)
    counted = models.BigIntegerField()
    expected = models.BigIntegerField()
    at = models.DateTimeField()
    principal = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "round", "item", "lot", "condition"], name="count_line_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(counted__gte=0), name="counted_not_negative"),
        ]


class Adjustment(models.Model):
    """Somebody changed stock by hand, and why: the cause of the moves that did it."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    reason = models.TextField()
    note = models.TextField(default="")
    at = models.DateTimeField()
    principal = models.TextField()
