"""Addresses are kept in sets, seen by their client only, and erased for good."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from packhorse.core import rls
from packhorse.core.actors import EVERYTHING, Actor, Scope, system
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.models import JournalEntry
from packhorse.ground.catalog.models import Client
from packhorse.ground.places import selectors
from packhorse.ground.places.models import Address
from packhorse.ground.places.services import create_address, create_addresses, erase_addresses, erase_expired
from packhorse.ground.places.types import AddressData, NewAddress
from packhorse.ground.places.verify import verify

pytestmark = pytest.mark.django_db
ADA = AddressData(name="Ada", line1="12 Square", city="LONDON", postal_code="SW1Y 4JH", country="GB", email="ada@example.com")
BAD = AddressData(name="", line1="test", city="LONDON", postal_code="", country="GB")


def _client(code: str) -> Client:
    return Client.objects.create(code=f"{code}-{uuid4().hex[:8]}", name=code, currency="GBP")


def _keep(*new: NewAddress) -> list[int]:
    with transaction.atomic():
        return create_addresses(new)


def test_ids_come_in_order_and_everything_is_kept() -> None:
    client = _client("A")
    ids = _keep(NewAddress(data=ADA, client_id=client.pk, verdict=verify(ADA), retain_until=dt.date(2011, 1, 1)), NewAddress(data=BAD, verdict=verify(BAD)))
    found = selectors.addresses(ids, EVERYTHING)
    assert [found[i].data for i in ids] == [ADA, BAD]
    assert (found[ids[0]].level, found[ids[0]].problems) == ("deliverable", ())
    assert (found[ids[1]].level, found[ids[1]].problems) == ("undeliverable", ("name_missing", "postal_code_missing", "placeholder"))
    assert _keep() == []


def test_a_thousand_are_two_statements(django_assert_num_queries: object) -> None:
    with transaction.atomic(), django_assert_num_queries(2):  # type: ignore[operator]
        assert len(set(create_addresses([NewAddress(data=ADA)] * 1000))) == 1000


def test_a_client_sees_its_own_addresses_only() -> None:
    one, two = _client("A"), _client("B")
    mine, other, house = _keep(NewAddress(data=ADA, client_id=one.pk), NewAddress(data=ADA, client_id=two.pk), NewAddress(data=ADA))
    scope = Scope(client_ids=frozenset({one.pk}))
    assert set(selectors.addresses([mine, other, house], scope)) == {mine}
    with pytest.raises(NotFound):
        selectors.address(other, scope)
    with rls.acting_for(scope):  # the second wall holds even where a selector forgets the first
        assert set(selectors.addresses([mine, other, house], EVERYTHING)) == {mine}


def _erase(ids: list[int], key: UUID | None = None, actor: Actor | None = None) -> list[int]:
    return erase_addresses(key=key or uuid4(), actor=actor or system("test"), address_ids=ids)


def test_erasing_overwrites_and_tells_without_names() -> None:
    with transaction.atomic():
        address_id = create_address(NewAddress(data=ADA))
    key = uuid4()
    assert _erase([address_id], key) == [address_id]
    row = selectors.address(address_id, EVERYTHING)
    assert row.data == AddressData(country="GB")
    assert row.erased_at is not None
    assert bytes(Address.objects.get(pk=address_id).normal_sha256) == b""
    told = JournalEntry.objects.get(event="places.address_erased", subject_id=address_id)
    assert "Ada" not in str(told.data)
    assert _erase([address_id], key) == [address_id]
    assert _erase([address_id]) == []
    with pytest.raises(KeyReused):
        _erase([address_id + 1], key)


def test_only_who_may_can_erase() -> None:
    client = _client("A")
    [address_id] = _keep(NewAddress(data=ADA, client_id=client.pk))
    with pytest.raises(NotAllowed):
        _erase([address_id], actor=Actor("user:1", frozenset({"picker"})))
    with pytest.raises(NotAllowed):
        _erase([address_id], actor=Actor("user:2", frozenset({"manager"}), Scope(client_ids=frozenset({client.pk + 1}))))
    assert selectors.address(address_id, EVERYTHING).data == ADA


def test_what_is_past_its_retention_is_erased() -> None:
    late, kept, forever = _keep(
        NewAddress(data=ADA, retain_until=dt.date(2001, 1, 1)), NewAddress(data=ADA, retain_until=dt.date(2001, 1, 2)), NewAddress(data=ADA)
    )
    assert erase_expired(key=uuid4(), actor=system("test"), today=dt.date(2001, 1, 2)) == 1
    found = selectors.addresses([late, kept, forever], EVERYTHING)
    assert [found[i].data.name for i in (late, kept, forever)] == ["", "Ada", "Ada"]
    with pytest.raises(NotAllowed):
        erase_expired(key=uuid4(), actor=Actor("user:1", frozenset({"picker"})), today=dt.date(2001, 1, 2))


def test_the_database_keeps_an_erased_address_empty() -> None:
    [address_id] = _keep(NewAddress(data=ADA))
    _erase([address_id])
    with pytest.raises(Exception, match="address_erased_is_empty"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE places_address SET name = 'Ada' WHERE id = %s", [address_id])
