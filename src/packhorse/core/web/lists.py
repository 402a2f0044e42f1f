"""List pages, declared: columns to choose from, filters as a sentence, search, sort, pages by key, export, selection with bulk actions, saved views, a row opened beside."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import clock
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import PackhorseError
from packhorse.core.lists import LIMIT, LIMIT_MAX, ListQuery, Page, every_row
from packhorse.core.web import kept
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.back import is_ours
from packhorse.core.web.cells import Cell, Text, plain, text, value_of

#: The most that an export or an action on “all that match” takes.
EXPORT_MOST: Final = 1_000_000
_RESERVED: Final = frozenset({"q", "sort", "cursor", "limit", "format", "view", "cols", "open"})


class Selector(Protocol):
    """A room's question: rows for a query, within a scope. Called with keywords, so their order is the room's."""

    def __call__(self, *, query: ListQuery, scope: Scope) -> Page[Any]: ...


@dataclass(frozen=True)
class Column:
    """A column: its key (the row's attribute, dotted), its head, how a cell shows (`cells`), the sort's name where it can be sorted by, how it is exported.

    `narrow`: whether it stays on a phone. `plain` gives the exported value from the row.
    """

    key: str
    label: Text
    show: Cell | None = None
    sort: str = ""
    align: Literal["start", "end"] = "start"
    narrow: bool = True
    plain: Callable[[Any], Any] | None = None

    def cell(self, row: Any) -> SafeString:
        return (self.show or text(self.key))(row)

    def exported(self, row: Any) -> str:
        return plain(self.plain(row) if self.plain else value_of(row, self.key))


@dataclass(frozen=True)
class Choice:
    """A filter with a list of values. `choices` may be a function of the scope, for values that live in the database."""

    name: str
    label: Text
    choices: tuple[tuple[str, Text], ...] | Callable[[Scope], list[tuple[str, Text]]]
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True)
class Flag:
    """A filter that is on (`1`) or off."""

    name: str
    label: Text
    kind: Literal["flag"] = "flag"


@dataclass(frozen=True)
class Day:
    """A filter that takes a day (YYYY-MM-DD)."""

    name: str
    label: Text
    kind: Literal["day"] = "day"


Filter = Choice | Flag | Day


@dataclass(frozen=True)
class BulkAction:
    """Something to do with the rows that are marked: posts `ids` and `key` to `url` (see actions.action and bulk.bulk_action). `permission`: who is shown it."""

    label: Text
    url: str
    permission: str | None = None
    tone: Literal["normal", "primary", "danger"] = "normal"
    icon: str = ""


@dataclass(frozen=True)
class Button:
    """A link at the head of a list: new, import, …"""

    label: Text
    url: str
    permission: str | None = None
    tone: Literal["normal", "primary"] = "primary"
    icon: str = ""


@dataclass(frozen=True)
class Empty:
    """What stands where there are no rows: why that is, and what one can do."""

    title: Text
    text: Text = ""
    icon: str = "box"


@dataclass(frozen=True)
class ListPage:
    """A list page. `name` is unique (`orders.orders`): saved views are kept under it. `id` is the row's attribute that bulk actions get; `url` its detail page (keyboard: Enter)."""

    name: str
    title: Text
    rows: Selector
    columns: tuple[Column, ...]
    permission: str | None = None
    filters: tuple[Filter, ...] = ()
    actions: tuple[BulkAction, ...] = ()
    buttons: tuple[Button, ...] = ()
    empty: Empty | None = None
    search: Text = ""
    tabs: tuple[tuple[Text, str], ...] = ()
    id: str = "id"
    limit: int = LIMIT
    template: str = "core/list.html"
    context: Callable[[HttpRequest], dict[str, Any]] | None = None

    @property
    def view(self) -> Callable[..., HttpResponseBase]:
        """The view, for urls.py."""

        @page(self.permission)
        def list_page(request: HttpRequest) -> HttpResponseBase:
            return self.respond(request)

        return cast("Callable[..., HttpResponseBase]", list_page)

    def query_of(self, request: HttpRequest) -> ListQuery:
        """What the request's URL asks for."""
        return self.query_from(request.GET)

    def query_from(self, given: Any) -> ListQuery:
        known = {f.name for f in self.filters} - _RESERVED
        limit = given.get("limit", "")
        return ListQuery(
            search=given.get("q", "").replace("\x00", "").strip()[:200],
            filters={name: tuple(v.replace("\x00", "")[:200] for v in given.getlist(name) if v) for name in known if any(given.getlist(name))},
            sort=given.get("sort", "")[:60],
            cursor=given.get("cursor", "")[:600],
            limit=min(int(limit), LIMIT_MAX) if limit.isascii() and limit.isdigit() and int(limit[:5]) > 0 else self.limit,
        )

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        actor = actor_of(request)
        query = self.query_of(request)
        columns = self.columns_for(request, actor)
        if request.GET.get("format") == "csv":
            return self._csv(query, actor.scope, columns)
        found = self.rows(query=query, scope=actor.scope)
        wants_rows = request.headers.get("HX-Target") == "list-rows"
        context = self._context(request, actor, query, found, columns) | {"rows_alone": wants_rows}
        response: HttpResponse = render(request, "core/_list_rows.html" if wants_rows else self.template, context)
        response["Vary"] = "HX-Target"
        return response

    def columns_for(self, request: HttpRequest, actor: Actor) -> tuple[Column, ...]:
        """The columns to show: those that the URL names (`cols`, a shared view), else those that the actor kept, else all. The first is always there: it opens the row."""
        wanted = request.GET["cols"].split(",") if request.GET.get("cols") else kept.columns_of(actor, self.name)
        chosen = tuple(c for c in self.columns[1:] if c.key in wanted)
        return (self.columns[0], *chosen) if wanted else self.columns

    def _context(self, request: HttpRequest, actor: Actor, query: ListQuery, found: Page[Any], columns: tuple[Column, ...]) -> dict[str, Any]:
        chips = _sentence(self.filters, query, actor.scope, request)
        actions = [a for a in self.actions if a.permission is None or actor.may(a.permission)]
        return {
            "page": self,
            "title": self.title,
            "query": query,
            "found": found,
            "heads": [self._head(c, query, request) for c in columns],
            "columns": [(c, c in columns) for c in self.columns[1:]],
            "columns_chosen": len(columns) < len(self.columns),
            "columns_back": _url(request, drop=("cursor", "cols")),
            "rows": [(value_of(row, self.id) if actions else None, [(c, c.cell(row)) for c in columns]) for row in found.rows],
            "filters": [_shown(f, query, actor.scope) for f in self.filters],
            "chips": chips,
            "narrowed": bool(query.search or chips),
            "on_tab": any(asked and _same(asked, request) for _label, asked in self.tabs),
            "actions": [(a, reverse(a.url)) for a in actions],
            "buttons": [(b, reverse(b.url)) for b in self.buttons if b.permission is None or actor.may(b.permission)],
            "tabs": [(label, f"?{asked}" if asked else "?", _same(asked, request)) for label, asked in self.tabs],
            "views": kept.views_of(actor, self.name),
            "asked": _asked(request, drop=("cursor",)),
            "view_query": urlencode(_view(request, columns if len(columns) < len(self.columns) else ())),
            "without_search": _url(request, drop=("cursor", "q")),
            "open_url": _beside(request),
            "next_url": _url(request, cursor=found.next_cursor) if found.next_cursor else "",
            "previous_url": _url(request, cursor=found.previous_cursor) if found.previous_cursor else "",
            "first_url": _url(request, drop=("cursor",)) if query.cursor else "",
            "count_text": _count_text(found),
            **(self.context(request) if self.context else {}),
        }

    def _head(self, column: Column, query: ListQuery, request: HttpRequest) -> dict[str, Any]:
        down = query.sort == f"-{column.sort}"
        up = query.sort == column.sort
        return {
            "column": column,
            "url": _url(request, drop=("cursor",), sort=f"-{column.sort}" if up else column.sort) if column.sort else "",
            "sorted": ("descending" if down else "ascending" if up else "none") if column.sort else "",
        }

    def _csv(self, query: ListQuery, scope: Scope, columns: tuple[Column, ...]) -> StreamingHttpResponse:
        def lines() -> Iterator[str]:
            write = csv.writer(_Echo()).writerow
            yield "\ufeff" + write([str(c.label) for c in columns])
            for row in every_row(lambda q: self.rows(query=q, scope=scope), query, most=EXPORT_MOST):
                yield write([c.exported(row) for c in columns])

        response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.name}-{clock.now():%Y%m%d-%H%M}.csv"'
        return response


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _asked(request: HttpRequest, drop: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """What the URL asks of the list, as pairs; neither what is open beside it nor how it is written."""
    return [(k, v) for k in request.GET for v in request.GET.getlist(k) if v and k not in drop and k not in ("open", "format")]


def _view(request: HttpRequest, columns: tuple[Column, ...]) -> list[tuple[str, str]]:
    """The query that a saved view keeps: filters, sort and the columns that are shown, so that its URL shows the same to whoever it is sent to."""
    return _asked(request, ("cursor", "cols")) + ([("cols", ",".join(c.key for c in columns))] if columns else [])


def _beside(request: HttpRequest) -> str:
    """The page that is open beside the list (`open`), if it is one of ours."""
    wanted = request.GET.get("open", "")
    return wanted if wanted.startswith("/") and is_ours(request, wanted) else ""


def _url(request: HttpRequest, drop: tuple[str, ...] = (), **change: str) -> str:
    pairs = [(k, v) for k, v in _asked(request, drop) if k not in change] + [(k, v) for k, v in change.items() if v]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def _same(asked: str, request: HttpRequest) -> bool:
    now = _asked(request, ("cursor", "sort", "cols"))
    return sorted(asked.split("&")) == sorted(urlencode([p]) for p in now) if asked else not now


def _choices(f: Filter, scope: Scope) -> list[tuple[str, Text]]:
    if not isinstance(f, Choice):
        return []
    return f.choices(scope) if callable(f.choices) else list(f.choices)


def _shown(f: Filter, query: ListQuery, scope: Scope) -> dict[str, Any]:
    return {"filter": f, "values": query.many(f.name), "value": query.one(f.name), "choices": _choices(f, scope)}


def _sentence(filters: tuple[Filter, ...], query: ListQuery, scope: Scope, request: HttpRequest) -> list[dict[str, Any]]:
    """The filters that are set, as the pieces of a sentence: “Stage is Open or Held and Late”. Each piece links to the list without it."""
    pieces: list[dict[str, Any]] = []
    for f in filters:
        words = dict(_choices(f, scope))
        for nth, value in enumerate(query.many(f.name)):
            rest = [(k, v) for k, v in _asked(request, ("cursor",)) if (k, v) != (f.name, value)]
            join = "" if not pieces and not query.search else gettext("or") if nth else gettext("and")
            said = "" if isinstance(f, Flag) else words.get(value, value) if isinstance(f, Choice) else _day(value)
            about = "" if nth else gettext("%s is") % f.label if isinstance(f, Choice) else f.label
            pieces.append({"join": join, "about": about, "value": said, "url": f"{request.path}?{urlencode(rest)}" if rest else request.path})
    return pieces


def _day(value: str) -> str:
    try:
        return formats.date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value


def _count_text(found: Page[Any]) -> str:
    if found.count is None:
        return ""
    if found.capped:
        return gettext("more than %d") % found.count
    return str(found.count)


class TooMany(PackhorseError):
    """{marked} are marked, and {most} at most are taken at once."""

    status = 422
    no_page = "less is to be marked"
    advice = _("Narrow the list with its filters, or mark fewer.")


def chosen_ids(request: HttpRequest, rows: ListPage, scope: Scope, *, most: int = 10_000) -> list[int]:
    """The ids that a bulk action was posted with: the marked rows, or (with `all`) everything that the list's query matches.

    Raises: TooMany (nothing is left out in silence).
    """
    if request.POST.get("all"):
        from django.http import QueryDict

        query = rows.query_from(QueryDict(request.POST.get("asked", "")))
        ids = [int(value_of(row, rows.id)) for row in every_row(lambda q: rows.rows(query=q, scope=scope), query, most=most + 1)]
        if len(ids) > most:
            counted = rows.rows(query=replace(query, cursor="", limit=1), scope=scope)
            exact = counted.count is not None and not counted.capped and counted.count > most
            raise TooMany(marked=str(counted.count) if exact else gettext("more than %d") % most, most=most)
        return ids
    ids = [int(i) for i in request.POST.getlist("ids") if i.isascii() and i.isdigit() and len(i) < 19]
    if len(ids) > most:
        raise TooMany(marked=len(ids), most=most)
    return ids
