"""The sentence of each alert rule, filled from the alert's detail. A room that raises alerts of its own declares their rules here or with `declare`."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SENTENCES: dict[str, Promise | str] = {"message_failed": _("A message to the customer could not be sent ({template}): {error}")}


def declare(rule: str, sentence: Promise | str) -> None:
    """Give a rule its sentence; called where the room's modules are loaded (`events.py`, `jobs.py`, `handlers.py`)."""
    assert _SENTENCES.get(rule, sentence) == sentence, f"two sentences for {rule}"
    _SENTENCES[rule] = sentence


def sentence_of(rule: str, detail: dict[str, object]) -> str:
    """The rule's sentence; the rule's name in words where it has none."""
    sentence = str(_SENTENCES.get(rule, rule.replace("_", " ").capitalize()))
    try:
        return sentence.format(**detail)
    except (KeyError, IndexError, ValueError):
        return sentence
