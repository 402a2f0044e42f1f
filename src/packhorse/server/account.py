"""Which account runs the embedded PostgreSQL: it refuses to run as root, so root lends it one that exists already."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Accounts that may run the server when root starts it, the better one first.
ACCOUNTS: Final = ("postgres", "nobody")


class ClusterFailed(Exception):
    """The embedded database cannot be used. `advice` says what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.advice = advice


@dataclass(frozen=True)
class Account:
    """The account that the server's processes run as, where it is not ours."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter a folder or run a file."""
        command = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(command, check=False, cwd="/", user=self.uid, group=self.gid, extra_groups=[]).returncode == 0  # noqa: S603


def account_for(owner: Path | None) -> Account | None:
    """None: we run it ourselves. For root: the owner of the existing data, else an account that every machine has."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            break
    else:
        raise ClusterFailed(f"root cannot run PostgreSQL, and there is no account {' or '.join(ACCOUNTS)}.", "Run packhorse as an ordinary user.")
    if owner is not None and owner.exists() and (uid := owner.stat().st_uid) != 0:
        with contextlib.suppress(KeyError):
            user = pwd.getpwuid(uid)
    return Account(user.pw_name, user.pw_uid, user.pw_gid)
