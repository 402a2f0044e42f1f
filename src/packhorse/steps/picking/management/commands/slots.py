"""`packhorse slots`: which items should live elsewhere, out of the walks that were made."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import PackhorseError
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.kernels.slotting.solve import Params
from packhorse.steps.picking import services


class Command(BaseCommand):
    help = "say which items should change places, with the metres saved a day and when it is paid back"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--warehouse", default="", help="by code; needed where there are several")
        parser.add_argument("--days", type=int, default=30, help="from walks of so many days (default: %(default)s)")
        parser.add_argument("--most", type=int, default=20, help="so many moves at most (default: %(default)s)")
        parser.add_argument("--days-to-pay", type=float, default=60, help="paid back after so many days at most (default: %(default)s)")
        parser.add_argument("--iterations", type=int, default=3000, help="so many exchanges are measured at most (default: %(default)s)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print it as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        known = [w for w in warehouses.all_warehouses(EVERYTHING) if options["warehouse"] in ("", w.code)]
        if len(known) != 1:
            raise CommandError("which warehouse? --warehouse CODE, one of: " + ", ".join(w.code for w in warehouses.all_warehouses(EVERYTHING)))
        try:
            found = services.advise_for(
                known[0].id,
                options["days"],
                params=Params(most=options["most"], days_to_pay=options["days_to_pay"]),
                iterations=options["iterations"],
                told=self._told,
            )
        except PackhorseError as refusal:
            raise CommandError(refusal.message) from refusal
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(found)))
            return
        saved = found.metres_a_day - found.metres_a_day_after
        self.stdout.write(
            f"{found.walks} walks of {found.days:.1f} days, walked again: {found.metres_a_day:,.0f} m a day, {found.metres_a_day_after:,.0f} with all moves"
        )
        self.stdout.write(
            f"saving {saved:,.0f} m a day ({100 * saved / max(1.0, found.metres_a_day):.1f} %); {found.looked_at} exchanges measured in {found.seconds:.1f} s"
        )
        for m in found.moves:
            with_ = f" in exchange with {m.partner}" if m.partner else ""
            self.stdout.write(
                f"  {m.sku:<16} {m.source} → {m.target}{with_}: {m.metres_a_day:,.1f} m and {m.seconds_a_day:,.0f} s a day, "
                f"{m.cost_s / 60:,.0f} min once, paid back in {m.days_to_pay:,.1f} days"
            )

    def _told(self, share: float) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{share:4.0%}", ending="" if share < 1 else "\n")
