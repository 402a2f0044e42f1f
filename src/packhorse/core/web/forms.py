"""Form pages: a Django form, one use case, and the page again with what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from packhorse.core.actors import Actor
from packhorse.core.web import once
from packhorse.core.web.actions import Done, Posted, answer, attempt
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Text
from packhorse.core.web.detail import Crumb

P = ParamSpec("P")
Initial = Callable[..., dict[str, Any]]


def attempt_form(
    request: HttpRequest,
    actor: Actor,
    form: forms.BaseForm,
    carry_out: Callable[[UUID], HttpResponseBase],
    *,
    shown: Callable[[forms.BaseForm, int], HttpResponseBase],
    back: str,
) -> HttpResponseBase:
    """`attempt` of a form that has a page; `shown` is that page again, with what was wrong."""
    return attempt(
        request, actor, form, carry_out, invalid=lambda bound: shown(bound, 422), refused=lambda r: shown(form, once.refuse(form, r).status), back=back
    )


def form_page(
    form: type[forms.BaseForm],
    *,
    title: Text,
    permission: str | None,
    submit: Text,
    intro: Text = "",
    initial: Initial | None = None,
    crumbs: tuple[Crumb, ...] = (),
    template: str = "core/form.html",
    form_kwargs: Callable[[HttpRequest], dict[str, Any]] | None = None,
) -> Callable[[Callable[Concatenate[Posted, P], Done | HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A page that shows a form and, posted, calls one use case.

    `initial` gives first values (it takes the request and what the URL says); `form_kwargs` gives the form's constructor what it needs of the request (choices by scope, say).
    The function takes `Posted` and what the URL says and returns `Done`. A refusal stands above the form, which stays filled in, with the refusal's status; an `Invalid(field=…)` that names
    a field stands beside it.
    """

    def back() -> str:
        return str(crumbs[-1].url) if crumbs else ""

    def decorate(handler: Callable[Concatenate[Posted, P], Done | HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @page(permission)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            extra = form_kwargs(request) if form_kwargs else {}
            if request.method != "POST":
                first = {**(initial(request, *args, **kwargs) if initial else {}), **{k: v for k, v in request.GET.items() if k in form.base_fields}}  # type: ignore[attr-defined]
                return shown(request, form(initial=first, **extra), 200)
            actor = actor_of(request)
            bound = form(request.POST, request.FILES, **extra)

            def carry_out(key: UUID) -> HttpResponseBase:
                return answer(request, handler(Posted(request, actor, key, dict(bound.cleaned_data), bound), *args, **kwargs))

            return attempt_form(request, actor, bound, carry_out, shown=lambda bound, status: shown(request, bound, status), back=back() or request.path)

        def shown(request: HttpRequest, bound: forms.BaseForm, status: int) -> HttpResponseBase:
            context = {
                "title": title,
                "intro": intro,
                "form": bound,
                "submit": submit,
                "crumbs": crumbs,
                "back": back(),
            }
            return render(request, template, context, status=status)

        run.__name__ = getattr(handler, "__name__", "form_page")
        run.__doc__ = handler.__doc__
        return run

    return decorate
