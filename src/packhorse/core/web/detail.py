"""Detail pages: a head with the state, facts, sections, the timeline, and what can be done now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from packhorse.core.actors import Scope
from packhorse.core.timeline import TimelineEntry
from packhorse.core.web.actions import Action
from packhorse.core.web.auth import actor_of
from packhorse.core.web.cells import Badge, Text
from packhorse.core.web.lists import Column


@dataclass(frozen=True)
class Crumb:
    """A page above this one."""

    label: Text
    url: Text


@dataclass(frozen=True)
class Fact:
    """A label and a value; any value `cells.show` can show. `url` makes it a link."""

    label: Text
    value: Any
    url: str = ""


@dataclass(frozen=True)
class Table:
    """A section that is a table: rows shown by columns. `empty` stands there when there are none; `foot` is a last row of values by column key."""

    title: Text
    columns: tuple[Column, ...]
    rows: Iterable[Any]
    empty: Text = ""
    foot: dict[str, Any] | None = None

    template: str = "core/_section_table.html"


@dataclass(frozen=True)
class Facts:
    """A section that is a grid of facts."""

    title: Text
    facts: tuple[Fact, ...]

    template: str = "core/_section_facts.html"


@dataclass(frozen=True)
class Piece:
    """A section from a room's own template, which gets `context`."""

    title: Text
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawn:
    """A section of ready HTML: charts, say."""

    title: Text
    pieces: tuple[SafeString, ...]

    template: str = "core/_section_drawn.html"


Section = Table | Facts | Piece | Drawn


@dataclass(frozen=True)
class Detail:
    """A detail page. `sentence` is its first line: where the thing is and what comes next, said in words."""

    title: Text
    kind: Text = ""
    badge: Badge | None = None
    sentence: Text = ""
    crumbs: tuple[Crumb, ...] = ()
    facts: tuple[Fact, ...] = ()
    actions: tuple[Action, ...] = ()
    sections: tuple[Section, ...] = ()
    timeline: list[TimelineEntry] | None = None
    template: str = "core/detail.html"


def detail(request: HttpRequest, page: Detail, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page as a response."""
    shown: dict[str, Any] = {
        "title": page.title,
        "page": page,
        "crumbs": page.crumbs,
        "timeline": shown_timeline(page.timeline, actor_of(request).scope) if page.timeline is not None else None,
    }
    return render(request, page.template, shown | context, status=status)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A timeline entry as it is shown: with the one who did it by name."""

    entry: TimelineEntry
    who: str


def shown_timeline(entries: list[TimelineEntry], scope: Scope) -> list[TimelineLine]:
    """The entries with the names by which a reader of that scope knows who did it."""
    names = names_of({e.principal for e in entries}, scope)
    return [TimelineLine(e, names[e.principal]) for e in entries]


def names_of(principals: set[str], scope: Scope) -> dict[str, str]:
    """What to call principals: people's own lookup (`PACKHORSE_NAMES_LOOKUP`)."""
    lookup: Callable[[Scope, set[str]], dict[str, str]] = import_string(settings.PACKHORSE_NAMES_LOOKUP)
    return lookup(scope, principals) if principals else {}
