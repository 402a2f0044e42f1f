# ruff: noqa: N999 - the command is called import
"""`packhorse import orders|items|stock FILE`: files come in through the same doors as everything else."""

from __future__ import annotations

import json
import sys
from argparse import SUPPRESS
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from packhorse.core.actors import EVERYTHING, system
from packhorse.core.errors import PackhorseError
from packhorse.core.money import NO_CURRENCY, Money
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.payments import registry
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import file_intake
from packhorse.steps.orders.importing.types import KINDS, Format
from packhorse.steps.orders.types import FileTaken, NewPayment

#: Exit codes: 0 all lines taken; 1 refused; 4 done, but lines or orders stand in quarantine or part of the file could not be read.
REFUSED, PARTLY = 1, 4

_STAGES: Final = {"read": "Reading", "classify": "Sorting lines", "items": "Items", "orders": "Orders", "records": "Returns and the rest"}


class Command(BaseCommand):
    help = "take in a file: orders, items or stock"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=("orders", "items", "stock"))
        parser.add_argument("file", type=Path)
        parser.add_argument("--preset", choices=[f.value for f in Format], help="the file's format, where it is not to be recognised")
        parser.add_argument("--client", default="", help="whose orders they are, by code; needed where there are several clients")
        parser.add_argument("--warehouse", default="", help="who ships them, by code; needed where there are several warehouses")
        parser.add_argument("--channel", default=file_intake.CHANNEL, help="where the orders' numbers come from (default: %(default)s)")
        parser.add_argument("--payment", choices=registry.names(), help="authorise and capture at this provider; without it the orders are paid elsewhere")
        parser.add_argument("--currency", help="of lines that name none (ISO 4217)")
        parser.add_argument("--timezone", help="of times without one (IANA name)")
        parser.add_argument("--encoding", help="of a text file, where it is not to be recognised")
        parser.add_argument("--keep-repeats", action="store_true", help="take lines that equal an earlier one in every cell as sales")
        parser.add_argument("--dry-run", action="store_true", help="read and account for every line, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as one JSON object")
        parser.add_argument("--no-progress", action="store_true", help=SUPPRESS)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["kind"] != "orders":
            self._elsewhere(options)
            return
        try:
            client = _the_one("client", options["client"], [(c.id, c.code) for c in catalog.all_clients(EVERYTHING)])
            warehouse = _the_one("warehouse", options["warehouse"], [(w.id, w.code) for w in warehouses.all_warehouses(EVERYTHING)])
            with _progress(quiet=options["as_json"] or options["no_progress"]) as say:
                done = file_intake.import_file(
                    options["file"],
                    actor=system("import"),
                    client_id=client,
                    warehouse_id=warehouse,
                    preset=options["preset"],
                    channel=options["channel"],
                    payment=NewPayment(options["payment"]) if options["payment"] else None,
                    currency=options["currency"],
                    timezone=options["timezone"],
                    encoding=options["encoding"],
                    keep_repeats=options["keep_repeats"],
                    dry_run=options["dry_run"],
                    progress=say,
                )
        except PackhorseError as refusal:
            if options["as_json"]:
                self.stdout.write(json.dumps({"refused": refusal.code, "message": refusal.message, "remedy": refusal.remedy}))
            else:
                self.stderr.write(f"{refusal.message} {refusal.remedy}".strip())
            sys.exit(REFUSED)
        self._show(done, as_json=options["as_json"])
        if done.report["lines"]["quarantined"] or done.report["left"] or done.taken.get("quarantined"):
            sys.exit(PARTLY)

    def _elsewhere(self, options: dict[str, Any]) -> None:
        name = f"import_{options['kind']}"
        if name not in get_commands():
            raise CommandError(f"packhorse import {options['kind']} is not there in this installation")
        given = [str(options["file"])] + [f"--{o}={options[o]}" for o in ("client", "warehouse") if options[o]]
        given += [flag for flag, on in (("--json", options["as_json"]), ("--dry-run", options["dry_run"])) if on]
        call_command(name, *given)

    def _show(self, done: FileTaken, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({**done.report, "taken": done.taken, "run": done.run_id, "again": done.again}, ensure_ascii=False))
            return
        report = done.report
        table = Table(title=f"{report['file']} ({report['format']})", title_justify="left")
        for head in (_("Lines are"), _("lines"), _("value")):
            table.add_column(head, justify="left" if head == _("Lines are") else "right")
        currency = report["currency"] or NO_CURRENCY
        for kind in KINDS:
            table.add_row(kind.value, f"{report['lines'][kind.value]:,}", str(Money(report["value_minor"][kind.value], currency)))
        table.add_row(_("read"), f"{report['lines_read']:,}", str(Money(sum(report["value_minor"].values()), currency)), style="bold")
        console = Console(file=cast("IO[str]", self.stdout))
        console.print(table)
        console.print(_("Every line is accounted for.") if report["reconciled"] else _("The sums do NOT add up: please report this file."))
        console.print(" · ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in done.taken.items()))
        if done.again:
            console.print(_("This file was imported before: nothing has changed."))
        for left in report["left"]:
            console.print(_("Not read: %s") % left["reason"], style="yellow")


def _the_one(kind: str, code: str, known: list[tuple[int, str]]) -> int:
    """The one that is named, or the only one there is."""
    found = [pk for pk, name in known if name == code] if code else [pk for pk, _name in known]
    if len(found) == 1:
        return found[0]
    names = ", ".join(name for _pk, name in known) or "-"
    raise CommandError(f"There is no {kind} {code}. Known: {names}" if code else f"Which {kind}? Say --{kind} CODE. Known: {names}", returncode=2)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[file_intake.Progress]:
    """A bar for each stage, on a terminal; nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def say(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=total or 1)
            bars.update(tasks[stage], completed=done if total else 1, total=total or 1)

        yield say
