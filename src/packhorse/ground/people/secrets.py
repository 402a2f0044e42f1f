"""Secrets as they pass through use cases: commands are kept, so neither arguments nor answers may give a secret away.

A `Secret` argument goes into the command's hash as a keyed digest of itself; an API key is derived from its command, so that asking twice gives the same key
though nobody wrote it down.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final
from uuid import UUID

from django.conf import settings

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def digest(purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 of a text under the installation's secret, apart for each purpose."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"packhorse.{purpose}\0{text}".encode(), "sha256")


class Secret:
    """A password or PIN on its way through a use case. Its text is read with `reveal()`; everything else shows a keyed digest."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Secret({digest('secret', self._text).hex()})"


def raw_api_key(principal: str, key: UUID) -> str:
    """The API key that `issue_api_key` made for that actor and key: `phk_<prefix>_<secret>`; 256 bits nobody can guess without the installation's secret."""
    prefix = "".join(_ALPHABET[b & 31] for b in digest("api-key-prefix", f"{principal}:{key}")[:10])
    secret = base64.urlsafe_b64encode(digest("api-key", f"{principal}:{key}")).decode().rstrip("=")
    return f"phk_{prefix}_{secret}"


def raw_device_token(principal: str, key: UUID) -> str:
    """The token that `register_device` made for that actor and key."""
    return base64.urlsafe_b64encode(digest("device", f"{principal}:{key}")).decode().rstrip("=")


def prefix_of(raw: str) -> str:
    """The part of an API key that may be shown, empty where it is no key of ours."""
    parts = raw.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "phk" else ""


def sha256(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()


def badge_digest(code: str) -> bytes:
    """What of a badge's code is kept: badges are short, so the digest is keyed."""
    return digest("badge", code.strip())
