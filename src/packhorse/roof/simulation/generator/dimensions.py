"""Sizes and weights for items that come without them, sensible by the words of their description and the same for a SKU every time.

The sizes of the kinds are the author's estimates of ordinary goods, in millimetres and grams, packed for sale; no data set stands behind them. Every item fits a
600 × 400 × 400 mm box and weighs at most 15 kg, so that it can be shipped as a parcel.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from decimal import Decimal

#: A unit that costs 1 takes at most so many litres, growing slower than the price: an estimate by which wholesale baskets fill some cartons, not a van.
LITRES_A_UNIT_OF_MONEY = 0.3

LONGEST_MM, MIDDLE_MM, SHORTEST_MM, HEAVIEST_G = 580, 380, 380, 15_000


@dataclass(frozen=True, slots=True)
class Dimensions:
    """One unit, packed for sale: length ≥ width ≥ height in mm, weight in g."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int


# The first kind whose words stand in the description is taken: the special before the general. (words, length, width, height, weight)
KINDS: tuple[tuple[str, int, int, int, int], ...] = (
    ("WATERING CAN", 320, 190, 220, 620), ("HOT WATER BOTTLE", 340, 210, 45, 480), ("WATER BOTTLE", 250, 75, 75, 180), ("DOORMAT", 560, 140, 140, 1600),
    ("ALARM CLOCK", 120, 120, 60, 280), ("CAKE ?STAND", 330, 330, 120, 1450), ("CAKE TINS?", 280, 280, 140, 700), ("CAKE CASES", 75, 75, 60, 45),
    ("LUNCH BAG", 250, 180, 12, 90), ("LUNCH BOX", 220, 150, 80, 210), ("SNACK BOX", 180, 180, 90, 240), ("TEA ?TOWELS?", 250, 180, 20, 150),
    ("TEACUP|TEA CUP", 160, 160, 90, 380), ("TEA ?POT", 220, 150, 150, 720), ("TEA SET", 340, 260, 130, 1500), ("T-?LIGHT HOLDER", 110, 100, 100, 190),
    ("T-?LIGHTS|TEALIGHTS", 160, 120, 25, 160), ("MONEY (BOX|BANK)|PIGGY BANK", 150, 120, 120, 410), ("JEWELLERY BOX|TRINKET", 110, 90, 70, 190),
    ("STORAGE BOX|BOX OF", 180, 130, 90, 320), ("PHOTO FRAME|PICTURE FRAME|FRAME", 240, 190, 25, 420), ("JUMBO (BAG|STORAGE|SHOPPER)", 300, 240, 15, 140),
    ("SHOPPER|TOTE BAG", 300, 220, 12, 110), ("PAPER (BAGS?|NAPKINS|CHAIN|PLATES|CUPS)|NAPKINS", 170, 170, 30, 120), ("GIFT BAG|PARTY BAG", 220, 170, 5, 40),
    ("GIFT ?WRAP|WRAP", 500, 60, 60, 110), ("GIFT TAGS?|TAGS", 120, 80, 8, 25), ("GREETING CARD|CARDS?\\b", 180, 130, 5, 35), ("BUNTING", 230, 180, 30, 140),
    ("GARLAND", 250, 150, 40, 130), ("METAL SIGN|SIGN\\b", 300, 200, 8, 320), ("SCALES", 260, 220, 200, 1550), ("SUITCASES?|CABINET|DRAWERS?\\b", 400, 280, 200, 2400),
    ("BREAD BIN|BIN\\b", 360, 260, 230, 1800), ("CHALKBOARD|BLACKBOARD|NOTICEBOARD", 400, 300, 20, 850), ("MIRROR", 360, 280, 30, 1250),
    ("LANTERN", 220, 130, 130, 560), ("CANDLE ?STICK|CANDLE ?HOLDER", 200, 100, 100, 430), ("CANDLES?\\b", 140, 90, 90, 260), ("INCENSE", 240, 30, 30, 30),
    ("CUSHION", 400, 370, 90, 420), ("BLANKET|THROW|QUILT", 360, 280, 90, 850), ("APRON|PINAFORE", 260, 200, 25, 190), ("GLOVES|MITT", 250, 130, 40, 110),
    ("UMBRELLA|PARASOL", 560, 60, 60, 380), ("RAIN ?COAT|PONCHO|RAIN ?HAT", 240, 170, 30, 180), ("SOCKS|SLIPPERS?|SCARF", 220, 120, 50, 130),
    ("CAKE ?STAND|CAKESTAND", 330, 330, 120, 1450), ("MUG", 130, 110, 105, 370), ("CUPS?\\b", 110, 90, 90, 230), ("SAUCER", 160, 160, 30, 220),
    ("PLATES?\\b", 250, 250, 30, 520), ("BOWLS?\\b", 180, 180, 85, 450), ("DISH", 200, 150, 60, 420), ("JUG|PITCHER", 200, 150, 170, 690), ("TRAY", 400, 300, 40, 640),
    ("GLASS JAR|JARS?\\b", 150, 110, 110, 520), ("BOTTLES?\\b", 260, 90, 90, 480), ("GLASS(ES)?\\b|TUMBLER", 140, 90, 90, 310), ("VASE", 240, 130, 130, 780),
    ("POTS?\\b|PLANTER", 160, 150, 150, 640), ("BASKETS?\\b|HAMPER|TRUG", 380, 280, 190, 760), ("TINS?\\b", 180, 130, 90, 230), ("BOX(ES)?\\b", 200, 150, 90, 300),
    ("CUTLERY|SPOONS?|FORKS|KNIVES", 240, 120, 35, 290), ("CUTTERS?|MOULDS?|BAKING|WHISK", 200, 140, 50, 210), ("TEA ?SPOON|OPENER|TONGS", 180, 40, 20, 70),
    ("HANGERS?\\b|HOOKS?\\b|HANDLE|KNOB|DOOR ?STOP", 130, 90, 50, 190), ("RACK|SHELF|STAND\\b|HOLDER", 260, 160, 120, 620), ("CLOCK", 300, 300, 60, 760),
    ("LAMP|LIGHTS?\\b|LED\\b", 220, 150, 120, 390), ("WREATH|TREE|DECORATIONS?|ORNAMENT|BAUBLES?", 160, 120, 60, 110), ("MAGNETS?", 110, 80, 12, 55),
    ("NOTEBOOK|DIARY|BOOKS?\\b|JOURNAL|ALBUM", 210, 150, 20, 260), ("PENCILS?|PENS?\\b|CRAYONS?|CHALK", 190, 60, 25, 80), ("STICKERS?|TISSUES|TAPE|RIBBONS?", 120, 90, 30, 50),
    ("PLASTERS|COMPACT|SEWING|KIT\\b", 110, 80, 30, 85), ("DOLL|TEDDY|RABBIT|BUNNY|TOY|PUPPET|BABUSHKA", 220, 120, 90, 190), ("GAME|LUDO|DOMINO|PUZZLE|JIGSAW|SKITTLES|BLOCKS?", 240, 180, 60, 480),
    ("COVER|WALLET|PURSE|CASE\\b|PASSPORT", 170, 110, 15, 75), ("NECKLACE|BRACELET|EARRINGS?|BROOCH|RING\\b|CHARM|KEY ?(RING|FOB)", 90, 70, 25, 35),
    ("BAGS?\\b|BACKPACK|RUCKSACK|SATCHEL", 300, 230, 25, 180), ("SOAP|BATH|TOWELS?|FLANNEL", 200, 140, 60, 280), ("HEARTS?|STARS?|BIRDS?|BUTTERFL", 140, 110, 40, 120),
)  # fmt: skip
_COMPILED = tuple((re.compile(rf"(?<![A-Z])(?:{words})"), (length, width, height, weight)) for words, length, width, height, weight in KINDS)
_SIZES = (("MINI", 0.6), ("SMALL", 0.78), ("MEDIUM", 1.0), ("LARGE", 1.3), ("JUMBO", 1.15), ("GIANT", 1.5))
_SET = re.compile(r"(?:SET|PACK|BOX)(?:/| OF )\s?(\d{1,3})|S/(\d{1,2})\b")


