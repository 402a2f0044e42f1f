"""What the tests of stock stand on."""

from __future__ import annotations

import pytest

from tests.build import Shop, make_shop, plain_item
from tests.steps.inventory.buying import Buying


@pytest.fixture
def shop(db: None) -> Shop:
    """Three plain items, one tracked by lot, one by serial number."""
    items = [
        plain_item("SKU-1", barcodes=(("4006381333931", 1, "each"), ("14006381333938", 12, "case"))),
        plain_item("SKU-2", barcodes=(("5901234123457", 1, "each"),)),
        plain_item("SKU-3"),
        plain_item("LOT", tracking="lot", barcodes=(("9501101530003", 1, "each"),)),
        plain_item("SERIAL", tracking="serial"),
    ]
    return make_shop(items=items)


@pytest.fixture
def buying(shop: Shop) -> Buying:
    return Buying(shop)
