"""Keeping files. The bytes go to Django's storage first, the row joins the caller's transaction: after a rollback an unreferenced file may stay on disk, never a row without its file."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from packhorse.core import clock
from packhorse.core.actors import Actor, authorize
from packhorse.core.use_case import use_case
from packhorse.ground.files.models import StoredFile
from packhorse.ground.files.paths import path_of
from packhorse.ground.files.types import Dropped, NewFile

#: Held shared by those who store (until their transaction ends), alone by the one who removes.
_STORING = 0x66696C65

_UPSERT = """
INSERT INTO files_storedfile (sha256, media_type, size, client_id, kind, created_at, retain_until)
SELECT DISTINCT ON (f.sha256, f.client_id, f.kind) f.sha256, f.media_type, f.size, f.client_id, f.kind, %s, f.retain_until
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::date[]) AS f(sha256, media_type, size, client_id, kind, retain_until)
ORDER BY f.sha256, f.client_id, f.kind, f.retain_until DESC NULLS FIRST
ON CONFLICT (sha256, client_id, kind) DO UPDATE
  SET retain_until = CASE WHEN files_storedfile.retain_until IS NULL OR excluded.retain_until IS NULL THEN NULL
                          ELSE greatest(files_storedfile.retain_until, excluded.retain_until) END
RETURNING id, sha256, client_id, kind
"""


def store_many(files: Sequence[NewFile]) -> list[int]:
    """Keep files and give their ids in the order of `files`: one statement, and a write to storage for each content not yet there.

    The same content for the same client and kind keeps its id; the longer retention counts.
    """
    if not files:
        return []
    digests = [hashlib.sha256(f.data).hexdigest() for f in files]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_STORING])
        for digest, file in dict(zip(digests, files, strict=True)).items():
            path = path_of(digest)
            if not default_storage.exists(path):
                default_storage.save(path, ContentFile(file.data))
        cursor.execute(
            _UPSERT,
            [
                clock.now(),
                digests,
                [f.media_type for f in files],
                [len(f.data) for f in files],
                [f.client_id for f in files],
                [f.kind for f in files],
                [f.retain_until for f in files],
            ],
        )
        ids = {(sha256, client_id, kind): pk for pk, sha256, client_id, kind in cursor.fetchall()}
    return [ids[digest, f.client_id, f.kind] for digest, f in zip(digests, files, strict=True)]


def store(data: bytes, media_type: str, kind: str, client_id: int | None = None, retain_until: dt.date | None = None) -> int:
    """Keep one file and give its id; see `store_many`."""
    return store_many([NewFile(data=data, media_type=media_type, kind=kind, client_id=client_id, retain_until=retain_until)])[0]


@use_case
def drop_expired(*, key: UUID, actor: Actor, today: dt.date, limit: int = 5_000) -> Dropped:
    """Forget files whose retention ended before `today`; gives how many, and the contents that no row names any more, for `remove_unreferenced`.

    Locks: files.   Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    rows = dict(StoredFile.objects.select_for_update(skip_locked=True).filter(retain_until__lt=today).order_by("pk").values_list("pk", "sha256")[:limit])
    StoredFile.objects.filter(pk__in=list(rows)).delete()
    kept = set(StoredFile.objects.filter(sha256__in=set(rows.values())).values_list("sha256", flat=True))
    return Dropped(len(rows), tuple(sorted(set(rows.values()) - kept)))


def remove_unreferenced(digests: Sequence[str]) -> int:
    """Take contents off the disk that no row names; gives how many. Waits for those who are storing just now, so that none of them loses its bytes."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STORING])
        named = set(StoredFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        for digest in set(digests) - named:
            default_storage.delete(path_of(digest))
    return len(set(digests) - named)
