"""Stock: levels, moves, lots, demand and allocations; receiving, put-away and counting."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse
from packhorse.steps.inventory import states


class Condition(models.TextChoices):
    SELLABLE = "sellable"
    HELD = "held"
    DAMAGED = "damaged"


class Lot(models.Model):
    """Units of an item that share an origin and an expiry. `blocked_at`: held, recalled or expired, hence not sellable (written with the counters that follow from it)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    code = models.TextField()
    expires_on = models.DateField(null=True)
    received_on = models.DateField()
    blocked_at = models.DateTimeField(null=True)
    blocked_reason = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="lot_once_per_item")]
        indexes = [models.Index(fields=["expires_on"], name="lot_expiry", condition=Q(blocked_at__isnull=True, expires_on__isnull=False))]


class Stock(models.Model):
    """What a warehouse can promise of an item: the hot row. available = sellable − promised; `short` is what open shortfalls admit to be missing."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    sellable = models.BigIntegerField(default=0)
    promised = models.BigIntegerField(default=0)
    short = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "item"], name="stock_once"),
            models.CheckConstraint(condition=Q(sellable__gte=0, promised__gte=0, short__gte=0), name="stock_never_negative"),
            models.CheckConstraint(condition=Q(promised__lte=F("sellable") + F("short")), name="stock_never_oversold"),
        ]


class Level(models.Model):
    """How much of an item lies at a place, by lot and condition: a checked projection of the moves. Kept for physical places only."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_levels")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True)
    condition = models.CharField(max_length=8, choices=Condition, default=Condition.SELLABLE)
    on_hand = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "location", "lot", "condition"], name="level_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(on_hand__gte=0, allocated__gte=0, allocated__lte=F("on_hand")), name="level_holds_what_it_allocates"),
            models.CheckConstraint(condition=Q(condition="sellable") | Q(allocated=0), name="only_sellable_is_allocated"),
        ]


class Move(models.Model):
    """A quantity of an item from one place (and condition) to another: append-only, partitioned by month of `at`, referenced by nothing."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    client_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    lot_id = models.BigIntegerField(null=True)
    quantity = models.BigIntegerField()
    source_id = models.BigIntegerField()
    source_condition = models.TextField()
    target_id = models.BigIntegerField()
    target_condition = models.TextField()
    cause_kind = models.TextField()
    cause_id = models.BigIntegerField()
    demand_id = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField()

    class Meta:
        db_table = "inventory_move"
        managed = False


class Demand(models.Model):
    """What somebody wants of an item from a warehouse and is still to get: open quantities, they fall as goods leave. Order lines point here. Backordered = wanted − promised."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
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
    """So many of a lot of an item were sent; `received` came (`damaged` of them damaged), `short` never did."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    transfer = models.ForeignKey(TransferOrder, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    damaged = models.PositiveBigIntegerField(default=0)
    short = models.PositiveBigIntegerField(default=0)
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "item", "lot"], name="transfer_line_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(quantity__gt=0, damaged__lte=F("received"), received__lte=F("quantity") - F("short")), name="transfer_counts"),
        ]