def synthetic_dimensions(sku: str, description: str, seed: int = 0, unit_price: Decimal | None = None) -> Dimensions:
    """Size and weight of one unit. Without a known word the price decides (about 60 g and 0.2 litres a unit of money, growing slower than it)."""
    words = description.upper()
    rng = random.Random(f"{seed}/{sku.upper()}")  # noqa: S311 - variety, not secrets
    known = next((size for pattern, size in _COMPILED if pattern.search(words)), None)
    length, width, height, weight = known or _by_price(float(unit_price or 2))
    scale = next((factor for word, factor in _SIZES if word in words), 1.0) * rng.uniform(0.9, 1.1)
    pieces = _pieces(words)
    spread = (1 + 0.35 * (pieces - 1)) ** (1 / 3)
    factor = scale * spread
    if unit_price is not None:  # nobody sells a bread bin for the price of a card: what is cheap is small, sold in dozens and packed flat
        most_mm3 = LITRES_A_UNIT_OF_MONEY * 1e6 * max(0.2, float(unit_price)) ** 0.9
        factor *= min(1.0, (most_mm3 / (length * width * height * factor**3)) ** (1 / 3))
    sides = sorted((max(3, round(side * factor)) for side in (length, width, height)), reverse=True)
    grams = weight * min(scale**2, (factor / spread) ** 3 / scale) * (1 + 0.3 * (pieces - 1)) * rng.uniform(0.9, 1.1)
    return Dimensions(min(LONGEST_MM, sides[0]), min(MIDDLE_MM, sides[1]), min(SHORTEST_MM, sides[2]), min(HEAVIEST_G, max(5, round(grams))))


def _pieces(words: str) -> int:
    """How many pieces count: SET OF 6 is six of the thing, but of a pack of 60 each is a trifle."""
    match = _SET.search(words)
    count = int(match[1] or match[2]) if match else 1
    return max(1, count if count <= 12 else 4)


def _by_price(price: float) -> tuple[int, int, int, int]:
    price = min(max(price, 0.1), 500)
    side = 10 * (200 * price**0.7) ** (1 / 3)
    return round(side * 1.5), round(side), round(side / 1.5), round(60 * math.pow(price, 0.85))
