"""Signing in and out is told on the person's page, in the person's language; a new password ends the other sessions."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from packhorse.core.actors import Actor, system
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.models import Command, JournalEntry
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.ground.people import services
from packhorse.ground.people.models import User
from packhorse.ground.people.services.signing import FAILURES_TOLD
from packhorse.ground.people.types import Grant, UserInfo
from tests.ground.conftest import actor, make_user, me

OLD, NEW = "gentle-horse-47", "sturdy-mule-12"


def _sign_in(name: str, password: str = OLD) -> Client:
    browser = Client()
    browser.post(reverse("login"), {"username": name, "password": password})
    return browser


def _told(user: UserInfo, language: str = "en") -> list[str]:
    with translation.override(language):
        return [entry.sentence for entry in timeline(subject=Ref("people.user", user.id))]


def test_in_and_out_and_what_failed_are_told(owner: UserInfo) -> None:
    browser = Client()
    assert browser.post(reverse("login"), {"username": "ADA", "password": "wrong"}).status_code == 200
    assert browser.post(reverse("login"), {"username": "nobody", "password": "wrong"}).status_code == 200
    assert browser.post(reverse("login"), {"username": "ada", "password": OLD}).status_code == 302
    assert browser.post(reverse("logout")).status_code == 302
    told = _told(owner)
    assert told[:3] == ["Signed out", "Signed in with password", "Sign-in failed: wrong password"]
    assert _told(owner, "fr")[1] == "Connexion avec mot de passe"
    assert JournalEntry.objects.filter(event__startswith="people.sign").count() == 3


def test_tries_at_a_closed_door_are_not_told_one_by_one(owner: UserInfo) -> None:
    browser = Client()
    for _ in range(9):
        browser.post(reverse("login"), {"username": "ada", "password": "wrong"})
    assert _told(owner).count("Sign-in failed: wrong password") == settings.AXES_FAILURE_LIMIT - 1


def test_failures_from_everywhere_fill_no_journal(owner: UserInfo) -> None:
    house = system("sign-in")
    answers = [services.record_failed_sign_in(key=uuid4(), actor=house, user_id=owner.id, way="password") for _ in range(FAILURES_TOLD + 3)]
    assert answers == [True] * FAILURES_TOLD + [False] * 3
    assert _told(owner).count("Sign-in failed: wrong password") == FAILURES_TOLD


def test_asked_twice_it_is_told_once(boss: Actor, owner: UserInfo) -> None:
    key = uuid4()
    for _ in range(2):
        services.record_sign_in(key=key, actor=boss, user_id=owner.id, way="badge")
    assert _told(owner).count("Signed in with badge") == 1
    with pytest.raises(KeyReused):
        services.record_sign_out(key=key, actor=boss, user_id=owner.id)


def test_nobody_tells_it_of_another(boss: Actor, owner: UserInfo) -> None:
    pia = make_user("pia", Grant("picker"))
    with pytest.raises(NotAllowed):
        services.record_sign_in(key=uuid4(), actor=boss, user_id=pia.id, way="password")
    with pytest.raises(NotAllowed):
        services.record_sign_out(key=uuid4(), actor=boss, user_id=pia.id)
    with pytest.raises(NotAllowed):
        services.record_failed_sign_in(key=uuid4(), actor=actor("picker", user_id=pia.id), user_id=owner.id, way="password")
    with pytest.raises(NotFound):
        services.record_failed_sign_in(key=uuid4(), actor=system("sign-in"), user_id=999_999, way="password")
    assert _told(pia) == ["Role picker granted", "Account created"]


def test_ones_own_new_password_is_told_and_ends_the_other_sessions(owner: UserInfo) -> None:
    here, elsewhere = _sign_in("ada"), _sign_in("ada")
    home = reverse("people:account")
    asked = {"key": str(uuid4()), "old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert here.post(reverse("password"), asked | {"old_password": "wrong"}).status_code == 422
    assert here.post(reverse("password"), asked).status_code == 303
    assert here.get(home).status_code == 200
    assert elsewhere.get(home).status_code == 302
    assert _told(owner)[0] == "Password changed"
    (entry,) = JournalEntry.objects.filter(event="people.password_changed")
    assert (entry.principal, entry.data) == (f"user:{owner.id}", {"user_id": owner.id})
    assert NEW not in str(list(Command.objects.values()))
    assert _sign_in("ada", NEW).get(home).status_code == 200


def test_pages_speak_the_users_language_from_the_sign_in_on(owner: UserInfo) -> None:
    make_user("pia", Grant("picker"))
    User.objects.filter(username="pia").update(language="fr")
    browser = Client(headers={"Accept-Language": "en"})
    browser.post(reverse("login"), {"username": "pia", "password": OLD})
    assert '<html lang="fr"' in browser.get(reverse("people:account")).content.decode()


def test_the_language_chosen_in_the_menu_is_kept_for_the_next_sign_in(owner: UserInfo) -> None:
    browser = _sign_in("ada")
    asked = {"language": "fr", "next": "/", "key": str(uuid4())}
    for _ in range(2):
        assert browser.post(reverse("language"), asked).status_code == 302
    assert User.objects.get(pk=owner.id).language == "fr"
    assert _told(owner).count("Account details changed") == 1
    other = _sign_in("ada")
    assert '<html lang="fr"' in other.get(reverse("people:account")).content.decode()


def test_a_language_is_ones_own_to_choose_and_one_that_there_is(boss: Actor) -> None:
    pia = make_user("pia")
    with pytest.raises(NotAllowed):
        services.choose_language(key=uuid4(), actor=boss, user_id=pia.id, language="fr")
    with pytest.raises(Invalid):
        services.choose_language(key=uuid4(), actor=boss, user_id=me(boss), language="de")
    key = uuid4()
    services.choose_language(key=key, actor=boss, user_id=me(boss), language="fr")
    with pytest.raises(KeyReused):
        services.choose_language(key=key, actor=boss, user_id=me(boss), language="en")


def test_a_persons_page_shows_what_they_did_to_others(boss: Actor, owner: UserInfo) -> None:
    services.issue_api_key(key=uuid4(), actor=boss, name="Shop", role="integrator")
    page = _sign_in("ada").get(reverse("people:user", args=[owner.id])).content.decode()
    assert "What they did last" in page
    assert "API key issued with role integrator" in page
    assert "Signed in with password" in page
