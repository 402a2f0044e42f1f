"""Sessions as Django keeps them in the database, but under a keyed digest of the cookie: who reads the table can enter nobody's session."""

from __future__ import annotations

import hmac
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.base_session import AbstractBaseSession


def _row_key(session_key: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), f"packhorse.session\0{session_key}".encode(), "sha256").hex()[:40]


class SessionStore(InDatabase):
    """What the browser holds is not what the table holds."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        cookie = self._session_key
        if cookie is None:
            return None
        self._session_key = _row_key(cookie)
        found: AbstractBaseSession | None = super()._get_session_from_db()  # type: ignore[misc]
        self._session_key = cookie if found is not None else None  # as Django does: an unknown session gets a new key when it is saved
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(_row_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = _row_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        session_key = session_key or self.session_key
        if session_key is not None:
            super().delete(_row_key(session_key))
