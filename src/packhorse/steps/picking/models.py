"""How a warehouse picks, waves, releases, pick batches with their totes, and pick tasks."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pghistory
from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse


class Method(models.TextChoices):
    """How orders are picked: each whole on one walk; passed in one tote from zone to zone; by zone into shared totes, and sorted at a put wall."""

    WHOLE = "whole"
    PASS = "pass"  # noqa: S105
    WALL = "wall"


class StandardTimes(models.Model):
    """How long walking and picking take somebody (see `types.Times`)."""

    walk_m_per_min = models.PositiveSmallIntegerField(default=60)
    turn_s = models.PositiveSmallIntegerField(default=2)
    order_s = models.PositiveSmallIntegerField(default=20)
    line_s = models.PositiveSmallIntegerField(default=15)
    unit_s = models.PositiveSmallIntegerField(default=2)
    level_s = models.PositiveSmallIntegerField(default=3)
    heavy_g = models.PositiveIntegerField(default=10_000)
    heavy_s = models.PositiveSmallIntegerField(default=5)
    reach_levels = models.PositiveSmallIntegerField(null=True)

    class Meta:
        abstract = True


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class PickingPolicy(StandardTimes):
    """How a warehouse picks (see `types.Policy`). Its row is also what waves of one warehouse wait for each other at."""

    warehouse = models.OneToOneField(Warehouse, on_delete=models.CASCADE, related_name="picking_policy")
    pickers = models.PositiveSmallIntegerField(default=2)
    lines_per_hour = models.PositiveIntegerField(null=True)
    shift_from = models.TimeField(default=dt.time(8))
    shift_to = models.TimeField(default=dt.time(18))
    pack_min = models.PositiveSmallIntegerField(default=60)
    keep_workable = models.PositiveSmallIntegerField(default=0)
    orders_per_walk = models.PositiveSmallIntegerField(default=12)
    urgent_min = models.PositiveSmallIntegerField(default=120)
    method = models.CharField(max_length=5, choices=Method, default=Method.WHOLE)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pickers__gt=0, walk_m_per_min__gt=0, orders_per_walk__gt=0), name="somebody_walks"),
            models.CheckConstraint(condition=Q(lines_per_hour__isnull=True) | Q(lines_per_hour__gt=0), name="lines_per_hour_or_none"),
            models.CheckConstraint(condition=Q(shift_from__lt=F("shift_to")), name="a_shift_begins_before_it_ends"),
        ]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class WorkerType(StandardTimes):
    """Whoever picks with other times than the warehouse's standard: a lift truck, a robot that brings racks."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="worker_types")
    name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="worker_type_once"),
            models.CheckConstraint(condition=Q(walk_m_per_min__gt=0) & ~Q(name=""), name="a_worker_moves"),
        ]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class CartType(models.Model):
    """What walks are picked with: so many totes, and at most so much volume and weight. `worker`: whose times count with it (None: the warehouse's standard)."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="cart_types")
    name = models.TextField()
    compartments = models.PositiveSmallIntegerField()
    volume_ml = models.PositiveBigIntegerField(null=True)
    load_g = models.PositiveBigIntegerField(null=True)
    worker = models.ForeignKey(WorkerType, on_delete=models.PROTECT, null=True, related_name="cart_types")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="cart_type_once"),
            models.CheckConstraint(condition=Q(compartments__gt=0) & ~Q(name=""), name="a_cart_carries"),
            models.CheckConstraint(condition=(Q(volume_ml=None) | Q(volume_ml__gt=0)) & (Q(load_g=None) | Q(load_g__gt=0)), name="a_limit_or_none"),
        ]


class TypedCart(models.Model):
    """A cart is of a type. A cart without a row is of none: it takes walks that are planned for none."""

    cart = models.OneToOneField(Location, on_delete=models.CASCADE, related_name="of_type")
    type = models.ForeignKey(CartType, on_delete=models.PROTECT, related_name="carts")


class Wave(models.Model):
    """Fulfillment orders released together: those of a service (empty: all) due by `until`, within limits. `minutes` is their standard time; `reasons` says what was considered and what stayed.
    `method`: how its orders are picked."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    until = models.DateTimeField()
    service = models.TextField(default="")
    max_orders = models.PositiveIntegerField()
    max_minutes = models.PositiveIntegerField(null=True)
    minutes = models.PositiveIntegerField()
    method = models.CharField(max_length=5, choices=Method, default=Method.WHOLE)
    reasons = models.JSONField(default=dict)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    note = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["warehouse", "-id"], name="wave_newest")]


class PickBatch(models.Model):
    """One walk: the fulfillment orders picked together, on one cart. Metres, and minutes of standard time, with what other ways would have cost; `reasons` says how the batch came about.

    `zone`: the code of the zone it stays in (empty: it goes anywhere). A walk for a put wall (`wall`) fills shared totes, one at a time (`tote`), which are brought there to be sorted."""

    class State(models.TextChoices):
        PLANNED = "planned"
        PICKING = "picking"
        DONE = "done"
        CANCELLED = "cancelled"

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    cart_type = models.ForeignKey(CartType, on_delete=models.SET_NULL, null=True)
    cart = models.ForeignKey(Location, on_delete=models.PROTECT, null=True)
    picker_id = models.BigIntegerField(null=True)
    zone = models.TextField(default="")
    wall = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    tote = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    distance_m = models.FloatField(default=0)
    s_shape_m = models.FloatField(default=0)
    one_by_one_m = models.FloatField(default=0)
    minutes = models.FloatField(default=0)
    s_shape_min = models.FloatField(default=0)
    one_by_one_min = models.FloatField(default=0)
    reasons = models.JSONField(default=dict)
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tote"], name="shared_tote_on_one_walk", condition=Q(state="picking")),
            models.CheckConstraint(condition=Q(tote=None) | Q(wall__isnull=False), name="shared_totes_go_to_a_wall"),
        ]
        indexes = [models.Index(fields=["warehouse", "id"], name="pick_batch_open", condition=Q(state__in=["planned", "picking"]))]


