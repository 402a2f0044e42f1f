"""Who did what, and who came in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core.actors import Scope
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.lists import Choice, Column, Day, Empty, ListPage
from packhorse.ground.people import selectors
from packhorse.ground.people.pages.users import SETTINGS, audited_told, audited_words


def _people(scope: Scope) -> list[tuple[str, Any]]:
    return [*selectors.audited_people(scope)]


def _use_cases(_scope: Scope) -> list[tuple[str, Any]]:
    return [(name, name.rsplit(".", 1)[-1].replace("_", " ").capitalize()) for name in selectors.audited_use_cases()]


audit = ListPage(
    name="people.audit",
    title=gettext_lazy("Who did what"),
    permission="manage_people",
    rows=selectors.audit,
    columns=(
        Column("at", gettext_lazy("When"), sort="at"),
        Column("who", gettext_lazy("Who"), plain=lambda row: f"{row.who} ({row.principal})"),
        Column("use_case", gettext_lazy("What"), audited_words, plain=lambda row: row.use_case),
        Column("told", gettext_lazy("What came of it"), audited_told, plain=lambda row: "; ".join(row.told), narrow=False),
    ),
    filters=(
        Choice("who", gettext_lazy("Who"), _people),
        Choice("use_case", gettext_lazy("What"), _use_cases),
        Day("from", gettext_lazy("From")),
        Day("to", gettext_lazy("To")),
    ),
    empty=Empty(gettext_lazy("Nothing"), gettext_lazy("Nothing was done that fits."), "clock"),
    search=gettext_lazy("What was done"),
)


@page("manage_people")
def sign_ins(request: HttpRequest) -> HttpResponse:
    context = {"title": _("Sign-ins"), "crumbs": (SETTINGS,), "rows": selectors.sign_ins(actor_of(request).scope, limit=200)}
    return render(request, "people/sign_ins.html", context)
