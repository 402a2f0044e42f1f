"""The command `packhorse`: the house's own commands, and those that rooms contribute (their `management/commands`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Final

import psycopg

from packhorse.server import cluster
from packhorse.server.account import ClusterFailed
from packhorse.server.database import embedded
from packhorse.server.exits import INTERRUPTED, MISUSED, NO_DATABASE
from packhorse.server.home import given_address, home

#: The house's own commands: module (with a `run(arguments) -> exit code`) and what they do.
OWN: Final[dict[str, tuple[str, str]]] = {
    "init": ("packhorse.server.init", "make the data folder, the database and the first owner"),
    "demo": ("packhorse.server.demo", "run a warehouse's days from order to refund, prove the books, serve the web app on them"),
    "up": ("packhorse.server.up", "run everything: database, web server, dispatcher, jobs"),
    "doctor": ("packhorse.server.doctor", "say what is wrong with this installation and what to do"),
    "backup": ("packhorse.server.backup", "write a verified backup into one file"),
    "restore": ("packhorse.server.restore", "read a backup into an empty installation"),
    "archive": ("packhorse.server.archive", "write old months of moves and journal to verified files and take them out of the database"),
    "bench": ("packhorse.server.bench", "measure what this machine can do"),
    "plan": ("packhorse.server.plan", "solve problem files: pick walks, boxes"),
    "openapi": ("packhorse.server.openapi", "print the API's description, OpenAPI 3.1"),
    "stop": ("packhorse.server.stop", "stop the embedded database, whoever uses it"),
}
#: Commands that have no use for the address of the web app, or say themselves what is wrong with it.
_WITHOUT_ADDRESS: Final = {"init", "doctor", "plan", "stop"}
#: Django's commands that can do without a database.
_WITHOUT_DATABASE: Final = {"help", "check", "makemessages", "compilemessages", "collectstatic", "findstatic", "diffsettings", "startapp"}


def rooms_commands() -> dict[str, str]:
    """The commands that rooms contribute: name and the package they come from."""
    import django
    from django.core.management import get_commands

    django.setup()
    return {name: str(app) for name, app in get_commands().items() if str(app).startswith("packhorse.")}


def _help() -> int:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(box=None, show_header=False, padding=(0, 2))
    for name, (_, what) in OWN.items():
        table.add_row(name, what)
    for name in sorted(rooms_commands()):
        table.add_row(name, _what(name))
    console.print("packhorse COMMAND [--help]\n")
    console.print(table)
    console.print("\nDjango's commands work too: packhorse migrate, shell, dbshell …")
    return 0


def _what(name: str) -> str:
    from django.core.management import get_commands, load_command_class

    return str(load_command_class(str(get_commands()[name]), name).help).split("\n")[0]


def _django(arguments: list[str]) -> int:
    """One of Django's commands, or a room's, which says its exit code by `sys.exit(code)`."""
    from django.core.management import execute_from_command_line

    if arguments[0] not in _WITHOUT_DATABASE:
        if embedded():
            os.environ["PATH"] = f"{cluster.binaries()}{os.pathsep}{os.environ.get('PATH', '')}"  # dbshell runs psql
        cluster.ensure()
    execute_from_command_line(["packhorse", *arguments])
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    os.environ["PACKHORSE_HOME"] = str(home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
    try:
        if not arguments or (arguments[0] in ("--help", "-h", "help") and len(arguments) == 1):
            return _help()
        if arguments in (["--version"], ["version"]):
            sys.stdout.write(f"packhorse {version('packhorse')}\n")
            return 0
        if arguments[0] not in _WITHOUT_ADDRESS:
            try:
                given_address()
            except ValueError as error:
                sys.stderr.write(f"{error}. Mend PACKHORSE_URL, or run packhorse init --url https://….\n")
                return MISUSED
        if arguments[0] in OWN:
            run: Callable[[list[str]], int] = import_module(OWN[arguments[0]][0]).run
            return run(arguments[1:])
        return _django(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except ClusterFailed as error:
        sys.stderr.write(f"{error}\n{error.advice}\n")
        return NO_DATABASE
    except psycopg.OperationalError as error:
        sys.stderr.write(f"The database cannot be reached: {str(error).strip().splitlines()[0]}\nRun packhorse doctor.\n")
        return NO_DATABASE
    except BrokenPipeError:  # the reader of our output went away
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        return 0
    finally:
        cluster.release()
