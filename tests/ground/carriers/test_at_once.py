"""Two buyers, two trucks, two teachers at once: nothing is sold, handed over or counted twice or lost."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from packhorse.core import clock
from packhorse.ground.carriers import selectors
from packhorse.ground.carriers.models import TariffPurchase
from packhorse.ground.carriers.services import record_transits
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.types import ManifestRequest, ParcelSize, Purchase, PurchaseRequest, TransitFact, Voided
from packhorse.ground.places.types import AddressData
from tests.at_once import at_once

HERE = AddressData(company="Packhorse", line1="1 Dock Road", city="Hinckley", postal_code="LE10 1AA", country="GB")


def _requests(n: int) -> list[PurchaseRequest]:
    now = clock.now()
    return [
        PurchaseRequest(key=uuid4(), service="standard", ship_from=HERE, ship_to=HERE, parcel=ParcelSize(200, 150, 100, 800), ready_at=now) for _ in range(n)
    ]


def test_two_buyers_of_the_same_keys_get_the_same_labels(committed: str) -> None:
    tariff, requests = TariffCarrier(), _requests(50)
    one, two = at_once(lambda: tariff.buy(requests), lambda: list(reversed(tariff.buy(list(reversed(requests))))))
    assert one == two
    assert all(isinstance(answer, Purchase) for answer in one)
    assert TariffPurchase.objects.filter(key__in=[r.key for r in requests]).count() == 50


def test_a_label_is_given_back_or_handed_over_but_not_both(committed: str) -> None:
    tariff = TariffCarrier()
    numbers = tuple(answer.tracking_number for answer in tariff.buy(_requests(20)) if isinstance(answer, Purchase))
    request = ManifestRequest(key=uuid4(), tracking_numbers=numbers, handed_over_at=clock.now())
    manifest, answers = at_once(lambda: tariff.manifest(request), lambda: tariff.void(numbers))
    voided = {answer.tracking_number for answer in answers if isinstance(answer, Voided)}
    assert voided | set(manifest.accepted) == set(numbers)
    assert not voided & set(manifest.accepted)


def test_the_same_truck_twice_is_one_manifest(committed: str) -> None:
    tariff = TariffCarrier()
    numbers = tuple(answer.tracking_number for answer in tariff.buy(_requests(20)) if isinstance(answer, Purchase))
    request = ManifestRequest(key=uuid4(), tracking_numbers=numbers, handed_over_at=clock.now())
    one, two = at_once(lambda: tariff.manifest(request), lambda: tariff.manifest(request))
    assert one == two
    assert set(one.accepted) == set(numbers)


def test_no_parcel_is_lost_from_the_statistics(committed: str) -> None:
    carrier = uuid4().hex
    facts = [TransitFact(carrier, "standard", "GB-LE", f"GB-{n}", n % 5) for n in range(40)]

    def teach() -> None:
        for order in (facts, list(reversed(facts))):
            with transaction.atomic():
                record_transits(order)

    assert at_once(teach, teach, teach) == [None] * 3
    assert selectors.transit_days(carrier=carrier, service="standard", origin="GB-X", destination="GB-Y").parcels == 240
