"""The product speaks English and French: pages, refusals, and nothing is left untranslated."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from packhorse.core import clock
from packhorse.core.errors import Busy, Invalid, NotAllowed, PackhorseError
from packhorse.ground.people.models import Membership, User

ROOT = Path(__file__).parents[2]


@pytest.fixture
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def manager(client: Client, db: None) -> Client:
    user = User.objects.create(username=f"manager-{uuid4().hex[:6]}", name="Ada", created_at=clock.now())
    Membership.objects.create(user=user, role="manager", granted_at=clock.now())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def menu(page: str) -> list[str]:
    nav = page[page.index('<nav id="menu"') : page.index("</nav>", page.index('<nav id="menu"'))]
    return [words.strip() for words in re.findall(r">([^<>]*[^\W\d_][^<>]*)<", nav)]


def test_a_page_is_french_by_the_browser_and_by_choice(manager: Client) -> None:
    by_browser = manager.get("/orders/", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}).content.decode()
    manager.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    by_choice = manager.get("/orders/", headers={"Accept-Language": "en"}).content.decode()

    for page in (by_browser, by_choice):
        assert '<html lang="fr"' in page
        assert [w for w in menu(page) if w in STEPS_IN_FRENCH] == STEPS_IN_FRENCH
        assert "Orders" not in menu(page)


def test_a_page_is_english_to_everybody_else(manager: Client) -> None:
    page = manager.get("/orders/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en"' in page
    assert "Picking" in menu(page)


STEPS_IN_FRENCH = ["Stocks", "Commandes", "Prélèvement", "Emballage", "Expédition", "Livraison", "Retours"]


@pytest.mark.usefixtures("french")
def test_a_refusal_its_remedy_and_its_reason_are_french() -> None:
    assert Busy().message == "Quelqu’un d’autre modifie les mêmes données en ce moment."
    assert Busy().remedy == "Réessayez avec la même clé."
    assert NotAllowed(permission="pick").message == "Vous ne pouvez pas faire cela (prélèvement) ici."
    assert Invalid(field="quantity", reason="must be positive").message == "quantité\u00a0: doit être positif"
    assert (
        Invalid(field="tote", reason="{scanned} is no tote of this warehouse", scanned="T-{1}").message == "bac\u00a0: T-{1} n’est pas un bac de cet entrepôt"
    )


@pytest.mark.usefixtures("french")
def test_every_refusal_there_is_has_its_french() -> None:
    below = [PackhorseError]
    for refusal in below:
        below += refusal.__subclasses__()
    said = {inspect.cleandoc(r.__doc__).split("\n\n")[0].replace("\n", " ") for r in below if r.__doc__ and r.__module__.startswith("packhorse.")}
    assert len(said) > 20
    assert [s for s in said if gettext(s) == s and re.search(r"\w{3}", re.sub(r"{[^}]*}", "", s))] == []


def test_every_message_has_french_with_the_same_placeholders_and_is_compiled() -> None:
    checked = subprocess.run([sys.executable, ".ci/messages.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.stderr == ""
    assert checked.returncode == 0
