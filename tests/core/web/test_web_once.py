"""A form does its thing once, under the key that its page gave it."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.core.web import sample
from tests.core.web.test_web_pages import user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.web.sample")]

FORM = {"number": "P-2", "weight_g": "4", "kind": "box"}


@pytest.fixture
def manager(client: Client) -> Client:
    sample.DONE.clear()
    client.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def keys(page: Any) -> list[str]:
    """The keys of a page's forms."""
    return re.findall(r'name="key" value="([0-9a-f-]{36})"', page.content.decode())


def form_key(page: Any) -> str:
    """The key of the form that the page is about (the menu's forms stand before it)."""
    main = page.content.decode().split('<form method="post" class="form"')[1]
    return str(re.findall(r'name="key" value="([0-9a-f-]{36})"', main)[0])


def test_every_form_of_a_page_has_a_key_of_its_own(manager: Client) -> None:
    page = manager.get("/sample/3/")
    assert len(keys(page)) == page.content.decode().count('method="post"') == len(set(keys(page))) > 4
    assert not set(keys(page)) & set(keys(manager.get("/sample/3/")))


def test_sent_twice_it_is_done_once_with_the_same_answer(manager: Client) -> None:
    sent = {**FORM, "key": form_key(manager.get("/sample/new/"))}
    answers = [manager.post("/sample/new/", sent) for _ in range(2)]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(303, "/sample/?q=P-2")] * 2
    assert sample.DONE == [("make", 2)]


def test_refused_it_keeps_its_key_and_mended_it_is_done(manager: Client) -> None:
    key = form_key(manager.get("/sample/new/"))
    for wrong in ({**FORM, "number": "P-1"}, {**FORM, "weight_g": "0"}, {**FORM, "weight_g": "40000"}):
        refused = manager.post("/sample/new/", {**wrong, "key": key})
        assert refused.status_code in (409, 422)
        assert form_key(refused) == key
    assert manager.post("/sample/new/", {**FORM, "key": key}).status_code == 303
    assert sample.DONE == [("make", 2)]


def test_sent_again_with_something_else_in_it_it_is_refused_with_a_new_key(manager: Client) -> None:
    key = form_key(manager.get("/sample/new/"))
    manager.post("/sample/new/", {**FORM, "key": key})
    other = manager.post("/sample/new/", {**FORM, "number": "P-3", "key": key})
    assert other.status_code == 422
    assert "was sent before, with something else in it" in other.content.decode()
    assert sample.DONE == [("make", 2)]
    assert form_key(other) != key
    assert manager.post("/sample/new/", {**FORM, "number": "P-3", "key": form_key(other)}).status_code == 303
    assert sample.DONE == [("make", 2), ("make", 3)]


def test_sent_again_when_it_no_longer_fits_it_is_not_called_wrong(manager: Client) -> None:
    manager.post("/sample/new/", {**FORM, "key": str(uuid4())})
    key = str(uuid4())
    first = manager.post("/sample/2/drop/", {"key": key, "next": "/sample/"})
    again = manager.post("/sample/2/drop/", {"key": key, "next": "/sample/"})
    assert [(a.status_code, a.headers["Location"]) for a in (first, again)] == [(303, "/sample/")] * 2
    assert "It was not done a second time." in manager.get("/sample/").content.decode()
    assert manager.post("/sample/2/drop/", {"key": str(uuid4()), "next": "/sample/"}).status_code == 404
    page = manager.post("/sample/new/", {**FORM, "key": key, "number": ""})
    assert (page.status_code, page.headers["Location"]) == (303, "/sample/")


def test_an_action_sent_again_for_something_else_says_so_in_peoples_words(manager: Client) -> None:
    form = {"key": str(uuid4()), "reason": "a"}
    manager.post("/sample/3/hold/", form)
    refused = manager.post("/sample/4/hold/", form, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "open the page again" in refused.content.decode()
    assert sample.DONE == [("hold", 3)]


def test_what_goes_along_with_an_action_is_not_lost_when_its_form_is_refused(manager: Client) -> None:
    refused = manager.post("/sample/3/hold/", {"key": str(uuid4()), "reason": "", "next": "/sample/3/", "shelf": "A"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert '<input type="hidden" name="shelf" value="A">' in page
    assert '<input type="hidden" name="next" value="/sample/3/">' in page


def test_a_form_without_a_key_or_with_a_wrong_one_is_refused(manager: Client) -> None:
    for key in ({}, {"key": ""}, {"key": "7"}, {"key": "\x00"}):
        refused = manager.post("/sample/new/", {**FORM, **key})
        assert refused.status_code == 422
        assert form_key(refused)
    assert sample.DONE == []
