"""Sizes for items without any are sensible by their words and the same for a SKU."""

from __future__ import annotations

from decimal import Decimal

from packhorse.roof.simulation.generator import synthetic_dimensions


def test_words_decide_and_a_sku_keeps_its_size() -> None:
    mug, bag = synthetic_dimensions("1", "RED RETROSPOT MUG"), synthetic_dimensions("1", "LUNCH BAG RED RETROSPOT")
    assert mug == synthetic_dimensions("1", "RED RETROSPOT MUG")
    assert mug != synthetic_dimensions("2", "RED RETROSPOT MUG")
    assert synthetic_dimensions("85123a", "MUG") == synthetic_dimensions("85123A", "MUG")
    assert 330 <= mug.weight_g <= 450
    assert bag.height_mm < 20 < mug.height_mm
    assert synthetic_dimensions("1", "SET OF 6 RED MUGS").weight_g > 2 * mug.weight_g


def test_without_a_known_word_the_price_decides_within_parcel_limits() -> None:
    cheap, dear = synthetic_dimensions("1", "THINGUMMY", unit_price=Decimal("0.42")), synthetic_dimensions("1", "THINGUMMY", unit_price=Decimal(400))
    assert cheap.weight_g < dear.weight_g
    for size in (cheap, dear, synthetic_dimensions("1", "SET OF 12 GIANT CABINETS")):
        assert 580 >= size.length_mm >= size.width_mm >= size.height_mm >= 3
        assert 5 <= size.weight_g <= 15_000
        assert size.width_mm <= 380
