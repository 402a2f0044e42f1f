"""No line of a timeline shows a code: every template and every stored choice is said in words, in English and in French."""

from __future__ import annotations

import string

import pytest
from django.apps import apps
from django.utils import translation

from packhorse.core import events
from packhorse.core.timeline import sentence_of
from packhorse.core.words import said
from packhorse.ground.messages.events import MessageSent
from packhorse.ground.messages.types import TEMPLATES
from packhorse.ground.messages.words import TEMPLATE_NAMES

PREFIX = next(name for name, event in events.declared().items() if event is MessageSent).split(".")[0]


def test_a_code_without_a_translation_is_said_without_underscores() -> None:
    assert (said("return_label"), said("Mrs_X"), said("Crushed, by a_b")) == ("return label", "Mrs_X", "Crushed, by a_b")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_template_has_its_name_in_what_is_told_of_it(language: str) -> None:
    with translation.override(language):
        for event in (PREFIX + ".message_sent", PREFIX + ".message_failed", PREFIX + ".wording_changed"):
            for template in TEMPLATES:
                told = sentence_of(event, {"template": template, "language": "en"})
                assert str(TEMPLATE_NAMES[template]) in told
                assert template not in told.split() or "_" not in template


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_event_is_a_sentence_of_its_own_fields(language: str) -> None:
    with translation.override(language):
        for name, event in events.declared().items():
            fields = {f: 1.5 if spec else "some_code" for _, f, spec, _ in string.Formatter().parse(str(event.sentence)) if f}
            told = sentence_of(name, fields)
            assert told, name
            assert "_" not in told, (name, told)
            assert "{" not in told, (name, told)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_stored_choice_is_said_without_underscores(language: str) -> None:
    codes = {str(code) for m in apps.get_models() if m.__module__.startswith("packhorse.") for f in m._meta.concrete_fields for code, _ in f.flatchoices}
    assert len(codes) > 50
    with translation.override(language):
        assert [c for c in sorted(codes) if "_" in said(c)] == []
