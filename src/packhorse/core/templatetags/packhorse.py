"""Template tags of the page machinery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from packhorse.core.actors import Actor
from packhorse.core.web import cells, menu, once as forms_once
from packhorse.core.web.actions import Action
from packhorse.core.web.auth import find_actor
from packhorse.core.words import in_words

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon "name" %} or {% icon "name" _("label") %}."""
    return cells.icon(name, label)


@register.simple_tag(takes_context=True)
def once(context: dict[str, Any], form: object = None) -> SafeString:
    """{% once %}: what every POST form begins with, so that it is ours and does its thing once. {% once form %} where it comes back with what was wrong."""
    return forms_once.hidden_fields(context.get("csrf_token"), form)


@register.inclusion_tag("core/_actions.html", takes_context=True)
def actions(context: template.Context, some: Sequence[Action]) -> dict[str, Any]:
    """{% actions page.actions %}: a button for each that can be done now; what can not stands, with its reason, under one button."""
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "possible": [a for a in some if not a.blocked],
        "blocked": [a for a in some if a.blocked],
    }


@register.filter
def show(value: Any) -> SafeString:
    """{{ value|show }}: any value as it usually looks (money, moments, badges, numbers)."""
    return cells.show(value)


@register.filter
def badge(state: Any) -> SafeString:
    """{{ state|badge }}: a stored state as a badge."""
    return cells.show(cells.badge(state))


@register.filter
def words(code: str) -> str:
    """{{ code|words }}: a stored code as words (same_day: “Same day”)."""
    return capfirst(in_words(code))


@register.filter
def weight(grams: int | None) -> SafeString:
    """{{ grams|weight }}."""
    return cells.NOTHING if grams is None else cells.show_weight(grams)


@register.filter
def cell(row: Any, column: Any) -> SafeString:
    """{{ row|cell:column }}: what a column shows for a row."""
    shown: SafeString = column.cell(row)
    return shown


@register.simple_tag(takes_context=True)
def menu_groups(context: dict[str, Any]) -> list[list[menu.Item]]:
    request: HttpRequest | None = context.get("request")
    return menu.items(request) if request is not None else []


@register.simple_tag(takes_context=True)
def actor(context: dict[str, Any]) -> Actor | None:
    request: HttpRequest | None = context.get("request")
    return find_actor(request) if request is not None else None


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str) -> bool:
    """{% may "pick" as can_pick %}."""
    found = actor(context)
    return found is not None and found.may(permission)


@register.filter
def foot(values: dict[str, Any], column: Any) -> SafeString | str:
    """{{ section.foot|foot:column }}: the last row's value of a column, empty where it has none."""
    return cells.show(values[column.key]) if column.key in values else ""


@register.simple_tag(takes_context=True)
def take_undo(context: dict[str, Any]) -> dict[str, Any] | None:
    """What the last action said can be undone, once."""
    request: HttpRequest | None = context.get("request")
    found: dict[str, Any] | None = request.session.pop("undo", None) if request is not None else None
    return found
