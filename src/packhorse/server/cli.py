"""The command `packhorse`: the house's own commands, and those that rooms contribute (their `management/commands`)."""

from __future__ import annotations

import os
import sys

from packhorse.server.home import home


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    os.environ["PACKHORSE_HOME"] = str(home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["packhorse", *arguments])
    return 0
