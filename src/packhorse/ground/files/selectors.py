"""Questions about files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.core.files.storage import default_storage

from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.ground.files.errors import FileDamaged
from packhorse.ground.files.models import StoredFile
from packhorse.ground.files.paths import path_of
from packhorse.ground.files.types import FileInfo


def infos(ids: Iterable[int], scope: Scope) -> dict[int, FileInfo]:
    """What is known of these files, by id, as far as the scope sees them; one query."""
    rows = StoredFile.objects.filter(pk__in=list(ids), **scope.filters())
    return {
        row.pk: FileInfo(
            id=row.pk, sha256=row.sha256, media_type=row.media_type, size=row.size, kind=row.kind, client_id=row.client_id, created_at=row.created_at
        )
        for row in rows
    }


def info(file_id: int, scope: Scope) -> FileInfo:
    """What is known of one file.

    Raises: NotFound (also where the scope does not see it).
    """
    found = infos([file_id], scope).get(file_id)
    if found is None:
        raise NotFound(kind="file", ref=str(file_id))
    return found


def content(found: FileInfo) -> bytes:
    """The bytes of a file, checked against their fingerprint.

    Raises: FileDamaged.
    """
    try:
        with default_storage.open(path_of(found.sha256)) as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise FileDamaged(sha256=found.sha256) from None
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise FileDamaged(sha256=found.sha256)
    return data


def read(file_id: int, scope: Scope) -> bytes:
    """The bytes of one file.

    Raises: NotFound, FileDamaged.
    """
    return content(info(file_id, scope))
