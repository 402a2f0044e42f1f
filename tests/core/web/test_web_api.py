"""The API answers in JSON, refuses in problem documents, and does a thing once per key."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from packhorse.core.web.api import the_api
from tests.core.web import sample
from tests.core.web.test_web_pages import user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.web.sample")]
JSON = "application/json"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def hold(client: Client, parcel: int, key: str | None, body: Any = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/sample-api/sample/{parcel}/hold", body or {"reason": "address"}, content_type=JSON, headers=headers)


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"], found["type"]) == (status, code, f"urn:packhorse:{code}")
    return found


def test_pages_follow_each_other_by_cursor(manager: Client) -> None:
    first = manager.get("/sample-api/sample/?limit=100").json()
    second = manager.get(f"/sample-api/sample/?limit=100&cursor={first['next_cursor']}").json()
    third = manager.get(f"/sample-api/sample/?limit=100&cursor={second['next_cursor']}").json()
    assert [r["id"] for page in (first, second, third) for r in page["rows"]] == list(range(1, 241))
    assert third["next_cursor"] is None
    assert {r["state"] for r in manager.get("/sample-api/sample/?state=held").json()["rows"]} == {"held"}


def test_a_change_happens_once_per_key(manager: Client) -> None:
    sample.DONE.clear()
    key = str(uuid4())
    assert [hold(manager, 5, key).json() for _ in range(3)] == [[5], [5], [5]]
    assert sample.DONE == [("hold", 5)]
    problem(hold(manager, 6, key), 422, "key_reused")


def test_a_change_without_key_is_refused(manager: Client) -> None:
    found = problem(hold(manager, 5, None), 422, "invalid")
    assert "Idempotency-Key" in str(found["errors"])


def test_a_refusal_is_a_problem_with_message_remedy_and_data(manager: Client) -> None:
    found = problem(hold(manager, 100, str(uuid4())), 409, "too_heavy")
    assert found["detail"] == "Parcel 100 weighs 99000 g: more than one person lifts."
    assert found["remedy"] == "Call a second person."
    assert found["data"] == {"parcel": 100, "weight_g": 99000}


def test_what_has_not_the_right_shape_is_a_problem(manager: Client) -> None:
    problem(hold(manager, 5, str(uuid4()), {"ids": "x"}), 422, "invalid")
    problem(manager.post("/sample-api/sample/5/hold", "{", content_type=JSON, headers={"Idempotency-Key": str(uuid4())}), 400, "unreadable")
    problem(hold(manager, 2**70, str(uuid4())), 422, "invalid")
    problem(manager.get("/sample-api/sample/?cursor=!!"), 422, "invalid")


def test_a_fault_tells_nothing(manager: Client) -> None:
    answer = manager.get("/sample-api/sample/broken")
    problem(answer, 500, "broken")
    assert b"secret" not in answer.content


def test_a_database_that_is_away_is_no_fault_of_the_request(manager: Client) -> None:
    answer = manager.get("/sample-api/sample/away")
    found = problem(answer, 503, "unavailable")
    assert "same key" in found["remedy"]
    assert answer.headers["Retry-After"] == "2"


def test_nobody_gets_in_without_being_somebody(client: Client) -> None:
    problem(client.get("/sample-api/sample/"), 401, "not_signed_in")
    answer = client.get("/sample-api/sample/", headers={"Authorization": "Bearer nonsense"})
    problem(answer, 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_needs_the_csrf_token_to_change_something() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    assert strict.get("/sample-api/sample/").status_code == 200
    problem(hold(strict, 5, str(uuid4())), 403, "forbidden")


def test_who_lacks_the_permission_is_refused(client: Client) -> None:
    client.force_login(user("picker"), backend="django.contrib.auth.backends.ModelBackend")
    problem(hold(client, 5, str(uuid4())), 403, "not_allowed")


@override_settings(PACKHORSE_API_RATE=3)
def test_who_asks_too_often_is_told_when_to_come_back(manager: Client) -> None:
    answers = [manager.get("/sample-api/sample/") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    problem(answers[3], 429, "too_many")
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 20


def test_the_document_is_openapi_31_and_the_reference_page_shows_it(manager: Client) -> None:
    assert manager.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    assert manager.get("/api/v1/docs").status_code == 200


def test_every_operation_that_changes_something_takes_a_key() -> None:
    paths = the_api().get_openapi_schema(path_prefix="/api/v1/")["paths"]
    without = [
        f"{method} {path}"
        for path, item in paths.items()
        for method, operation in item.items()
        if method in ("post", "put", "patch", "delete") and not any(p["name"] == "Idempotency-Key" and p["required"] for p in operation["parameters"])
    ]
    assert without == []
