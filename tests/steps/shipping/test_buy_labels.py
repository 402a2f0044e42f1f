"""A label is bought once, whatever the carrier says or does not say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from packhorse.core import clock, dispatch, sscc
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import NotAllowed, WrongState
from packhorse.core.models import JournalEntry
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.models import TariffPurchase
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.failures import Failures
from packhorse.ground.files import selectors as files
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.shipping import jobs, selectors, services
from packhorse.steps.shipping.models import Label
from packhorse.steps.shipping.types import LabelInfo
from tests.build import HOUSE, Shop, actor
from tests.steps.shipping.build import NOON, ready_shop, sealed_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[clock.VirtualClock]:
    virtual = clock.VirtualClock(NOON)
    with clock.using(virtual):
        yield virtual


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


@pytest.fixture
def label_id(shop: Shop) -> int:
    sealed_order(shop, {"SKU-1": 1})
    [made] = services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)
    return made


def label(label_id: int) -> LabelInfo:
    return selectors.label(EVERYTHING, label_id)


def purchases(label_id: int) -> int:
    return TariffPurchase.objects.filter(key=label(label_id).key).count()


def parcel_state(label_id: int) -> str:
    return packing.parcel(EVERYTHING, label(label_id).parcel_id or 0).state


def test_a_bought_label_has_its_number_price_and_papers(label_id: int) -> None:
    jobs.buy_labels(key=uuid4())

    made = label(label_id)
    assert (made.state, parcel_state(label_id), made.attempts, purchases(label_id)) == ("bought", "labelled", 1, 1)
    assert made.amount_minor is not None
    assert made.amount_minor > 0
    assert sum(m.amount_minor for _, m in selectors.charges(EVERYTHING, label_id)) == made.amount_minor
    assert made.tracking_number is not None
    assert made.slip_id is not None
    zpl = files.read(made.zpl_id or 0, EVERYTHING).decode()
    assert made.tracking_number in zpl
    assert JournalEntry.objects.filter(event="shipping.label_bought", subject_id=label_id).count() == 1


def test_the_label_reads_again_at_203_dpi(label_id: int) -> None:
    services.buy_labels(actor=HOUSE, label_ids=[label_id])

    made = label(label_id)
    [page] = pypdfium2.PdfDocument(files.read(made.pdf_id or 0, EVERYTHING))
    codes = {c.text for c in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())}
    assert {made.tracking_number, f"(00){sscc.of_parcel(made.parcel_id or 0)}"} <= codes


def test_a_declined_label_fails_and_says_so(label_id: int) -> None:
    with registry.using(TariffCarrier(failures=Failures(declined=1.0))):
        assert services.buy_labels(actor=HOUSE, label_ids=[label_id]) == 0

    made = label(label_id)
    assert (made.state, parcel_state(label_id), purchases(label_id)) == ("failed", "sealed", 0)
    assert made.error
    assert JournalEntry.objects.filter(event="shipping.label_failed", subject_id=label_id).count() == 1

    services.retry_label(key=uuid4(), actor=HOUSE, label_id=label_id)
    assert services.buy_labels(actor=HOUSE, label_ids=[label_id]) == 1
    assert (label(label_id).state, label(label_id).error) == ("bought", "")


def test_an_answer_that_was_lost_is_looked_up_by_our_key(label_id: int, now: clock.VirtualClock) -> None:
    with registry.using(TariffCarrier(failures=Failures(unknown=1.0))):
        assert services.buy_labels(actor=HOUSE, label_ids=[label_id]) == 0
        assert (label(label_id).state, purchases(label_id)) == ("unknown", 1)

        now.advance(60)
        assert services.buy_labels(actor=HOUSE) == 1

    assert (label(label_id).state, purchases(label_id)) == ("bought", 1)


def test_a_carrier_that_does_not_answer_is_asked_on_and_somebody_is_told_once(label_id: int, now: clock.VirtualClock) -> None:
    with registry.using(TariffCarrier(failures=Failures(timeout=1.0))):
        for _ in range(10):
            services.buy_labels(actor=HOUSE)
            now.advance(1000)
    assert (label(label_id).state, label(label_id).attempts) == ("unknown", 10)
    assert JournalEntry.objects.filter(event="shipping.label_failed", subject_id=label_id).count() == 1
    assert selectors.failed_count(EVERYTHING) >= 1

    jobs.buy_labels(key=uuid4())
    assert (label(label_id).state, purchases(label_id)) == ("bought", 1)


def test_a_label_whose_buyer_died_is_taken_up_when_its_lease_ends(label_id: int, now: clock.VirtualClock) -> None:
    services.claim_labels(key=uuid4(), actor=HOUSE, label_ids=[label_id])
    assert label(label_id).state == "buying"
    assert services.buy_labels(actor=HOUSE) == 0
    assert services.claim_labels(key=uuid4(), actor=HOUSE, label_ids=[label_id]) == []

    now.advance_to(NOON + dt.timedelta(minutes=6))
    assert services.buy_labels(actor=HOUSE) == 1
    assert purchases(label_id) == 1


def test_asked_twice_it_is_bought_once(label_id: int) -> None:
    assert services.buy_labels(actor=HOUSE, label_ids=[label_id]) == 1
    assert services.buy_labels(actor=HOUSE, label_ids=[label_id]) == 0
    assert services.buy_labels(actor=HOUSE) == 0
    assert purchases(label_id) == 1


def test_the_label_of_a_parcel_that_was_opened_meanwhile_goes_straight_back(label_id: int) -> None:
    services.claim_labels(key=uuid4(), actor=HOUSE, label_ids=[label_id])
    packing_services.void_parcel(key=uuid4(), actor=HOUSE, parcel_id=label(label_id).parcel_id or 0, reason="wrong box")
    dispatch.drain()
    Label.objects.filter(pk=label_id).update(next_attempt_at=NOON)

    assert services.buy_labels(actor=HOUSE) == 1
    assert (label(label_id).state, parcel_state(label_id)) == ("void_asked", "voided")

    jobs.void_labels(key=uuid4())
    assert label(label_id).state == "voided"
    assert TariffPurchase.objects.get(key=label(label_id).key).voided_at is not None


def test_only_those_who_ship_may(label_id: int, shop: Shop) -> None:
    for somebody in (actor("service"), actor("packer", client_id=shop.client_id + 1)):
        with pytest.raises(NotAllowed):
            services.claim_labels(key=uuid4(), actor=somebody, label_ids=[label_id])
        with pytest.raises(NotAllowed):
            services.retry_label(key=uuid4(), actor=somebody, label_id=label_id)
    with pytest.raises(WrongState):
        services.retry_label(key=uuid4(), actor=HOUSE, label_id=label_id)
