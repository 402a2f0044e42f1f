"""Places are found by postal prefix, countries by the names people use, days by the calendar of the place."""

from __future__ import annotations

import datetime as dt

import pytest

from packhorse.ground.places import calendar, geography
from packhorse.ground.places.countries import country_code, country_name


def test_distances_are_about_right() -> None:
    assert geography.distance_between("GB", "SW1A 1AA", "GB", "EH1 1AA") == pytest.approx(535, abs=10)
    assert geography.distance_between("US", "10001", "US", "90012") == pytest.approx(3940, abs=30)
    assert geography.distance_between("CA", "M5V 1A1", "CA", "V6B 1A1") == pytest.approx(3360, abs=30)
    assert geography.distance_between("GB", "", "XK", "") is None


def test_zones_are_country_and_prefix() -> None:
    assert [geography.zone(c, p) for c, p in (("GB", "LE10 1AA"), ("US", "10001"), ("CA", "m5v 2t6"), ("DE", "10115"), ("IE", ""))] == [
        "GB-LE",
        "US-100",
        "CA-M5V",
        "DE-1",
        "IE",
    ]


def test_countries_go_by_many_names() -> None:
    names = {
        "United Kingdom": "GB",
        "EIRE": "IE",
        "RSA": "ZA",
        "Channel Islands": "JE",
        "USA": "US",
        "Czech Republic": "CZ",
        "de": "DE",
        "Côte d'Ivoire": "CI",
        "CAN": "CA",
    }
    assert {name: country_code(name) for name in names} == names
    assert [country_code(name) for name in ("European Community", "Unspecified", "", "XX")] == [None] * 4
    assert [country_name(code) for code in ("GB", "DE", "TT", "XX")] == ["United Kingdom", "Germany", "Trinidad and Tobago", "XX"]


def test_business_days_skip_weekends_and_the_places_holidays() -> None:
    christmas_eve = dt.date(2010, 12, 24)
    assert calendar.business_days_after(christmas_eve, 1, "GB") == dt.date(2010, 12, 29)  # Monday and Tuesday in lieu
    assert calendar.business_days_after(christmas_eve, 1, "US") == dt.date(2010, 12, 27)
    assert calendar.business_days_after(dt.date(2010, 12, 25), 0, "GB") == dt.date(2010, 12, 29)
    assert calendar.business_days_after(dt.date(2010, 12, 2), 1, "SA") == dt.date(2010, 12, 5)  # Friday and Saturday are the weekend
    assert calendar.business_days_between(christmas_eve, dt.date(2010, 12, 30), "GB") == 2
    assert calendar.business_days_between(dt.date(2010, 12, 30), christmas_eve, "GB") == 0


def test_time_zones_follow_state_and_postal_code() -> None:
    assert [str(calendar.time_zone(*args)) for args in (("US", "90012"), ("US", "", "TX"), ("CA", "V6B 1A1"), ("GB",), ("XK",))] == [
        "America/Los_Angeles",
        "America/Chicago",
        "America/Vancouver",
        "Europe/London",
        "UTC",
    ]
