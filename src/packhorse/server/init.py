"""`packhorse init`: the data folder with its secrets, the database, and the first owner. Asked twice, it changes nothing."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import secrets
import sys
from uuid import uuid4

from packhorse.server import cluster
from packhorse.server.exits import FAILED, MISUSED
from packhorse.server.home import home, keep_address, secret_key, vault_key


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="packhorse init",
        description="Make the data folder, the database and the first owner.",
        epilog="The password is asked for on a terminal, or read from the environment (PACKHORSE_OWNER_PASSWORD); without either one is made and printed once.",
    )
    parser.add_argument("--username", help="the owner's login (default on a terminal: asked, else owner)")
    parser.add_argument("--email", help="the owner's address")
    parser.add_argument("--name", help="the owner's name")
    parser.add_argument("--url", help="where customers reach the web app, as https://orders.example.com: what links in mails begin with")
    parser.add_argument("--language", default="en", choices=["en", "fr"])
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    return parser


def _ask(question: str, default: str, asking: bool) -> str:
    return (input(f"{question} [{default}]: ").strip() or default) if asking else default


def _password(asking: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if given := os.environ.get("PACKHORSE_OWNER_PASSWORD"):
        return given, False
    if asking:
        while typed := getpass.getpass("Password (empty: make one): "):
            if typed == getpass.getpass("Again: "):
                return typed, False
            sys.stderr.write("They differ.\n")
    return secrets.token_urlsafe(12), True


def run(arguments: list[str]) -> int:
    """0 when the installation is there, 1 when the owner was refused, 2 if called wrongly."""
    options = _parser().parse_args(arguments)
    if options.url:
        try:
            keep_address(options.url)
        except ValueError as error:
            sys.stderr.write(f"--url: {error}.\n")
            return MISUSED
    secret_key()
    cluster.ensure()
    import django

    django.setup()
    from packhorse.core.actors import system
    from packhorse.core.errors import PackhorseError
    from packhorse.ground.people.errors import OwnerExists
    from packhorse.ground.people.secrets import Secret
    from packhorse.ground.people.selectors import has_owner
    from packhorse.ground.people.services import create_owner
    from packhorse.server.prepare import migrate

    migrate()
    if not vault_key():
        sys.stderr.write(f"{home() / 'secrets' / 'vault-key'} is missing, and second factors were sealed with it. Put it back from a backup.\n")
        return FAILED
    answer: dict[str, object] = {"home": str(home()), "owner": None, "password": None}
    if not has_owner():
        asking = sys.stdin.isatty() and not options.json
        username = options.username or _ask("Login of the first owner", "owner", asking)
        name = options.name or _ask("Name", username.capitalize(), asking)
        email = options.email or _ask("Mail address", "owner@localhost.localdomain", asking)
        password, made = _password(asking)
        try:
            create_owner(key=uuid4(), actor=system("init"), username=username, email=email, name=name, password=Secret(password), language=options.language)
            answer |= {"owner": username, "password": password if made else None}
        except OwnerExists:
            pass
        except PackhorseError as error:
            sys.stderr.write(f"{error.message} {error.remedy}\n")
            return FAILED
    if options.json:
        sys.stdout.write(json.dumps(answer) + "\n")
    else:
        _tell(answer)
    return 0


def _tell(answer: dict[str, object]) -> None:
    sys.stdout.write(f"Data folder: {answer['home']}\n")
    if answer["owner"] is None:
        sys.stdout.write("There is an owner already; nothing was changed.\n")
        return
    sys.stdout.write(f"Owner: {answer['owner']}\n")
    if answer["password"]:
        sys.stdout.write(f"Password: {answer['password']}  (shown only now)\n")
    sys.stdout.write("Next: packhorse up\n")
