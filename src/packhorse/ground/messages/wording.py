"""From template and values to what a person reads: the client's own words, else the house's in that language, else in English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import NodeList, VariableNode
from django.template.defaulttags import IfNode

from packhorse.ground.messages.errors import BadWording, UnknownTemplate
from packhorse.ground.messages.types import TEMPLATES

LANGUAGES: Final = ("en", "fr")
_ALWAYS: Final = frozenset({"client", "support_email", "order_number", "name"})

#: Knows no files and no settings: a client's words reach the values of the message and nothing else. Mails are plain text, so nothing is escaped.
_ENGINE: Final = Engine(autoescape=False, string_if_invalid="")


@cache
def of_house(template: str, language: str) -> tuple[str, str]:
    """(title, body) of the house's own words: `templates/messaging/<template>.<language>.txt`, whose first line is the title.

    Raises: UnknownTemplate.
    """
    if template not in TEMPLATES:
        raise UnknownTemplate(template=template)
    known = language if language in LANGUAGES else "en"
    text = files("packhorse.ground.messages").joinpath(f"templates/messaging/{template}.{known}.txt").read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    return title.strip(), body.strip() + "\n"


@lru_cache(maxsize=2000)
def _compiled(text: str) -> Template:
    return Template(text, engine=_ENGINE)


def check(template: str, title: str, body: str) -> None:
    """Refuse words that cannot be filled in: other tags than `if`, and values that this template does not have.

    Raises: UnknownTemplate, BadWording.
    """
    if template not in TEMPLATES:
        raise UnknownTemplate(template=template)
    known = TEMPLATES[template] | _ALWAYS
    try:
        compiled = [_compiled(title), _compiled(body)]
    except TemplateSyntaxError as error:
        raise BadWording(reason=str(error)) from None
    for part in compiled:
        _check_nodes(part.nodelist, known)


def _check_nodes(nodes: NodeList, known: frozenset[str]) -> None:
    for node in nodes:
        if isinstance(node, VariableNode):
            name = str(node.filter_expression.var)
            if node.filter_expression.filters or name not in known:
                raise BadWording(reason=name)
        elif isinstance(node, IfNode):
            for _, branch in node.conditions_nodelists:
                _check_nodes(branch, known)
        elif type(node).__name__ != "TextNode":
            raise BadWording(reason=type(node).__name__.removesuffix("Node").lower())


def fill(title: str, body: str, values: Mapping[str, str]) -> tuple[str, str]:
    """(title on one line, body)."""
    context = Context(dict(values), autoescape=False)
    return " ".join(_compiled(title).render(context).split()), _compiled(body).render(context)
