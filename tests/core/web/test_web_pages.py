"""A page shows what it may show, to those who may see it, under a strict policy."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock
from packhorse.ground.people.models import Membership, User
from tests.core.web import sample

pytestmark = [pytest.mark.django_db(transaction=False), pytest.mark.urls("tests.core.web.sample")]


def user(role: str, client_id: int | None = None) -> User:
    made = User.objects.create(username=f"{role}-{uuid4().hex[:6]}", name=role, created_at=clock.now())
    Membership.objects.create(user=made, role=role, client_id=client_id, granted_at=clock.now())
    return made


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_page_carries_the_strict_policy(manager: Client) -> None:
    policy = manager.get("/sample/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_who_is_not_signed_in_is_sent_to_the_login(client: Client) -> None:
    assert client.get("/sample/?q=x").headers["Location"] == "/login/?next=/sample/%3Fq%3Dx"


def test_who_lacks_the_permission_gets_403_and_is_told_which(client: Client) -> None:
    client.force_login(user("driver"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/sample/")
    assert answer.status_code == 403
    assert "see orders" in answer.content.decode()


def test_a_thing_that_is_not_there_is_a_404_page(manager: Client) -> None:
    assert manager.get("/sample/999/").status_code == 404


def test_a_fault_tells_nothing(manager: Client) -> None:
    manager.raise_request_exception = False
    answer = manager.get("/sample/broken/")
    assert answer.status_code == 500
    assert b"secret" not in answer.content


def test_a_database_that_is_away_is_a_503_page(manager: Client) -> None:
    manager.raise_request_exception = False
    answer = manager.get("/sample/away/")
    assert answer.status_code == 503
    assert "The database cannot be reached just now" in answer.content.decode()


def test_the_list_pages_on_by_key(manager: Client) -> None:
    first = manager.get("/sample/").content.decode()
    assert "P-000001" in first
    assert "P-000051" not in first
    href = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = manager.get(href).content.decode()
    assert "P-000051" in second
    assert "P-000050" not in second


def test_an_empty_tab_is_not_a_search_that_found_nothing(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "LAST", 0)
    assert "Nothing stands here now" in manager.get("/sample/?state=open").content.decode()
    assert "Nothing matches" in manager.get("/sample/?state=open&q=x").content.decode()


def test_htmx_gets_the_rows_alone(manager: Client) -> None:
    answer = manager.get("/sample/?q=00007", headers={"HX-Request": "true", "HX-Target": "list-rows"}).content.decode()
    assert "P-000071" in answer
    assert "<html" not in answer


def test_the_export_has_all_rows_and_starts_no_formula(manager: Client) -> None:
    answer = manager.get("/sample/?format=csv&state=open")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Number,State,Packed,Lines,Weight,Postage"
    assert len(lines) == 41
    from packhorse.core.web.cells import plain

    assert plain("=1+1") == "'=1+1"


def test_an_action_happens_once_and_offers_undo(manager: Client) -> None:
    sample.DONE.clear()
    form = {"key": str(uuid4()), "reason": "address"}
    for _ in range(2):
        answer = manager.post("/sample/3/hold/", form)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sample/3/")
    assert sample.DONE == [("hold", 3)]
    assert "Undo" in manager.get("/sample/3/").content.decode()


def test_a_refused_action_is_a_notice_with_its_status(manager: Client) -> None:
    form = {"key": str(uuid4()), "reason": "x"}
    page = manager.post("/sample/100/hold/", form)
    assert page.status_code == 409
    assert "Call a second person." in page.content.decode()
    notice = manager.post("/sample/100/hold/", form, headers={"HX-Request": "true"})
    assert (notice.status_code, notice.headers["HX-Retarget"]) == (409, "#notices")
    assert "<html" not in notice.content.decode()


def test_a_reused_key_is_refused(manager: Client) -> None:
    key = str(uuid4())
    manager.post("/sample/3/hold/", {"key": key, "reason": "a"})
    assert manager.post("/sample/4/hold/", {"key": key, "reason": "a"}).status_code == 422


def test_an_action_without_key_is_refused(manager: Client) -> None:
    assert manager.post("/sample/3/hold/", {"reason": "a"}).status_code == 422


def test_a_form_comes_back_filled_in_with_what_is_wrong(manager: Client) -> None:
    answer = manager.post("/sample/new/", {"key": str(uuid4()), "number": "P-1", "weight_g": 5, "kind": "box"})
    assert answer.status_code == 422
    assert "This number is taken." in answer.content.decode()
    assert manager.post("/sample/new/", {"key": str(uuid4()), "number": "P-2", "weight_g": 40_000, "kind": "box"}).status_code == 409
    assert manager.post("/sample/new/", {"key": str(uuid4()), "number": "P-2", "weight_g": 4, "kind": "box"}).headers["Location"] == "/sample/?q=P-2"


def test_a_bulk_action_says_what_was_refused(manager: Client) -> None:
    sample.DONE.clear()
    answer = manager.post("/sample/hold/", {"key": str(uuid4()), "ids": ["98", "99", "100"], "next": "/sample/"})
    assert answer.headers["Location"].startswith("/bulk/")
    shown = manager.get(answer.headers["Location"]).content.decode()
    assert "Parcel 100 weighs 99000 g" in shown
    assert sample.DONE == [("hold", 98), ("hold", 99), ("hold", 98), ("hold", 99)] or sample.DONE == [("hold", 98), ("hold", 99)]


def test_views_are_kept_for_their_owner(manager: Client) -> None:
    manager.post("/views/", {"page": "sample.parcels", "name": "My open ones", "query": "state=open", "next": "/sample/"})
    assert "My open ones" in manager.get("/sample/").content.decode()
    other = Client()
    other.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    assert "My open ones" not in other.get("/sample/").content.decode()


def test_language_and_look_are_remembered_and_lead_nowhere_else(manager: Client) -> None:
    answer = manager.post("/language/", {"language": "fr", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert 'lang="fr"' in manager.get("/sample/").content.decode()
    manager.post("/theme/", {"theme": "dark", "next": "/sample/"})
    assert 'data-theme="dark"' in manager.get("/sample/").content.decode()


def test_health_and_metrics(manager: Client, client: Client) -> None:
    assert manager.get("/healthz").json() == {"ok": True}
    assert b"packhorse_waiting" in manager.get("/metrics").content
    assert Client().get("/metrics").status_code == 403
