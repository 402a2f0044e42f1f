"""The tariff carrier sells a label once per key, gives it back before hand-over, and tracks it after."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from packhorse.core import clock
from packhorse.core.money import Money
from packhorse.ground.carriers.errors import CarrierUnavailable, UnknownCarrier
from packhorse.ground.carriers.models import TariffPurchase
from packhorse.ground.carriers.registry import carrier, carriers, using
from packhorse.ground.carriers.tariff import numbers
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.failures import Failures
from packhorse.ground.carriers.types import ManifestRequest, ParcelSize, Place, Purchase, PurchaseRequest, RateRequest, Refused, Unknown, Voided
from packhorse.ground.places.types import AddressData

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2010, 12, 7, 9, 0, tzinfo=dt.UTC)
FROM = AddressData(company="Packhorse", line1="1 Dock Road", city="Hinckley", postal_code="LE10 1AA", country="GB")
TO = AddressData(name="Ada Lovelace", line1="12 St James's Square", city="London", postal_code="SW1Y 4JH", country="GB")


def _request(**changes: object) -> PurchaseRequest:
    return replace(
        PurchaseRequest(key=uuid4(), service="standard", ship_from=FROM, ship_to=TO, parcel=ParcelSize(200, 150, 100, 800), ready_at=TUESDAY, reference="FO-1"),
        **changes,  # type: ignore[arg-type]
    )


@pytest.fixture
def at() -> clock.VirtualClock:
    return clock.VirtualClock(TUESDAY)


@pytest.fixture
def tariff() -> TariffCarrier:
    return TariffCarrier()


def _bought(tariff: TariffCarrier, request: PurchaseRequest) -> Purchase:
    [answer] = tariff.buy([request])
    assert isinstance(answer, Purchase), answer
    return answer


def test_it_sells_at_the_quoted_price(tariff: TariffCarrier, at: clock.VirtualClock) -> None:
    with clock.using(at):
        request = _request()
        quote = tariff.rate(RateRequest(origin=Place.of(FROM), destination=Place.of(TO), parcels=(request.parcel,), ready_at=TUESDAY))[0]
        bought = _bought(tariff, request)
    assert (bought.amount, bought.deliver_by, bought.transit_days) == (quote.amount, quote.deliver_by, quote.transit_days)
    assert numbers.is_valid(bought.tracking_number)
    assert bought.routing == "(403)GBSW1Y4JH"


def test_the_same_key_never_buys_twice(tariff: TariffCarrier, at: clock.VirtualClock) -> None:
    with clock.using(at):
        request = _request()
        first = _bought(tariff, request)
        at.advance(3600)
        assert tariff.buy([request]) == [first]
        assert tariff.buy([replace(request, reference="other")]) == [Refused(str(request.key), "key_reused", "")]
    assert TariffPurchase.objects.count() == 1


def test_a_hundred_are_bought_in_one_go_and_a_bad_one_does_not_stop_them(
    tariff: TariffCarrier, at: clock.VirtualClock, django_assert_max_num_queries: object
) -> None:
    requests = [_request() for _ in range(100)]
    requests[50] = _request(ship_to=replace(TO, country="KP"))
    requests[51] = _request(service="balloon")
    with clock.using(at):
        answers = tariff.buy(requests)
    assert [n for n, a in enumerate(answers) if not isinstance(a, Purchase)] == [50, 51]
    assert isinstance(answers[50], Refused)
    assert answers[50].code == "country_not_served"
    assert [a.key for a in answers if isinstance(a, Purchase)] == [r.key for n, r in enumerate(requests) if n not in (50, 51)]
    assert TariffPurchase.objects.count() == 98


def test_no_personal_data_is_kept(tariff: TariffCarrier, at: clock.VirtualClock) -> None:
    with clock.using(at):
        _bought(tariff, _request())
    row = TariffPurchase.objects.values().get()
    assert not any("Lovelace" in str(v) or "James" in str(v) for v in row.values())


def test_a_lost_answer_is_found_by_the_key(at: clock.VirtualClock) -> None:
    tariff = TariffCarrier(failures=Failures(unknown=1.0))
    with clock.using(at):
        request = _request()
        assert tariff.buy([request]) == [Unknown(str(request.key), "no answer")]
        found = tariff.find([request.key, UUID(int=1)])
        assert set(found) == {request.key}
        assert tariff.buy([request]) == [found[request.key]]


def test_a_time_out_has_bought_nothing(at: clock.VirtualClock) -> None:
    tariff = TariffCarrier(failures=Failures(timeout=1.0))
    with clock.using(at):
        request = _request()
        assert tariff.buy([request]) == [Unknown(str(request.key), "timeout")]
        assert tariff.find([request.key]) == {}
        with pytest.raises(CarrierUnavailable):
            tariff.rate(RateRequest(origin=Place.of(FROM), destination=Place.of(TO), parcels=(request.parcel,), ready_at=TUESDAY))
        with pytest.raises(CarrierUnavailable):
            tariff.manifest(ManifestRequest(key=uuid4(), tracking_numbers=(), handed_over_at=TUESDAY))


def test_failures_come_in_the_share_asked_for(at: clock.VirtualClock) -> None:
    tariff = TariffCarrier(failures=Failures(declined=0.2, seed=3))
    with clock.using(at):
        answers = tariff.buy([_request(key=UUID(int=n)) for n in range(1, 301)])
    assert 40 <= sum(isinstance(a, Refused) and a.code == "declined" for a in answers) <= 80


def test_a_label_comes_back_until_it_is_handed_over(tariff: TariffCarrier, at: clock.VirtualClock) -> None:
    with clock.using(at):
        one, two = (_bought(tariff, _request()) for _ in range(2))
        assert tariff.void([one.tracking_number]) == [Voided(one.tracking_number, one.amount)]
        assert tariff.void([one.tracking_number, "X"]) == [Voided(one.tracking_number, one.amount), Refused("X", "unknown_number", "")]
        manifest = tariff.manifest(ManifestRequest(key=uuid4(), tracking_numbers=(one.tracking_number, two.tracking_number), handed_over_at=TUESDAY))
        assert manifest.accepted == (two.tracking_number,)
        assert manifest.refused == (Refused(one.tracking_number, "voided", ""),)
        assert tariff.void([two.tracking_number]) == [Refused(two.tracking_number, "handed_over", "")]


def test_the_same_manifest_key_gives_the_same_manifest(tariff: TariffCarrier, at: clock.VirtualClock) -> None:
    with clock.using(at):
        bought = _bought(tariff, _request())
        request = ManifestRequest(key=uuid4(), tracking_numbers=(bought.tracking_number, "X"), handed_over_at=TUESDAY)
        first = tariff.manifest(request)
        assert tariff.manifest(request) == first
        again = tariff.manifest(replace(request, key=uuid4()))
    assert again.accepted == ()
    assert {r.code for r in again.refused} == {"handed_over", "unknown_number"}


def test_tracking_shows_what_has_happened_by_now(tariff: TariffCarrier, at: clock.VirtualClock) -> None:
    with clock.using(at):
        number = _bought(tariff, _request()).tracking_number
        assert [u.code for u in tariff.track([number])] == ["announced"]
        tariff.manifest(ManifestRequest(key=uuid4(), tracking_numbers=(number,), handed_over_at=TUESDAY + dt.timedelta(hours=7)))
        at.advance_to(TUESDAY + dt.timedelta(hours=8))
        assert [(u.number, u.detail) for u in tariff.track([number])] == [(0, ""), (1, "collected")]
        everything = tariff.timeline([number])
        at.advance_to(everything[-1].occurred_at)
        assert tariff.track([number]) == everything
        assert tariff.track([number], since=everything[-2].occurred_at) == everything[-1:]
        assert tariff.track(["X"]) == []


def test_carriers_are_found_by_code(tariff: TariffCarrier) -> None:
    assert carrier("tariff").name == "Tariff"
    assert [c.code for c in carriers()] == ["tariff"]
    with using(tariff):
        assert carrier("tariff") is tariff
    with pytest.raises(UnknownCarrier):
        carrier("pigeon")
    assert [s.service for s in tariff.services()] == ["standard", "express", "same_day"]
    assert Money(0, "GBP") == tariff.rate(RateRequest(origin=Place.of(FROM), destination=Place("KP"), parcels=(), ready_at=TUESDAY))[0].amount