class LongPlan(models.Model):
    """Walks that the worker plans for so many seconds (see `types.LongPlan`). One at a time in a warehouse."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, db_index=False)
    cart_type = models.ForeignKey(CartType, on_delete=models.SET_NULL, null=True, db_index=False)
    orders_per_cart = models.PositiveSmallIntegerField(null=True)
    seconds = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    orders = models.PositiveIntegerField(default=0)
    share = models.FloatField(default=0)
    metres = models.FloatField(default=0)
    stopped_at = models.DateTimeField(null=True)
    keep = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    walks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse"], name="one_long_plan_at_a_time", condition=Q(ended_at=None, stopped_at=None))]


class Release(models.Model):
    """A fulfillment order made workable. Undone when `undone_at` is set (then it may be released again).

    `tote` is where its goods come together: a tote, or a slot of the put wall (`wall`) at which it is sorted, since `slotted_at`. Such an order is on several walks at once: its tasks say which,
    it has no `batch`. `cartons`: what packing plans to pack it into; none until it has looked."""

    fulfillment_order = models.ForeignKey("orders.FulfillmentOrder", on_delete=models.PROTECT)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    batch = models.ForeignKey(PickBatch, on_delete=models.PROTECT, null=True, related_name="releases")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="releases")
    compartment = models.PositiveIntegerField(null=True)
    tote = models.ForeignKey(Location, on_delete=models.PROTECT, null=True)
    method = models.CharField(max_length=5, choices=Method, default=Method.WHOLE)
    wall = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    slotted_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)
    cartons = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(wall=None) | Q(batch=None, method="wall"), name="sorted_orders_are_on_many_walks"),
            models.CheckConstraint(condition=Q(slotted_at=None) | Q(wall__isnull=False, tote__isnull=False), name="slots_are_of_a_wall"),
            models.UniqueConstraint(fields=["fulfillment_order"], name="released_once", condition=Q(undone_at__isnull=True, emptied_at__isnull=True)),
            models.UniqueConstraint(fields=["tote"], name="tote_serves_one_order", condition=Q(undone_at__isnull=True, emptied_at__isnull=True)),
        ]
        indexes = [
            models.Index(fields=["warehouse", "id"], name="release_unbatched", condition=Q(batch__isnull=True, undone_at__isnull=True)),
            models.Index(fields=["id"], name="release_without_cartons", condition=Q(cartons__isnull=True, undone_at__isnull=True, emptied_at__isnull=True)),
        ]


#: Why a task that waits was taken off its walk: whoever walked there did not reach the place.
OUT_OF_REACH: Final = "out_of_reach"


class PickTask(models.Model):
    """Take so much of an item (and lot) from a place into a tote: one allocation. Tasks of a batch at one place are one stop."""

    class State(models.TextChoices):
        READY = "ready"
        CLAIMED = "claimed"
        DONE = "done"
        SHORT = "short"
        CANCELLED = "cancelled"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tasks")
    batch = models.ForeignKey(PickBatch, on_delete=models.PROTECT, null=True, related_name="tasks")
    sequence = models.PositiveIntegerField(default=0)
    demand = models.ForeignKey("inventory.Demand", on_delete=models.PROTECT)
    allocation = models.ForeignKey("inventory.Allocation", on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField()
    picked = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READY)
    reason = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, picked__gte=0, picked__lte=F("quantity")), name="picked_at_most_what_was_asked"),
            models.CheckConstraint(condition=~Q(state="done") | Q(picked=F("quantity")), name="done_is_all_picked"),
        ]
        indexes = [models.Index(fields=["location"], name="pick_task_at", condition=Q(state__in=["ready", "claimed"]))]


class SlottingAdvice(models.Model):
    """Which items should change places for a warehouse's past walks, as it was computed at a time. `metres` are of these walks a day, today and with all moves made."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    at = models.DateTimeField()
    days = models.PositiveIntegerField()
    walks = models.PositiveIntegerField()
    metres_a_day = models.FloatField()
    metres_a_day_after = models.FloatField()
    reasons = models.JSONField(default=dict)


class SlottingMove(models.Model):
    """One move of an advice: an item's goods go to another bin; those of `partner` come back in their place. `figures` are what it saves and costs, and why; accepted, it is tasks on the floor."""

    advice = models.ForeignKey(SlottingAdvice, on_delete=models.CASCADE, related_name="moves", db_index=False)
    position = models.PositiveIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    figures = models.JSONField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["advice", "position"], name="slotting_move_once")]


class AisleLimit(models.Model):
    """At most so many walks at a time in an aisle, or (without one) in any aisle that has no limit of its own."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, db_index=False)
    aisle = models.PositiveIntegerField(null=True)
    walks = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "aisle"], name="aisle_limit_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(walks__gt=0), name="somebody_may_walk"),
        ]


class LeadCall(models.Model):
    """A picker calls the lead to a place of the walk; answered by whoever goes there."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    batch = models.ForeignKey(PickBatch, on_delete=models.CASCADE, related_name="calls", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, db_index=False)
    picker_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch"], name="one_call_of_a_walk", condition=Q(answered_at=None))]


class Unlabelled(models.Model):
    """Pieces of an item at a place have no code that a scanner reads: they want a label."""

    class Reason(models.TextChoices):
        NO_LABEL = "no_label"
        UNREADABLE = "unreadable"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, db_index=False)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    labelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "location"], name="label_wanted_once", condition=Q(labelled_at=None))]
