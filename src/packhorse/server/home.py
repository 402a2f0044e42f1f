"""The data folder: where it is and the secrets it keeps (mode 0600, made once)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The data folder: PACKHORSE_HOME, else `.packhorse` in the current folder."""
    return Path(os.environ.get("PACKHORSE_HOME") or Path.cwd() / ".packhorse").resolve()


def make_home() -> Path:
    """The data folder, made if need be: for its owner alone; made by root, others may pass through it (the database's own account has to)."""
    folder = home()
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    return folder


def secret(name: str) -> str:
    """A secret of this installation, made on first use: 50 random URL-safe bytes in `<home>/secrets/<name>`, mode 0600."""
    path = home() / "secrets" / name
    if not path.exists():
        (make_home() / "secrets").mkdir(exist_ok=True, mode=0o700)
        draft = path.with_name(f".{name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # whoever comes first makes it, and nobody reads half of it
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def secret_key() -> str:
    return secret("django-key")


def vault_key() -> str:
    """What stored credentials are sealed with (`core.vault`)."""
    return secret("vault-key")
