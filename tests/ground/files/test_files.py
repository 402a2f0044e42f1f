"""Files are kept by content, read back whole, seen by their client only, and dropped after their retention."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from packhorse.core import rls
from packhorse.core.actors import EVERYTHING, Actor, Scope, system
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.ground.files import selectors
from packhorse.ground.files.errors import FileDamaged
from packhorse.ground.files.models import StoredFile
from packhorse.ground.files.paths import path_of
from packhorse.ground.files.services import drop_expired, remove_unreferenced, store, store_many
from packhorse.ground.files.types import NewFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_what_is_stored_is_read_back() -> None:
    data = uuid4().bytes
    file_id = store(data, "application/pdf", "label", client_id=7)
    found = selectors.info(file_id, EVERYTHING)
    assert (found.media_type, found.size, found.kind, found.client_id) == ("application/pdf", 16, "label", 7)
    assert selectors.read(file_id, EVERYTHING) == data
    assert Path(default_storage.path(path_of(found.sha256))).stat().st_mode & 0o777 == 0o600


def test_the_same_content_is_one_row_and_one_file(tmp_path: Path) -> None:
    data = uuid4().bytes
    first = store(data, "text/plain", "label", client_id=7)
    assert store_many([NewFile(data=data, media_type="text/plain", kind="label", client_id=7)] * 2) == [first, first]
    assert store(data, "text/plain", "label", client_id=8) != first
    assert store(data, "text/plain", "photo", client_id=7) != first
    assert store(data, "text/plain", "label") == store(data, "text/plain", "label")
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
    assert store_many([]) == []


def test_a_client_sees_its_own_files_only() -> None:
    mine, other = store(b"1", "text/plain", "label", client_id=7), store(b"1", "text/plain", "label", client_id=8)
    scope = Scope(client_ids=frozenset({7}))
    assert selectors.read(mine, scope) == b"1"
    with pytest.raises(NotFound):
        selectors.read(other, scope)
    with rls.acting_for(scope):
        assert set(selectors.infos([mine, other], EVERYTHING)) == {mine}


def test_a_changed_or_missing_file_is_not_handed_out() -> None:
    file_id = store(uuid4().bytes, "text/plain", "label")
    path = Path(default_storage.path(path_of(selectors.info(file_id, EVERYTHING).sha256)))
    path.write_bytes(b"other")
    with pytest.raises(FileDamaged):
        selectors.read(file_id, EVERYTHING)
    path.unlink()
    with pytest.raises(FileDamaged):
        selectors.read(file_id, EVERYTHING)


def test_the_longer_retention_counts() -> None:
    data = uuid4().bytes
    file_id = store(data, "text/plain", "label", retain_until=dt.date(2001, 1, 1))
    store(data, "text/plain", "label", retain_until=dt.date(2001, 1, 5))
    assert StoredFile.objects.get(pk=file_id).retain_until == dt.date(2001, 1, 5)
    store(data, "text/plain", "label")
    assert StoredFile.objects.get(pk=file_id).retain_until is None


def test_what_is_past_its_retention_goes_unless_another_row_names_it() -> None:
    old, shared = uuid4().bytes, uuid4().bytes
    day = dt.date(2001, 1, 1)
    gone, both, kept = (
        store(old, "text/plain", "label", retain_until=day),
        store(shared, "text/plain", "label", retain_until=day),
        store(shared, "text/plain", "photo"),
    )
    path = path_of(selectors.info(gone, EVERYTHING).sha256)
    dropped = drop_expired(key=uuid4(), actor=system("test"), today=dt.date(2001, 1, 2))
    assert (dropped.files, len(dropped.unnamed)) == (2, 1)
    assert set(selectors.infos([gone, both, kept], EVERYTHING)) == {kept}
    assert remove_unreferenced(dropped.unnamed) == 1
    assert not default_storage.exists(path)
    assert selectors.read(kept, EVERYTHING) == shared
    again = store(old, "text/plain", "label")
    assert remove_unreferenced(dropped.unnamed) == 0
    assert selectors.read(again, EVERYTHING) == old
    with pytest.raises(NotAllowed):
        drop_expired(key=uuid4(), actor=Actor("user:1", frozenset({"picker"})), today=day)


def test_a_rollback_leaves_no_row() -> None:
    with transaction.atomic():
        file_id = store(uuid4().bytes, "text/plain", "label")
        transaction.set_rollback(True)
    assert selectors.infos([file_id], EVERYTHING) == {}
