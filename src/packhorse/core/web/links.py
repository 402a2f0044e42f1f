"""The page of a row that is known by its Ref only: by convention `<room>.<thing>` has its page under the URL name `<room>:<thing>`, underscores written as hyphens."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from packhorse.core.refs import Ref


def page_of(ref: Ref | None) -> str:
    """Its URL; empty where there is no such page."""
    if ref is None:
        return ""
    room, _, thing = ref.kind.partition(".")
    try:
        return reverse(f"{room}:{thing.replace('_', '-')}", args=[ref.id])
    except NoReverseMatch:
        return ""


def linked(ref: Ref | None, text: str) -> SafeString:
    """The text, linked to the page where there is one."""
    url = page_of(ref)
    return format_html('<a href="{}">{}</a>', url, text) if url else format_html("{}", text)
