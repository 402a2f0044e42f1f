"""What is bought and comes in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse
from packhorse.steps.inventory import states


class Supplier(models.Model):
    """Who sells goods to a client. `lead_time_days`: from order to arrival, as they promise."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    code = models.TextField()
    name = models.TextField()
    email = models.TextField(default="", blank=True)
    lead_time_days = models.PositiveIntegerField(default=7)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "code"], name="supplier_once_per_client")]

    def __str__(self) -> str:
        return self.code


class PurchaseOrder(models.Model):
    """Goods ordered from a supplier for one warehouse. `reference` is the client's own name for it, unique where given."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    number = models.TextField(unique=True)
    reference = models.TextField(default="")
    state = models.TextField()
    currency = models.CharField(max_length=3)
    expected_on = models.DateField(null=True)
    note = models.TextField(default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "reference"], name="purchase_order_reference_once", condition=~Q(reference="")),
            models.CheckConstraint(condition=Q(state__in=sorted(states.PURCHASE_ORDER)), name="purchase_order_state_known"),
        ]
        indexes = [models.Index(fields=["warehouse", "expected_on"], name="purchase_order_open", condition=Q(closed_at__isnull=True))]


class PurchaseOrderLine(models.Model):
    """So many of an item ordered. `received` counts what came, `damaged` how much of that was damaged; more than ordered may come."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    purchase_order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    quantity = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    damaged = models.BigIntegerField(default=0)
    unit_cost = models.DecimalField(max_digits=18, decimal_places=6, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purchase_order", "item"], name="purchase_order_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, received__gte=0, damaged__gte=0, damaged__lte=F("received")), name="purchase_order_line_counts"),
        ]


class ExpectedUnit(models.Model):
    """One line of an advance shipping notice: inside the load with this SSCC comes so much of an item. `receipt` says when it came."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    purchase_order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="expected_units")
    sscc = models.TextField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField()
    lot = models.TextField(default="")
    expires_on = models.DateField(null=True)
    receipt = models.ForeignKey("inventory.Receipt", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="expected_unit_of_something")]
        indexes = [models.Index(fields=["sscc"], name="expected_unit_sscc")]


class Receipt(models.Model):
    """One arrival of goods for a purchase order at a dock: the cause of the moves that brought them in."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    purchase_order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    principal = models.TextField()


class Discrepancy(models.Model):
    """What came otherwise than ordered: over, short, damaged, or not ordered at all, with the reason that was given."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    purchase_order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="discrepancies")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField()
    quantity = models.BigIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, kind__in=["over", "short", "damaged", "unexpected"]), name="discrepancy_of_something")
        ]
