"""The data folder: where it is and the secrets it keeps (mode 0600, made once)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The data folder: PACKHORSE_HOME, else `.packhorse` in the current folder."""
    return Path(os.environ.get("PACKHORSE_HOME") or Path.cwd() / ".packhorse").resolve()


def secret(name: str) -> str:
    """A secret of this installation, made on first use: 50 random URL-safe bytes in `<home>/secrets/<name>`, mode 0600."""
    folder = home() / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        value = secrets.token_urlsafe(50)
        file.write(value)
    return value


def secret_key() -> str:
    return secret("django-key")
