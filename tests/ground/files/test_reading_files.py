"""A file is read by whoever may see its client's orders, and shown only where that runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from packhorse.core.actors import Actor, Scope
from packhorse.ground.files.services import store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The reader: pages and API ask `core.web.auth` who it is."""

    def use(actor: Actor | None) -> None:
        for module in ("auth", "api", "wall"):
            monkeypatch.setattr(f"packhorse.core.web.{module}.find_actor", lambda request: actor, raising=False)

    return use


READER = Actor("user:1", frozenset({"client"}), Scope(client_ids=frozenset({7})))


def test_a_pdf_is_shown_and_a_page_is_saved(sign_in: Any) -> None:
    sign_in(READER)
    pdf, html = store(b"%PDF", "application/pdf", "label", client_id=7), store(b"<script>", "text/html", "photo", client_id=7)
    shown, saved = Browser().get(f"/settings/files/{pdf}/"), Browser().get(f"/settings/files/{html}/")
    assert (shown.status_code, shown["Content-Type"], shown.content) == (200, "application/pdf", b"%PDF")
    assert shown["Content-Disposition"] == f'inline; filename="label-{pdf}.pdf"'
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"


def test_another_clients_file_is_not_there(sign_in: Any) -> None:
    sign_in(READER)
    other = store(uuid4().bytes, "application/pdf", "label", client_id=8)
    for url in (f"/settings/files/{other}/", f"/api/v1/files/{other}", f"/api/v1/files/{other}/content"):
        assert Browser().get(url).status_code == 404


def test_who_may_see_no_orders_sees_no_file(sign_in: Any) -> None:
    mine = store(b"%PDF", "application/pdf", "label", client_id=7)
    sign_in(Actor("user:2", frozenset({"driver"})))
    assert Browser().get(f"/settings/files/{mine}/").status_code == 403
    sign_in(None)
    assert Browser().get(f"/settings/files/{mine}/").status_code == 302
    assert Browser().get(f"/api/v1/files/{mine}").status_code == 401


def test_the_api_tells_and_gives(sign_in: Any) -> None:
    sign_in(READER)
    mine = store(b"%PDF", "application/pdf", "label", client_id=7)
    told = Browser().get(f"/api/v1/files/{mine}").json()
    assert (told["media_type"], told["size"], told["kind"]) == ("application/pdf", 4, "label")
    assert Browser().get(f"/api/v1/files/{mine}/content").content == b"%PDF"
