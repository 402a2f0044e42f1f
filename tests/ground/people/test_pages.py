"""The pages of people show, act, and keep others out."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.ground.catalog.types import ClientInfo
from packhorse.ground.people import selectors, services
from packhorse.ground.people.models import ApiKey, SecondFactor, User
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.sign_in import DEVICE_COOKIE
from packhorse.ground.people.types import Grant, UserInfo
from packhorse.ground.warehouse.types import WarehouseInfo
from tests.ground.conftest import make_user

PAGES = ["users", "new-user", "keys", "new-key", "devices", "new-device", "audit", "sign-ins", "account", "second-factor"]


@pytest.fixture
def web(owner: UserInfo) -> Client:
    """A browser in which the owner is signed in."""
    browser = Client()
    browser.force_login(User.objects.get(pk=owner.id), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def send(browser: Client, page: str, /, *args: int, **data: Any) -> Any:
    return browser.post(reverse(f"people:{page}", args=args), {"key": str(uuid4()), **data})


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_the_owner_and_not_for_a_picker(web: Client, acme: ClientInfo, montreal: WarehouseInfo, name: str) -> None:
    assert web.get(reverse(f"people:{name}")).status_code == 200
    picker = Client()
    assert picker.get(reverse(f"people:{name}")).status_code == 302
    picker.force_login(User.objects.get(pk=make_user("pia", Grant("picker")).id), backend="django.contrib.auth.backends.ModelBackend")
    assert picker.get(reverse(f"people:{name}")).status_code == (200 if name in ("account", "second-factor") else 403)


def test_a_user_is_made_given_roles_and_closed(web: Client, acme: ClientInfo, montreal: WarehouseInfo) -> None:
    asked = {
        "username": "pia",
        "name": "Pia Hill",
        "email": "",
        "language": "fr",
        "password": "gentle-horse-47",
        "role": "picker",
        "warehouse_id": str(montreal.id),
    }
    made = send(web, "new-user", **asked, client_id="")
    pia = User.objects.get(username="pia")
    assert made.headers["Location"] == reverse("people:user", args=[pia.pk])
    assert pia.actor().scope.warehouse_ids == frozenset({montreal.id})
    assert send(web, "new-user", **asked, client_id="").status_code == 409
    assert send(web, "grant", pia.pk, role="client", client_id=str(acme.id), warehouse_id="").status_code == 303
    (role,) = User.objects.get(pk=pia.pk).memberships.filter(role="client")
    page = web.get(reverse("people:user", args=[pia.pk])).content.decode()
    assert "ACME – Acme Goods" in page
    assert "Role picker granted" in page
    assert "Ada Byron" in page
    for name, args in (("revoke", [role.pk]), ("deactivate", []), ("reactivate", [])):
        assert send(web, name, pia.pk, *args).status_code == 303
    assert send(web, "change", pia.pk, name="Pia H.", email="p@example.com", language="en").status_code == 303
    assert send(web, "password", pia.pk, password="short").status_code == 422
    assert send(web, "password", pia.pk, password="sturdy-mule-12").status_code == 303
    assert send(web, "badge", pia.pk, code="B-1001", pin="2580").status_code == 303
    assert send(web, "revoke-badge", pia.pk).status_code == 303
    assert [r.role for r in selectors.user(EVERYTHING, pia.pk).roles] == ["picker"]
    assert web.get(reverse("people:user", args=[10**30])).status_code == 404


def test_a_key_is_shown_once_and_works_in_the_api(web: Client) -> None:
    issued = send(web, "new-key", name="Shop", role="integrator", permissions=["take_orders"])
    raw = re.search(r'value="(phk_[^"]+)"', issued.content.decode())[1]  # type: ignore[index]
    assert issued.headers["Cache-Control"] == "no-store"
    key = ApiKey.objects.get()
    assert raw not in web.get(reverse("people:key", args=[key.pk])).content.decode()
    me = Client().get("/api/v1/people/me", headers={"Authorization": f"Bearer {raw}"}).json()
    assert (me["principal"], me["permissions"]) == (f"key:{key.pk}", ["take_orders"])
    assert Client().get("/api/v1/people/users", headers={"Authorization": f"Bearer {raw}"}).status_code == 403
    assert send(web, "revoke-key", key.pk).status_code == 303
    assert Client().get("/api/v1/people/me", headers={"Authorization": f"Bearer {raw}"}).status_code == 401


def test_the_api_makes_users_and_keys(web: Client) -> None:
    head = {"Idempotency-Key": str(uuid4()), "Authorization": ""}
    browser = Client(enforce_csrf_checks=False)
    raw = re.search(r'value="(phk_[^"]+)"', send(web, "new-key", name="Admin", role="owner").content.decode())[1]  # type: ignore[index]
    head["Authorization"] = f"Bearer {raw}"
    body = {"username": "pia", "name": "Pia Hill", "password": "gentle-horse-47", "roles": [{"role": "picker"}]}
    first = browser.post("/api/v1/people/users", body, content_type="application/json", headers=head)
    assert (first.status_code, first.json()["roles"][0]["role"]) == (200, "picker")
    assert browser.post("/api/v1/people/users", body, content_type="application/json", headers=head).json() == first.json()
    taken = browser.post("/api/v1/people/users", body, content_type="application/json", headers={**head, "Idempotency-Key": str(uuid4())})
    assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
    assert [u["username"] for u in browser.get("/api/v1/people/users?role=picker", headers=head).json()["rows"]] == ["pia"]
    assert browser.get("/api/v1/people/audit?limit=5", headers=head).json()["rows"][0]["told"][0] == "Account created"


def test_a_second_factor_is_set_up_asked_for_and_removed(web: Client, owner: UserInfo) -> None:
    send(web, "start-totp")
    page = web.get(reverse("people:second-factor")).content.decode()
    assert "data:image/svg+xml" in page
    device = SecondFactor.objects.get()
    code = f"{totp(device.secret):06d}"
    assert send(web, "confirm-totp", token="000000" if code != "000000" else "111111").status_code == 422
    SecondFactor.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert send(web, "confirm-totp", token=code).status_code == 303
    assert web.get(reverse("people:users")).status_code == 200
    other = Client()
    other.force_login(User.objects.get(pk=owner.id), backend="django.contrib.auth.backends.ModelBackend")
    verify = reverse("people:verify")
    assert other.get(reverse("people:users")).headers["Location"] == f"{verify}?next=%2Fsettings%2Fpeople%2F"
    assert other.get("/api/v1/people/me").status_code == 401
    assert other.get(verify).status_code == 200
    assert other.post(verify, {"token": "000000" if code != "000000" else "111111"}).status_code == 422
    SecondFactor.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None, last_t=-1)
    device.refresh_from_db()
    assert other.post(verify, {"token": f"{totp(device.secret):06d}", "next": "//evil.example/"}).headers["Location"] == "/"
    assert other.get(reverse("people:users")).status_code == 200
    assert send(other, "remove-own-totp").status_code == 303
    assert not SecondFactor.objects.exists()


def test_a_shared_device_takes_badges(web: Client, boss: Actor) -> None:
    pia = make_user("pia", Grant("picker"))
    services.set_badge(key=uuid4(), actor=boss, user_id=pia.id, code="B-1001", pin=Secret("2580"))
    url = reverse("people:badge-sign-in")
    assert web.get(url).status_code == 403
    assert send(web, "new-device", name="Scanner 3", warehouse_id="").status_code == 303
    shared = Client()
    shared.cookies[DEVICE_COOKIE] = web.cookies[DEVICE_COOKIE].value
    assert shared.post(url, {"badge": "B-1001", "pin": "2222"}).status_code == 422
    assert shared.post(url, {"badge": "B-1001", "pin": "2580"}).headers["Location"] == reverse("scan")
    assert shared.get("/api/v1/people/me").json()["principal"] == f"user:{pia.id}"
    (device,) = selectors.devices(EVERYTHING)
    assert send(web, "revoke-device", device.id).status_code == 303
    assert shared.get(url).status_code == 403


def test_too_many_wrong_passwords_close_the_door(owner: UserInfo) -> None:
    browser = Client()
    for _ in range(6):
        answer = browser.post(reverse("login"), {"username": "ada", "password": "wrong"})
    assert answer.status_code == 429
    assert browser.post(reverse("login"), {"username": "ada", "password": "gentle-horse-47"}).status_code == 429
    (attempt,) = selectors.sign_ins(EVERYTHING)
    assert (attempt.username, attempt.failures) == ("ada", 7)
    assert attempt.at <= clock.SystemClock().now()


def test_a_program_passes_by_what_only_people_need_and_only_at_the_api(web: Client) -> None:
    raw = re.search(r'value="(phk_[^"]+)"', send(web, "new-key", name="Admin", role="owner").content.decode())[1]  # type: ignore[index]
    head = {"Authorization": f"Bearer {raw}"}
    program = Client().get("/api/v1/people/me", headers=head)
    assert (program.status_code, hasattr(program.wsgi_request, "session"), program.headers["X-Frame-Options"]) == (200, False, "DENY")
    assert Client().get("/api/v1/people/nothing", headers=head).status_code == 404
    for url, given in (("/api/v1/people/me", {}), (reverse("people:users"), {}), (reverse("people:users"), head)):
        answer = web.get(url, headers=given)
        assert (answer.status_code, hasattr(answer.wsgi_request, "session")) == (200, True), url
