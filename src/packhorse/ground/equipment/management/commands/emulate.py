"""`packhorse emulate scale|printer|boxes`: a device in software, to try a bench without any."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand
from django.core.management.base import CommandParser

from packhorse.ground.equipment import emulators


class Command(BaseCommand):
    help = "be a scale, a label printer or a box machine on a port, to try a bench without one"

    _into: Path | None = None
    _one_at_a_time = threading.Lock()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("device", choices=("scale", "printer", "boxes"))
        parser.add_argument("--port", type=int, default=0, help="default: any that is free; printers use to have 9100")
        parser.add_argument("--protocol", choices=("toledo", "sics", "text"), default="toledo", help="how the scale speaks (default: %(default)s)")
        parser.add_argument(
            "--into", type=Path, metavar="DIR", help="keep each job of a printer or box machine as a file there (PDF, ZPL), instead of writing it out"
        )
        parser.add_argument("--weight", type=int, default=0, help="grams that the scale says; keyed in while it runs, a number changes it")

    def handle(self, *_args: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs behind it deaf to the first
            signal.signal(number, signal.default_int_handler)
        if options["device"] == "scale":
            scale = emulators.Scale(options["protocol"], options["weight"], port=options["port"])
            self.stdout.write(f"scale ({options['protocol']}) at {scale.address}, {scale.weight_g} g; key in grams, Ctrl-C ends it")
            self._weights(scale)
            return
        kind = emulators.Printer if options["device"] == "printer" else emulators.BoxMachine
        self._into = options["into"]
        if self._into:
            self._into.mkdir(parents=True, exist_ok=True)
        sink = kind(self._told, port=options["port"])
        self.stdout.write(f"{options['device']} at {sink.address}; Ctrl-C ends it")
        self._wait(sink)

    def _told(self, job: bytes) -> None:
        if self._into is None:
            self.stdout.write(job.decode("utf-8", "replace"))
            return
        ending = "pdf" if job.startswith(b"%PDF-") else "zpl" if job.lstrip().startswith(b"^XA") else "txt"
        with self._one_at_a_time:
            number = 1 + max((int(path.stem) for path in self._into.iterdir() if path.stem.isdigit()), default=0)
            path = self._into / f"{number:04d}.{ending}"
            path.write_bytes(job)
            self.stdout.write(str(path))

    def _weights(self, scale: emulators.Scale) -> None:
        try:
            while line := input().strip():
                if line.isdigit():
                    scale.weight_g = int(line)
        except (EOFError, KeyboardInterrupt):
            pass
        finally:
            scale.stop()

    @staticmethod
    def _wait(sink: emulators.Emulator) -> None:
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
        finally:
            sink.stop()
