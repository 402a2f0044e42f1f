"""The days: what happens when. Every part of a day works off what stands there in the database, so a run that was killed repeats the part it was in and loses nothing."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from packhorse.core import dispatch, partitions, sql
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.clock import VirtualClock, using
from packhorse.ground.messages import jobs as message_jobs
from packhorse.roof.simulation.desk import Buyer, Counter, Receiver, Service, Shop
from packhorse.roof.simulation.dice import Dice
from packhorse.roof.simulation.floor import Floor, plan_walks
from packhorse.roof.simulation.homecoming import Returns
from packhorse.roof.simulation.models import Run
from packhorse.roof.simulation.second_head import SecondHead
from packhorse.roof.simulation.story import Story
from packhorse.roof.simulation.world import World
from packhorse.steps.delivery import services as delivery_services
from packhorse.steps.inventory import services as inventory_services
from packhorse.steps.orders import jobs as order_jobs
from packhorse.steps.shipping import jobs as shipping_jobs, selectors as shipping, services as shipping_services

ZONE: Final = ZoneInfo("Europe/London")
#: The shift, in hours of the warehouse's day; walks are planned at these hours; the truck comes at 17:30.
HOURS: Final = range(8, 18)
WAVES: Final = (8, 10, 12, 14, 15, 16)
#: So many days are added after the last order, so that parcels arrive and returns come home.
AFTER: Final = 14
RELEASE_AT_ONCE: Final = 400

Tell = Callable[[str, int, int], None]


class Days:
    """A simulation of a story in a world, on its own clock."""

    def __init__(self, run: Run, world: World, story: Story, seed: int) -> None:
        self.run, self.world, self.story, self.seed = run, world, story, seed
        self.clock = VirtualClock(run.clock)
        self.dice = Dice(seed)
        self.shop, self.buyer = Shop(world, story, self.dice), Buyer(world, story, self.dice)
        self.receiver, self.counter = Receiver(world, self.dice), Counter(world)
        self.service = Service(world, story, self.dice, self.clock)
        self.returns = Returns(world, story, self.dice, self.clock)
        self.floor = Floor(world, self.dice, self.clock)

    @property
    def last_day(self) -> int:
        return self.story.days + AFTER

    def play(self, tell: Tell) -> None:
        """Play from where the run stands to the end; `tell(what, day, days)` after each part."""
        with using(self.clock), closing(SecondHead()) as self.floor.head:
            partitions.ensure(self.story.first, self.story.first + dt.timedelta(days=self.last_day))
            self.floor.begin()
            while self.run.day <= self.last_day:
                parts = list(self._parts(self.run.day))
                for name, play in parts[self.run.part :]:
                    began = time.perf_counter()
                    play()
                    self._keep(self.run.part + 1, time.perf_counter() - began)
                    tell(name, self.run.day, self.last_day)
                if self.run.day >= self.story.days and self._all_home():
                    break
                self.run.day, self.run.part = self.run.day + 1, 0
                self._keep(0, 0)
        self.floor.head = None

    def _keep(self, part: int, seconds: float) -> None:
        self.run.part, self.run.clock, self.run.seconds = part, self.clock.now(), self.run.seconds + seconds
        self.run.save(update_fields=["day", "part", "clock", "seconds"])

    def at(self, day: int, hour: float) -> dt.datetime:
        """A moment of a day, by the warehouse's clock."""
        date = self.story.first + dt.timedelta(days=day)
        return (dt.datetime.combine(date, dt.time(), ZONE) + dt.timedelta(hours=hour)).astimezone(dt.UTC)

    def _parts(self, day: int) -> Iterator[tuple[str, Callable[[], None]]]:
        date = self.story.first + dt.timedelta(days=day)
        yield "morning", lambda: self._morning(day, date)
        if date.isoweekday() <= 5 or day == 0:
            for hour in HOURS:
                yield f"{hour}:00", lambda hour=hour: self._hour(day, date, hour)  # type: ignore[misc]
            yield "truck", lambda: self._truck(day)
        yield "evening", lambda: self._evening(day, date)

    def _morning(self, day: int, date: dt.date) -> None:
        self.clock.advance_to(self.at(day, 6.5))
        if day == 0:
            self.buyer.opening(date)
        self.receiver.receive(date)
        self.receiver.put_away()
        if day in (0, 1) or date.isoweekday() == 1:
            sql.run("ANALYZE")  # a month passes here before the database's own housekeeping comes by
        self._orders(day, 7)
        delivery_services.poll_tracking(actor=system("delivery"), since=self.clock.now() - dt.timedelta(days=1, hours=1))
        self.settle()

    def _orders(self, day: int, hour: float) -> None:
        """The orders of the last hours (a day back, for those that a killed run had not sent)."""
        moment = self.at(day, hour)
        self.clock.advance_to(moment)
        if day <= self.story.days:
            since = sql.rows("SELECT max(placed_at) FROM orders_order WHERE client_id = %s", [self.world.client_id])[0][0]
            after = max(since - dt.timedelta(minutes=1), moment - dt.timedelta(days=4)) if since else self.at(-7, 0)
            self.shop.send(after, moment)

    def settle(self) -> None:
        """Payments, events and mails, until nothing waits."""
        for _ in range(20):
            handled = dispatch.drain()
            order_jobs.ask_payments(key=uuid4())
            if not handled and not dispatch.drain():
                break

    def _hour(self, day: int, date: dt.date, hour: int) -> None:
        self._orders(day, hour)
        self.settle()
        if hour in WAVES:
            self.service.work()
            self.settle()
            plan_walks(self.world, self.world.worker("manager", 1), date, self.seed, limit=RELEASE_AT_ONCE)
        if hour in (11, 15):
            self.counter.count()
            self.receiver.put_away()
        self.floor.work_until(self.at(day, hour + 1))
        if hour == HOURS[-1]:
            self.floor.finish()
        self.settle()
        self._label()

    def _label(self) -> None:
        actor = self.world.worker("packer", 9)
        while shipping_services.choose_services(key=uuid4(), actor=actor, warehouse_id=self.world.warehouse_id, limit=250):
            shipping_jobs.buy_labels(key=uuid4())
        shipping_jobs.buy_labels(key=uuid4())
        shipping_jobs.void_labels(key=uuid4())

    def _truck(self, day: int) -> None:
        self.clock.advance_to(self.at(day, 18.5))
        self._label()
        ready = shipping.ready_for_manifest(EVERYTHING, self.world.warehouse_id)
        for carrier in sorted({i.carrier for i in ready}):
            shipping_services.close_manifest(key=uuid4(), actor=self.world.worker("packer", 9), warehouse_id=self.world.warehouse_id, carrier=carrier)
        self.settle()

    def _evening(self, day: int, date: dt.date) -> None:
        self.clock.advance_to(self.at(day, 19))
        delivery_services.poll_tracking(actor=system("delivery"), since=self.clock.now() - dt.timedelta(days=1, hours=1))
        delivery_services.open_exceptions(key=uuid4(), actor=system("delivery"))
        self.settle()
        self.returns.work(date)
        self.settle()
        self.receiver.put_away()
        self.service.work()
        self.settle()
        self.counter.count()
        inventory_services.sweep_levels(key=uuid4(), actor=system("inventory"))
        if day < self.story.days:
            due = date + dt.timedelta(days=1 if date.isoweekday() < 5 else 8 - date.isoweekday())
            self.buyer.reorder(date, due)
        order_jobs.expire_authorisations(key=uuid4())
        self._orders(day, 23.99)
        self.settle()
        message_jobs.send_queued(key=uuid4())

    def _all_home(self) -> bool:
        """Nothing is on its way, to be packed, or to come home."""
        under_way = sql.rows("SELECT count(*) FROM delivery_delivery WHERE status NOT IN ('delivered', 'returned', 'lost')")[0][0]
        open_orders = sql.rows("SELECT count(*) FROM orders_fulfillmentorder WHERE stage IN ('open', 'picking', 'picked', 'packed')")[0][0]
        return not under_way and not open_orders and not self.returns.waiting()
