"""How long the papers of a parcel take, and its prices: python -m benchmarks.papers [--times N] [--json]

No database: a shipping label alone, a packing slip of three lines as one of a batch, and a carrier's offers for a parcel from its tables. The peer of a label is the same compiler called without what
we keep between two papers (fonts read, templates compiled).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from benchmarks.measured import Row, load, milliseconds, parser, percentiles, report  # isort: split

import typst

from packhorse.core import documents
from packhorse.core.documents import Brand, PackingSlip, ShippingLabel, SlipLine
from packhorse.ground.carriers.tariff import rating
from packhorse.ground.carriers.types import ParcelSize, Place, RateRequest

DAY = dt.date(2026, 3, 2)
MORNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LABEL = ShippingLabel(
    ship_from=("Packhorse Ltd", "1 Dock Road", "Hinckley LE10 1AA", "United Kingdom"),
    ship_to=("Zoë Ångström", "Flat 3, 12 Long Street", "LONDON", "SW1Y 4JH", "United Kingdom"),
    carrier="Tariff",
    service="Tariff Standard",
    tracking_number="TF000000014GB",
    ships_on=DAY,
    weight_g=801,
    routing="(403)GBSW1Y4JH",
    parcel=1,
    parcels=1,
    reference="FO-000123",
)
SLIP = PackingSlip(
    brand=Brand(name="Ladybird Gifts"),
    order_number="W-536365",
    ordered_on=DAY,
    ship_to=LABEL.ship_to,
    lines=tuple(SlipLine(sku=f"8512{n}A", name="White hanging heart t-light holder", quantity=n + 1) for n in range(3)),
    message="Thank you!",
)
ASKED = RateRequest(origin=Place("GB", "LE10 1AA"), destination=Place("GB", "SW1A 1AA"), parcels=(ParcelSize(200, 150, 100, 800),), ready_at=MORNING)
BATCH = 250


def _row(what: str, work: Callable[[], object], times: int, *, pieces: int = 1) -> Row:
    half, most = percentiles(milliseconds(work, times))
    return {"what": what, "p50 ms": half / pieces, "p95 ms": most / pieces}


def measured(times: int) -> list[Row]:
    """Each in milliseconds a piece."""
    numbers = iter(range(10**9))

    def label() -> bytes:
        return documents.label_pdf(replace(LABEL, tracking_number=f"TF{next(numbers):09d}GB"))

    def slips() -> bytes:
        return documents.packing_slips_pdf([replace(SLIP, order_number=f"W-{next(numbers):06d}") for _ in range(BATCH)])

    def offers() -> object:
        return rating.quotes(replace(ASKED, destination=Place("GB", f"SW{next(numbers) % 20} 1AA")), MORNING)

    return [
        _row("an empty page, nothing kept", lambda: typst.compile(b""), times),
        _row("a shipping label", label, times),
        _row(f"a packing slip, one of {BATCH}", slips, max(2, times // 50), pieces=BATCH),
        _row("a carrier's offers for a parcel", offers, times * 5),
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=200, help="default: %(default)s")
    given, at = options.parse_args(), load()
    report(given, at, {"papers_and_prices": measured(given.times)})


if __name__ == "__main__":
    main()
