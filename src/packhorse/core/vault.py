"""Credentials at rest: sealed with a key that is never in the database, so that a stolen dump opens nothing.

Each purpose has its own key (HKDF of `<data folder>/secrets/vault-key`). A purpose names the row too (`totp:7`): what is sealed for one opens for no other.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class Unsealable(PackhorseError):
    """This credential was sealed with a secret that this installation does not have."""

    status = 503
    no_page = "it is a file that is missing"
    advice = _("Whoever runs this installation puts back secrets/vault-key of its data folder (backups hold it); packhorse doctor says more.")


@lru_cache(maxsize=256)
def _fernet(secret: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=f"packhorse.vault.{purpose}".encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _key() -> str:
    if not settings.PACKHORSE_VAULT_KEY:
        raise Unsealable
    return str(settings.PACKHORSE_VAULT_KEY)


def seal(purpose: str, secret: bytes) -> str:
    """The secret, encrypted and authenticated; different each time.   Raises: Unsealable where the key is missing."""
    return _fernet(_key(), purpose).encrypt(secret).decode()


def unseal(purpose: str, sealed: str) -> bytes:
    """Raises: Unsealable, where it was sealed for something else, changed, or with another key; or where the key is missing."""
    try:
        return _fernet(_key(), purpose).decrypt(sealed.encode())
    except InvalidToken:
        raise Unsealable from None


def opens(purpose: str, sealed: str) -> bool:
    """Whether this installation's key opens it."""
    try:
        unseal(purpose, sealed)
    except Unsealable:
        return False
    return True
