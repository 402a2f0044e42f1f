"""The built-in sender: one JSON line per text message in `<PACKHORSE_SMS_FILE>`, for demos, tests and shops that copy them by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from packhorse.core import clock
from packhorse.ground.messages.sms.port import Handed, Text

_NUMBER = re.compile(r"^\+[1-9]\d{6,14}$")


class FileSender:
    """Refuses what is no E.164 number, as a real one would."""

    name = "file"

    def send(self, texts: Sequence[Text]) -> list[Handed]:
        path = Path(settings.PACKHORSE_SMS_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        handed = []
        with path.open("a", encoding="utf-8") as file:
            for text in texts:
                if not _NUMBER.match(text.to):
                    handed.append(Handed(text.key, "no such number", permanent=True))
                    continue
                file.write(json.dumps({"at": clock.now().isoformat(), "key": str(text.key), "to": text.to, "text": text.text}, ensure_ascii=False) + "\n")
                handed.append(Handed(text.key))
        return handed
