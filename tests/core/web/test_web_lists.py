"""A list shows the columns one chose, says what it shows as a sentence, and keeps and exports just that."""

from __future__ import annotations

import html
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock
from packhorse.core.models import ListColumns
from packhorse.ground.people.models import Membership, User

pytestmark = [pytest.mark.django_db(transaction=False), pytest.mark.urls("tests.core.web.sample")]


def signed_in(role: str = "manager") -> Client:
    made = User.objects.create(username=f"{role}-{uuid4().hex[:6]}", name=role, created_at=clock.now())
    Membership.objects.create(user=made, role=role, granted_at=clock.now())
    client = Client()
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def manager() -> Client:
    return signed_in()


def heads(client: Client, path: str = "/sample/") -> list[str]:
    lines = b"".join(client.get(path, {"format": "csv"} if "?" not in path else None).streaming_content)  # type: ignore[attr-defined]
    return lines.decode("utf-8-sig").splitlines()[0].split(",")


def choose(client: Client, *columns: str, page: str = "sample.parcels", **more: str) -> str:
    answer = client.post("/columns/", {"page": page, "column": list(columns), "next": "/sample/?state=open", **more})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_the_columns_one_chose_are_kept_and_exported(manager: Client) -> None:
    assert choose(manager, "weight_g", "state") == "/sample/?state=open"
    assert heads(manager) == ["Number", "State", "Weight"]
    shown = manager.get("/sample/").content.decode()
    assert 'data-label="Weight"' in shown
    assert 'data-label="Postage"' not in shown


def test_they_are_kept_for_their_owner_and_their_list_alone(manager: Client) -> None:
    choose(manager, "state")
    choose(manager, "weight_g", page="another.list")
    assert heads(manager) == ["Number", "State"]
    assert heads(signed_in()) == ["Number", "State", "Packed", "Lines", "Weight", "Postage"]


def test_all_of_them_come_back(manager: Client) -> None:
    choose(manager, "state")
    choose(manager, "state", all="1")
    assert len(heads(manager)) == 6
    assert not ListColumns.objects.exists()


def test_what_is_no_column_of_the_list_shows_nothing(manager: Client) -> None:
    choose(manager, "password", "state\x00", "state")
    assert heads(manager) == ["Number", "State"]
    assert manager.post("/columns/", {"column": "state"}).status_code == 422


def test_who_is_not_signed_in_keeps_nothing() -> None:
    assert Client().post("/columns/", {"page": "sample.parcels", "column": "state"}).headers["Location"].startswith("/login/")
    assert not ListColumns.objects.exists()


def test_columns_in_the_address_come_first(manager: Client) -> None:
    choose(manager, "state")
    assert heads(manager, "/sample/?cols=price&format=csv") == ["Number", "Postage"]


def test_a_kept_view_holds_filter_sort_and_columns_and_shows_them_to_whoever_gets_its_address(manager: Client) -> None:
    choose(manager, "weight_g")
    shown = manager.get("/sample/?state=open&sort=-id&open=/sample/3/").content.decode()
    query = html.unescape(shown.split('name="query" value="')[1].split('"')[0])
    assert parse_qs(query) == {"state": ["open"], "sort": ["-id"], "cols": ["number,weight_g"]}
    manager.post("/views/", {"page": "sample.parcels", "name": "Heavy", "query": query, "next": "/sample/"})
    link = html.unescape(manager.get("/sample/").content.decode().split(">Heavy</a>")[0].rsplit('href="', 1)[1].split('"')[0])
    assert heads(signed_in(), f"/sample/{link}&format=csv") == ["Number", "Weight"]


def test_filters_read_as_a_sentence_and_each_can_be_taken_away(manager: Client) -> None:
    shown = manager.get("/sample/?q=P&state=open&state=held&late=1&since=2026-11-20").content.decode()
    said = shown.split('<p class="chips">')[1].split("</p>")[0]
    words = " ".join(html.unescape("".join(piece.split(">", 1)[-1] for piece in said.split("<"))).split())
    assert words == "Parcels where the text is “P” and State is Open or Held and Late and Since Nov. 20, 2026 Clear all"
    links = [html.unescape(piece.split('"')[0]) for piece in said.split('class="chip" href="')[1:]]
    assert [parse_qs(urlsplit(link).query).get("state") for link in links] == [["open", "held"], ["held"], ["open"], ["open", "held"], ["open", "held"]]
    assert "q" not in parse_qs(urlsplit(links[0]).query)


def test_a_page_opened_beside_a_list_comes_without_the_house_around_it(manager: Client) -> None:
    beside = manager.get("/sample/3/", headers={"HX-Request": "true", "HX-Target": "beside"}).content.decode()
    assert "P-000003" in beside
    assert "What happened" in beside
    assert "<html" not in beside
    assert 'id="menu"' not in beside
    assert 'id="main"' not in beside


def test_only_pages_of_ours_open_beside_a_list(manager: Client) -> None:
    assert "data-open-beside" in manager.get("/sample/?open=/sample/3/").content.decode()
    for foreign in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert "data-open-beside" not in manager.get("/sample/", {"open": foreign}).content.decode()


def test_an_action_beside_a_list_leads_back_to_the_list_with_it(manager: Client) -> None:
    where = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sample/?state=open&open=/sample/3/"}
    answer = manager.post("/sample/3/hold/", {"key": str(uuid4()), "reason": "address"}, headers=where)
    assert answer.headers["HX-Redirect"] == where["HX-Current-URL"]
    foreign = where | {"HX-Current-URL": "http://evil.example/?open=/sample/3/"}
    assert manager.post("/sample/3/hold/", {"key": str(uuid4()), "reason": "address"}, headers=foreign).headers["HX-Redirect"] == "/sample/3/"
