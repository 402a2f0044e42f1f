"""A second factor is asked for, throttled, and worth nothing to who has the database alone."""

from __future__ import annotations

import importlib
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from packhorse.core import sql, vault
from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.ground.people import services
from packhorse.ground.people.models import SecondFactor, User
from packhorse.ground.people.secrets import Secret
from tests.ground.conftest import actor, make_user, me

MOVE = importlib.import_module("packhorse.ground.people.migrations.0002_second_factor").move


def _set_up(boss: Actor) -> SecondFactor:
    assert boss.user_id is not None
    services.start_totp(key=uuid4(), actor=boss, user_id=me(boss))
    device: SecondFactor = SecondFactor.objects.get(confirmed=False)
    return device


def _code(device: SecondFactor) -> Secret:
    return Secret(f"{totp(device.secret):06d}")


def test_no_row_of_the_database_holds_the_secret(boss: Actor) -> None:
    device = _set_up(boss)
    services.confirm_totp(key=uuid4(), actor=boss, user_id=me(boss), token=_code(device))
    tables = [row[0] for row in sql.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace")]
    dump = "\n".join(str(row[0]) for table in tables for row in sql.rows(f'SELECT t::text FROM "{table}" t'))
    assert str(boss.user_id) in dump
    assert device.sealed in dump
    for shape in (device.secret.hex(), repr(device.secret)):
        assert shape not in dump


def test_what_is_sealed_opens_for_its_own_row_with_this_installations_key_alone(boss: Actor, settings: Any) -> None:
    sealed = vault.seal("totp:1", b"secret")
    assert vault.unseal("totp:1", sealed) == b"secret"
    assert vault.seal("totp:1", b"secret") != sealed
    with pytest.raises(vault.Unsealable):
        vault.unseal("totp:2", sealed)
    settings.PACKHORSE_VAULT_KEY = "of another installation"
    with pytest.raises(vault.Unsealable):
        vault.unseal("totp:1", sealed)


def test_with_another_vault_key_signing_in_says_what_is_wrong(boss: Actor, settings: Any) -> None:
    device = _set_up(boss)
    services.confirm_totp(key=uuid4(), actor=boss, user_id=me(boss), token=_code(device))
    browser = Client()
    browser.force_login(User.objects.get(pk=me(boss)))
    settings.PACKHORSE_VAULT_KEY = "of another installation"

    answer = browser.post(reverse("people:verify"), {"token": "123456"})

    assert answer.status_code == 503
    assert "secrets/vault-key" in answer.content.decode()
    assert "otp_device_id" not in browser.session


def test_asked_twice_it_is_one_factor_and_the_key_is_for_that_alone(boss: Actor) -> None:
    key, user_id = uuid4(), boss.user_id
    assert user_id is not None
    first = services.start_totp(key=key, actor=boss, user_id=user_id)
    assert services.start_totp(key=key, actor=boss, user_id=user_id) == first
    assert SecondFactor.objects.count() == 1
    with pytest.raises(KeyReused):
        services.remove_totp(key=key, actor=boss, user_id=user_id)


def test_a_code_counts_once(boss: Actor) -> None:
    device = _set_up(boss)
    code = _code(device).reveal()
    assert device.verify_token(code)
    assert not device.verify_token(code)
    assert not SecondFactor.objects.get().verify_token("not a code")


def test_after_wrong_codes_even_the_right_one_waits(boss: Actor) -> None:
    device = _set_up(boss)
    right = _code(device).reveal()
    assert not device.verify_token("000000" if right != "000000" else "111111")
    assert not device.verify_token(right)
    assert SecondFactor.objects.get().throttling_failure_count == 1


def test_refusals_change_nothing(boss: Actor) -> None:
    pia = make_user("pia")
    with pytest.raises(NotAllowed):
        services.start_totp(key=uuid4(), actor=boss, user_id=pia.id)
    with pytest.raises(NotFound):
        services.confirm_totp(key=uuid4(), actor=boss, user_id=me(boss), token=Secret("123456"))
    with pytest.raises(NotFound):
        services.remove_totp(key=uuid4(), actor=boss, user_id=pia.id)
    with pytest.raises(NotAllowed):
        services.remove_totp(key=uuid4(), actor=actor("picker", user_id=pia.id), user_id=me(boss))
    device = _set_up(boss)
    right = _code(device).reveal()
    with pytest.raises(Invalid):
        services.confirm_totp(key=uuid4(), actor=boss, user_id=me(boss), token=Secret("000000" if right != "000000" else "111111"))
    assert [d.confirmed for d in SecondFactor.objects.all()] == [False]


def test_factors_kept_in_clear_by_an_earlier_release_are_sealed_and_their_table_goes(boss: Actor) -> None:
    pia = make_user("pia")
    sql.run(
        """CREATE TABLE otp_totp_totpdevice (id int, user_id int, name text, confirmed bool, key text, step int, t0 bigint, digits int, tolerance int,
           drift int, last_t bigint)"""
    )
    for number, user_id, confirmed, key in ((1, boss.user_id, True, "aa" * 20), (2, boss.user_id, True, "bb" * 20), (3, pia.id, False, "cc" * 20)):
        sql.run("INSERT INTO otp_totp_totpdevice VALUES (%s, %s, 'totp', %s, %s, 30, 0, 6, 1, 1, 77)", [number, user_id, confirmed, key])
    with connection.schema_editor() as editor:
        MOVE(apps, editor)
    found = [(d.user_id, d.confirmed, d.secret.hex(), d.drift, d.last_t) for d in SecondFactor.objects.order_by("user_id")]
    assert found == [(boss.user_id, True, "bb" * 20, 1, 77), (pia.id, False, "cc" * 20, 1, 77)]
    assert sql.rows("SELECT to_regclass('otp_totp_totpdevice')") == [(None,)]


def test_who_reads_the_table_of_sessions_can_enter_none(boss: Actor) -> None:
    browser = Client()
    browser.force_login(User.objects.get(pk=me(boss)), backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("people:users")
    assert browser.get(page).status_code == 200
    ((stored,),) = sql.rows("SELECT session_key FROM django_session")
    assert stored != browser.cookies["sessionid"].value
    browser.cookies["sessionid"] = stored
    assert browser.get(page).status_code == 302
