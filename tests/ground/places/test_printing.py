"""An address is printed in the order and form of its country."""

from __future__ import annotations

from packhorse.ground.places.printing import address_lines
from packhorse.ground.places.types import AddressData


def test_each_country_has_its_own_order() -> None:
    assert address_lines(AddressData(name="Ada", line1="12 Square", city="LONDON", postal_code="SW1Y 4JH", country="GB"), "GB") == (
        "Ada",
        "12 Square",
        "LONDON",
        "SW1Y 4JH",
    )
    assert address_lines(AddressData(name="Joe", company="Acme", line1="5 Oak", city="Boise", region="ID", postal_code="83702", country="US")) == (
        "Joe",
        "Acme",
        "5 Oak",
        "Boise, ID 83702",
        "United States",
    )
    assert address_lines(AddressData(name="Eva", line1="Weg 1", city="Berlin", postal_code="10115", country="DE"))[2:] == ("10115 Berlin", "Germany")


def test_what_is_missing_leaves_no_gap() -> None:
    assert address_lines(AddressData(name="Joe", city="Boise", country="US"), "US") == ("Joe", "Boise")
    assert address_lines(AddressData(name="Joe", city="Nowhere")) == ("Joe", "Nowhere")
