"""What a sender of text messages is to the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Text:
    """A text message to an E.164 number, with our key: the same key is never sent twice by a sender that can tell."""

    key: UUID
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Handed:
    """Whether it was handed over; `permanent` where trying again will not help."""

    key: UUID
    error: str = ""
    permanent: bool = False


class Sender(Protocol):
    name: str

    def send(self, texts: Sequence[Text]) -> list[Handed]: ...
