"""A shop's catalogue that never was: names composed of word lists, prices at price points, sizes by the words, velocity by rank."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from packhorse.roof.simulation.generator import figures
from packhorse.roof.simulation.generator.dimensions import Dimensions, synthetic_dimensions

_STYLES = (
    "SAGE", "CREAM", "IVORY", "ROSE", "COBALT", "MUSTARD", "CHARCOAL", "BOTANICAL", "GINGHAM", "STRIPED", "SPECKLED", "FOLK ART", "MEADOW", "NAUTICAL", "HARVEST",
    "WINTER", "TERRACOTTA", "INDIGO", "BLUSH", "FERN", "SUNNY", "MIDNIGHT", "RUSTIC", "SCANDI",
)  # fmt: skip
_THINGS = (
    "ENAMEL MUG", "STONEWARE BOWL", "COTTON LUNCH BAG", "JUMBO SHOPPER", "WICKER BASKET", "CERAMIC PLATE", "GLASS JAR", "SOY CANDLE", "T-LIGHT HOLDER",
    "LINEN CUSHION", "TEA TOWELS SET OF 2", "PAPER NAPKINS PACK OF 20", "GREETING CARD", "GIFT WRAP", "FABRIC BUNTING", "METAL SIGN", "PHOTO FRAME", "ALARM CLOCK",
    "CAKE TIN", "CAKE STAND 3 TIER", "TEA CUP AND SAUCER", "WATERING CAN", "STORAGE BOX", "TRINKET DISH", "NOTEBOOK", "SET OF 6 PENCILS", "SEWING KIT", "APRON",
    "DOORMAT", "COAT HANGER", "DRAWER KNOB", "WALL HOOK", "LANTERN", "HOT WATER BOTTLE", "SNACK BOX", "BREAD BIN", "KITCHEN SCALES", "WOODEN TOY", "JIGSAW PUZZLE",
    "KEY RING", "CHALKBOARD", "STICKERS", "WASHI TAPE", "FELT GARLAND", "BAUBLE DECORATION", "MIRROR", "VASE", "PLANT POT", "UMBRELLA", "TRAVEL WALLET",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeneratedItem:
    """One item. `weight` is its share of demand in lines; `velocity` A takes the first 80% of demand, B the next 15%, C the rest.

    `barcode` is a GTIN-13 in the range that GS1 keeps for use inside a company (prefix 20 to 29).
    """

    sku: str
    description: str
    unit_price: Decimal
    dimensions: Dimensions
    barcode: str
    velocity: str
    weight: float


def catalogue(count: int = 1000, seed: int = 0, *, exponent: float = figures.ZIPF_EXPONENT, offset: float = figures.ZIPF_OFFSET) -> tuple[GeneratedItem, ...]:
    """`count` items (1 to 100,000), most wanted first; demand Zipf–Mandelbrot by rank."""
    assert 1 <= count <= 100_000, "count"
    rng = random.Random(f"catalogue/{seed}")  # noqa: S311 - variety, not secrets
    demand = [1 / (rank + offset * count) ** exponent for rank in range(1, count + 1)]
    total = sum(demand)
    numbers = rng.sample(range(10_000, 10_000 + 10 * count), count)
    points, shares = zip(*((Decimal(price), share) for price, share in figures.PRICES), strict=True)
    prices = rng.choices(points, shares, k=count)
    names = _names(count, rng)
    items, running = [], 0.0
    for number, description, price, weight in zip(numbers, names, prices, demand, strict=True):
        share = weight / total
        velocity = "A" if running < 0.80 else "B" if running < 0.95 else "C"
        running += share
        sku = f"G{number}"
        items.append(GeneratedItem(sku, description, price, synthetic_dimensions(sku, description, seed, price), gtin13(number), velocity, share))
    return tuple(items)


def gtin13(number: int) -> str:
    """A GTIN-13 for a number inside the company: prefix 20, ten digits, GS1 check digit."""
    assert 0 <= number < 10**10, "number"
    body = f"20{number:010d}"
    return body + str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body)) % 10)


def _names(count: int, rng: random.Random) -> list[str]:
    """Distinct names: every style of every thing in a drawn order, numbered designs after those are used up."""
    every = [f"{style} {thing}" for style in _STYLES for thing in _THINGS]
    rng.shuffle(every)
    return [every[at % len(every)] + (f" NO {at // len(every) + 1}" if at >= len(every) else "") for at in range(count)]
