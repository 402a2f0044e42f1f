"""The tariff's price of a parcel follows from its tables, exactly."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings, strategies as st

from packhorse.core.money import Money
from packhorse.ground.carriers.tariff import rating
from packhorse.ground.carriers.types import ChargeLine, DimensionalRule, ParcelSize, Place, RateRequest

TUESDAY = dt.datetime(2010, 12, 7, 9, 0, tzinfo=dt.UTC)
LEICESTER, LONDON = Place("GB", "LE10 1AA"), Place("GB", "SW1A 1AA")
SMALL = ParcelSize(200, 150, 100, 800)


def _ask(**changes: object) -> RateRequest:
    return replace(RateRequest(origin=LEICESTER, destination=LONDON, parcels=(SMALL,), ready_at=TUESDAY), **changes)  # type: ignore[arg-type]


def test_each_line_is_in_the_tables() -> None:
    standard, express, same_day = rating.quotes(_ask(), TUESDAY)
    # zone 2 (143 km), up to 1 kg, residential 35, fuel 8.5 % of both, tax 20 % of all
    assert standard.zone == "2"
    assert standard.lines == (ChargeLine("base", 355), ChargeLine("residential", 35), ChargeLine("fuel", 33), ChargeLine("tax", 85))
    assert standard.amount == Money(508, "GBP")
    assert (standard.transit_days, standard.ships_on, standard.deliver_by) == (2, dt.date(2010, 12, 7), dt.datetime(2010, 12, 9, 18, tzinfo=dt.UTC))
    assert express.deliver_by == dt.datetime(2010, 12, 8, 12, tzinfo=dt.UTC)
    assert express.guaranteed
    assert same_day.reasons == ("too_far",)


def test_volume_counts_where_it_is_more_than_the_scales() -> None:
    rule = DimensionalRule(6000)
    assert rule.weight_g(ParcelSize(301, 200, 100, 1)) == 1034  # 31 × 20 × 10 cm / 6000
    assert rule.billed_g(ParcelSize(301, 200, 100, 2000)) == 2000
    assert rating.quotes(_ask(parcels=(ParcelSize(500, 400, 300, 800),)), TUESDAY)[0].billed_g == (10000,)


def test_far_places_large_parcels_and_signatures_cost_extra() -> None:
    quote = rating.quotes(_ask(destination=Place("GB", "HS1 2AA"), parcels=(ParcelSize(1100, 100, 100, 900),), signature=True, residential=False), TUESDAY)[0]
    assert [line.code for line in quote.lines] == ["base", "remote", "oversize", "fuel", "signature", "tax"]


def test_exports_bear_no_tax_and_go_by_country_zone() -> None:
    quote = rating.quotes(_ask(destination=Place("DE", "10115")), TUESDAY)[0]
    assert quote.zone == "B"
    assert "tax" not in [line.code for line in quote.lines]


def test_a_canadian_parcel_is_billed_in_dollars_with_its_provinces_tax() -> None:
    quote = rating.quotes(_ask(origin=Place("CA", "M5V 2T6"), destination=Place("CA", "H2X 1Y4")), TUESDAY)[0]
    base = sum(line.amount_minor for line in quote.lines if line.code != "tax")
    assert quote.amount.currency == "CAD"
    assert quote.lines[-1] == ChargeLine("tax", round(base * 0.14975))


def test_same_day_needs_nearness_and_the_morning() -> None:
    near = _ask(destination=Place("GB", "LE1 1AA"))
    assert rating.quotes(near, TUESDAY)[2].deliver_by == dt.datetime(2010, 12, 7, 21, tzinfo=dt.UTC)
    assert rating.quotes(near, TUESDAY + dt.timedelta(hours=3))[2].reasons == ("after_cut_off",)


def test_after_the_collection_and_over_christmas_it_leaves_the_next_business_day() -> None:
    quote = rating.quotes(_ask(ready_at=dt.datetime(2010, 12, 24, 18, tzinfo=dt.UTC)), TUESDAY)[1]
    assert quote.ships_on == dt.date(2010, 12, 29)  # 27 and 28 December were holidays in lieu
    assert quote.deliver_by == dt.datetime(2010, 12, 30, 12, tzinfo=dt.UTC)


def test_what_cannot_go_says_why() -> None:
    assert rating.quotes(_ask(parcels=(ParcelSize(100, 100, 100, 31_000),)), TUESDAY)[0].reasons == ("too_heavy",)
    assert rating.quotes(_ask(parcels=(ParcelSize(1600, 100, 100, 900),)), TUESDAY)[0].reasons == ("too_large",)
    assert rating.quotes(_ask(destination=Place("KP")), TUESDAY)[0].reasons == ("country_not_served",)
    assert rating.quotes(_ask(parcels=(ParcelSize(100, 100, 100, 0),)), TUESDAY)[0].reasons == ("no_size",)


PLACES = st.sampled_from(
    [
        LEICESTER,
        LONDON,
        Place("GB", "ZE1 0AA"),
        Place("US", "10001"),
        Place("US", "99501"),
        Place("CA", "X0A 0H0"),
        Place("DE", "10115"),
        Place("JP"),
        Place("IE", "D02"),
    ]
)
SIZES = st.builds(ParcelSize, st.integers(1, 900), st.integers(1, 400), st.integers(1, 400), st.integers(1, 20_000))


@settings(max_examples=150, deadline=None)
@given(PLACES, PLACES, st.lists(SIZES, min_size=1, max_size=4), st.booleans())
def test_a_shipment_costs_exactly_its_parcels_and_a_price_exactly_its_lines(
    origin: Place, destination: Place, parcels: list[ParcelSize], signature: bool
) -> None:
    request = _ask(origin=origin, destination=destination, parcels=tuple(parcels), signature=signature)
    together = rating.quotes(request, TUESDAY)
    apart = [rating.quotes(replace(request, parcels=(p,)), TUESDAY) for p in parcels]
    for n, quote in enumerate(together):
        if quote.available:
            assert quote.amount.amount_minor == sum(line.amount_minor for line in quote.lines) == sum(a[n].amount.amount_minor for a in apart)


@settings(max_examples=100, deadline=None)
@given(PLACES, PLACES, SIZES, st.integers(0, 5000))
def test_a_heavier_parcel_never_costs_less(origin: Place, destination: Place, parcel: ParcelSize, more: int) -> None:
    light = rating.quotes(_ask(origin=origin, destination=destination, parcels=(parcel,)), TUESDAY)[0]
    heavy = rating.quotes(_ask(origin=origin, destination=destination, parcels=(replace(parcel, weight_g=parcel.weight_g + more),)), TUESDAY)[0]
    assert heavy.amount.amount_minor >= light.amount.amount_minor
