"""`packhorse advise`: which box sizes would have cost least for the orders that were packed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import PackhorseError
from packhorse.core.money import Money
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.packing import selectors, services
from packhorse.steps.packing.types import BoxSetFigures, kernel_box


class Command(BaseCommand):
    help = "say which box sizes would have cost least for past orders, beside today's"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--warehouse", default="", help="by code; needed where there are several")
        parser.add_argument("--sizes", type=int, help="how many (default: as many as today)")
        parser.add_argument("--days", type=int, default=90, help="from orders packed in so many days (default: %(default)s)")
        parser.add_argument("--loads", type=int, default=2000, help="so many different contents at most (default: %(default)s)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print it as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        known = [w for w in warehouses.all_warehouses(EVERYTHING) if options["warehouse"] in ("", w.code)]
        if len(known) != 1:
            raise CommandError("which warehouse? --warehouse CODE, one of: " + ", ".join(w.code for w in warehouses.all_warehouses(EVERYTHING)))
        boxes = catalog.boxes(EVERYTHING)
        loads = selectors.past_loads(EVERYTHING, known[0].id, options["days"], options["loads"])
        try:
            advice = services.advise(
                loads, [kernel_box(b) for b in boxes], options["sizes"] or max(1, len(boxes)), selectors.fill_minor_per_litre(EVERYTHING), self._told
            )
        except PackhorseError as refusal:
            raise CommandError(refusal.message) from refusal
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(advice)))
            return
        self.stdout.write(f"{advice.orders} orders ({advice.loads} different contents) of {options['days']} days, packed again with both sets")
        currency = boxes[0].currency
        for name, f in (("today", advice.today), ("proposed", advice.proposed)):
            self.stdout.write(f"{name:>9}: {self._line(f, currency)}")
        self.stdout.write(f"   saving: {Money(advice.saving_minor, currency)} ({100 * advice.saving_minor / max(1, advice.today.cost_minor):.1f} %)")
        for box in advice.boxes:
            size = " × ".join(map(str, box.inner_mm))
            self.stdout.write(
                f"  {size:<18} mm {Money(round(box.cost_minor), currency)!s:>10}  {box.parcels:>6} parcels  {'in the catalogue' if box.known else 'new'}"
            )

    def _told(self, share: float) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{share:4.0%}", ending="" if share < 1 else "\n")

    @staticmethod
    def _line(f: BoxSetFigures, currency: str) -> str:
        cost, boxes, fill, postage = (Money(amount, currency) for amount in (f.cost_minor, f.material_minor, f.fill_minor, f.shipping_minor))
        return (
            f"{f.sizes} sizes, {cost} in all (boxes {boxes}, fill {fill}, postage {postage}); "
            f"{f.cardboard_m2:,.1f} m² of cardboard, {f.air_l:,.0f} l of air, {f.parcels} parcels"
        )
