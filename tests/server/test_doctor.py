"""The doctor says what is wrong and what to do, and that nothing is wrong when nothing is."""

from __future__ import annotations

import json
import shutil

from tests.server.installations import Install, Installation


def examined(installation: Installation, code: int) -> dict[str, dict[str, str]]:
    done = installation.run("doctor", "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_it_says_to_begin_where_nothing_is(install: Install) -> None:
    installation = install("home")
    found = examined(installation, 1)
    assert found["data folder"]["state"] == "wrong"
    assert "packhorse init" in found["data folder"]["do"]
    assert not installation.home.exists()


def test_it_finds_nothing_wrong_after_init_and_names_each_fault(install: Install, ready: Installation) -> None:
    installation = install("home").like(ready)
    found = examined(installation, 0)
    assert {f["state"] for f in found.values()} == {"ok"}
    assert {"data folder", "disk space", "secrets", "database", "tables", "owner", "events", "jobs"} <= found.keys()

    (installation.home / "secrets" / "django-key").chmod(0o644)
    found = examined(installation, 1)
    assert [f["check"] for f in found.values() if f["state"] == "wrong"] == ["secrets"]
    assert "chmod" in found["secrets"]["do"]
    (installation.home / "secrets" / "django-key").chmod(0o600)

    spoil = "from django.db import connection; connection.cursor().execute(\"DELETE FROM django_migrations WHERE app = 'people'\")"
    assert installation.run("shell", "--no-imports", "-c", spoil).returncode == 0
    found = examined(installation, 1)
    assert found["tables"]["state"] == "wrong"


def test_a_server_that_is_away_is_named(install: Install) -> None:
    installation = install("home")
    installation.env["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    found = examined(installation, 1)
    assert found["database"]["state"] == "wrong"
    assert "DATABASE_URL" in found["database"]["do"]


def test_init_asked_again_changes_nothing(install: Install, ready: Installation) -> None:
    again = install("home").like(ready).run("init", "--json", "--username", "another")
    assert again.returncode == 0
    assert json.loads(again.stdout)["owner"] is None


def test_a_lost_vault_key_is_told_and_never_made_anew_while_something_is_sealed(install: Install, ready: Installation) -> None:
    installation = install("home").like(ready)
    key = installation.home / "secrets" / "vault-key"
    text = key.read_text()
    seal = (
        "from packhorse.core import vault; from packhorse.ground.people.models import SecondFactor, User; u = User.objects.first();"
        "SecondFactor.objects.create(user=u, sealed=vault.seal(f'totp:{u.pk}', b'secret'))"
    )
    done = installation.run("shell", "--no-imports", "-c", seal)
    assert done.returncode == 0, done.stderr
    key.unlink()
    found = examined(installation, 1)["stored credentials"]
    assert (found["state"], "backup" in found["do"]) == ("wrong", True)
    refused = installation.run("init", "--json")
    assert (refused.returncode, "vault-key is missing" in refused.stderr, key.exists()) == (1, True, False)

    # the whole folder lost, the installation comes up with other sessions, and still without a vault key
    shutil.rmtree(key.parent)
    assert installation.run("init", "--json").returncode == 1
    assert not key.exists()

    key.write_text(text)
    key.chmod(0o600)
    assert examined(installation, 0)["stored credentials"]["state"] == "ok"

    assert (
        installation.run("shell", "--no-imports", "-c", "from packhorse.ground.people.models import SecondFactor as S; S.objects.all().delete()").returncode
        == 0
    )
    key.unlink()
    assert examined(installation, 1)["stored credentials"]["do"] == "Run packhorse init."
    assert installation.run("init", "--json").returncode == 0
    assert examined(installation, 0)["stored credentials"]["state"] == "ok"


def test_where_customers_reach_the_house_is_kept_by_init_and_judged(install: Install, ready: Installation) -> None:
    installation = install("home").like(ready)
    assert examined(installation, 0)["address"]["what"] == "links in mails go to http://localhost:8000"
    refused = installation.run("init", "--url", "orders.example.com/shop")
    assert (refused.returncode, "https://" in refused.stderr) == (2, True)
    assert installation.run("init", "--json", "--url", "http://orders.example.com/").returncode == 0
    assert examined(installation, 0)["address"]["state"] == "note"
    assert installation.run("init", "--json", "--url", "https://orders.example.com").returncode == 0
    assert examined(installation, 0)["address"] == {"check": "address", "state": "ok", "what": "links in mails go to https://orders.example.com", "do": ""}
    asked = installation.run("shell", "--no-imports", "-c", "from django.conf import settings; print(settings.PACKHORSE_URL, settings.ALLOWED_HOSTS[-1])")
    assert asked.stdout.split() == ["https://orders.example.com", "orders.example.com"]
    installation.env["PACKHORSE_URL"] = "orders.example.com"
    assert examined(installation, 1)["address"]["state"] == "wrong"
    wrong = installation.run("openapi")
    assert (wrong.returncode, "PACKHORSE_URL" in wrong.stderr, "Traceback" in wrong.stderr) == (2, True, False)
    del installation.env["PACKHORSE_URL"]
    (installation.home / "url").unlink()
    installation.env["PACKHORSE_HOSTS"] = "orders.example.com"
    assert examined(installation, 1)["address"]["state"] == "wrong"
