"""What is wanted, promised, allocated, reserved, and missing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse
from packhorse.steps.inventory.models.stock import Lot


class Demand(models.Model):
    """What somebody wants of an item from a warehouse and is still to get: open quantities, they fall as goods leave. Order lines point here. Backordered = wanted − promised."""

    # (item, client) together refer to the client's item: one look instead of two (migration 0016).
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    wanted = models.BigIntegerField()
    promised = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)
    for_kind = models.TextField()
    for_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(allocated__gte=0, allocated__lte=F("promised"), promised__lte=F("wanted")), name="demand_in_order"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "item", "id"], name="demand_backordered", condition=Q(promised__lt=F("wanted"))),
            models.Index(fields=["item", "warehouse"], name="demand_open", condition=Q(promised__gt=0)),
            models.Index(fields=["for_kind", "for_id"], name="demand_for"),
        ]


class Allocation(models.Model):
    """A promise made physical: this much of this lot at this place is for that demand. It travels with the goods (bin, tote, parcel) until they leave or it is released."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.BigIntegerField()
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_of_something")]
        indexes = [models.Index(fields=["location", "item"], name="allocation_open", condition=Q(closed_at__isnull=True))]


class Shortfall(models.Model):
    """Promised but not there: a record with an owner and a deadline, never a negative number. `quantity` is what is still open."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    quantity = models.BigIntegerField()
    opened_quantity = models.BigIntegerField()
    cause_kind = models.TextField()
    cause_id = models.BigIntegerField()
    owner_role = models.TextField()
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, closed_at__isnull=True) | Q(quantity=0, closed_at__isnull=False), name="shortfall_open_or_closed"
            )
        ]
        indexes = [models.Index(fields=["warehouse", "item", "opened_at"], name="shortfall_open", condition=Q(closed_at__isnull=True))]


class Reservation(models.Model):
    """Goods kept for a checkout until `expires_at`: its lines are demands, promised in full. (`channel`, `reference`) is its name at the channel; `outcome` says how it ended."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    channel = models.TextField()
    reference = models.TextField()
    units = models.BigIntegerField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "channel", "reference"], name="reservation_open_once", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | Q(outcome__in=["accepted", "released", "expired"], ended_at__isnull=False),
                name="reservation_outcome",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="reservation_to_expire", condition=Q(ended_at__isnull=True))]
