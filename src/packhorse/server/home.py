"""The data folder: where it is and the secrets it keeps (mode 0600, made once)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit


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
    """What sessions and links are signed with."""
    return secret("django-key")


def vault_key() -> str:
    """What stored credentials are sealed with (`core.vault`); empty where there is none (yet), or it was lost: another one made in its place would open nothing."""
    return secret("vault-key") if (home() / "secrets" / "vault-key").exists() else ""


def make_vault_key() -> None:
    """A vault key where there is none. Only for an installation in which nothing is sealed."""
    secret("vault-key")


def address(text: str) -> str:
    """An address of the web app as it is kept: scheme, host, port.

    Raises: ValueError, in words for people.
    """
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{text!r} is no address like https://orders.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def keep_address(text: str) -> None:
    """Note in the data folder where customers reach the web app.

    Raises: ValueError.
    """
    (make_home() / "url").write_text(address(text) + "\n", encoding="utf-8")


def given_address() -> str | None:
    """Where customers reach the web app: PACKHORSE_URL, else what `packhorse init --url` noted; None where nobody said.

    Raises: ValueError.
    """
    noted = home() / "url"
    text = os.environ.get("PACKHORSE_URL") or (noted.read_text(encoding="utf-8") if noted.is_file() else "")
    return address(text) if text.strip() else None


def public_address() -> str:
    """The address that links in mails begin with; on this machine alone, where nobody said another."""
    return given_address() or f"http://localhost:{os.environ.get('PACKHORSE_PORT') or 8000}"
