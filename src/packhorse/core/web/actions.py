"""What can be done now: actions as forms, and the handlers that they post to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, Literal, ParamSpec
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from packhorse.core.actors import Actor
from packhorse.core.errors import KeyReused, NotAllowed, PackhorseError
from packhorse.core.web import errors, once
from packhorse.core.web.auth import _ask_to_sign_in, actor_of, find_actor
from packhorse.core.web.back import is_ours
from packhorse.core.web.cells import Text

P = ParamSpec("P")
Tone = Literal["normal", "primary", "danger"]


@dataclass(frozen=True)
class Action:
    """Something that can be done now, shown as a button; with `form` (or `confirm`) it opens to ask first.

    `url` is where it posts to (a handler made with `action`). `confirm` is a question, only where goods or money leave: everything else is undone instead.
    `hidden` goes along with the form; `blocked` says why it can not be done now (it then stands, with the reason, under what is not possible now).
    """

    label: Text
    url: str
    form: forms.BaseForm | None = None
    tone: Tone = "normal"
    icon: str = ""
    confirm: Text = ""
    hidden: Mapping[str, Any] = field(default_factory=dict)
    blocked: Text = ""

    @property
    def opens(self) -> bool:
        return bool(self.form or self.confirm)


@dataclass(frozen=True)
class Undo:
    """How to take it back: a POST to `url` with `data`, offered in the notice."""

    url: str
    data: Mapping[str, Any] = field(default_factory=dict)
    label: Text = ""


@dataclass(frozen=True)
class Done:
    """It worked: what to say, where to go (a URL; empty: back to where the form was), and how to undo it."""

    message: Text = ""
    to: str = ""
    undo: Undo | None = None


@dataclass(frozen=True)
class Posted:
    """What a handler gets: the actor, the idempotency key for its one use case, the form's cleaned data, the request."""

    request: HttpRequest
    actor: Actor
    key: UUID
    data: dict[str, Any]
    form: forms.BaseForm | None = None

    @property
    def ids(self) -> list[int]:
        """The marked rows of a list (`ids`), in the order in which they were posted."""
        return [int(i) for i in self.request.POST.getlist("ids") if i.isascii() and i.isdigit() and len(i) < 19]


Handler = Callable[Concatenate[Posted, P], "Done | HttpResponseBase"]


def attempt(
    request: HttpRequest,
    actor: Actor,
    form: forms.BaseForm | None,
    carry_out: Callable[[UUID], HttpResponseBase],
    *,
    invalid: Callable[[forms.BaseForm], HttpResponseBase],
    refused: Callable[[PackhorseError], HttpResponseBase],
    back: str,
) -> HttpResponseBase:
    """Carry out what was posted, under the key that its page gave it; `invalid` and `refused` answer where the form or the use case says no.

    Sent again when what it asked for is done and can not be done again, it leads `back`, with a notice that it is done.

    Raises: NotAllowed.
    """
    was_done = once.was_done(request, actor)
    if form is not None and not form.is_valid():
        return done_before(request, back) if was_done else invalid(form)
    try:
        return carry_out(once.key_of(request))
    except NotAllowed:
        raise
    except PackhorseError as refusal:
        return done_before(request, back) if was_done and not isinstance(refusal, KeyReused) else refused(refusal)


def action(permission: str | None = None, *, form: type[forms.BaseForm] | None = None) -> Callable[[Handler[P]], Callable[..., HttpResponseBase]]:
    """A POST handler that calls one use case.

    The function takes `Posted` and what the URL says, and returns `Done` (or a response of its own). A refusal becomes a notice with the refusal's status, nothing having changed;
    what the form refuses becomes 422 with its errors. Sent again when what it did is done and can not be done again, it leads back, with a notice that it is done.
    """

    def decorate(handler: Handler[P]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(handler)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if find_actor(request) is None:
                return _ask_to_sign_in(request)
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            try:
                actor = actor_of(request)
                if permission is not None and not actor.may(permission):
                    raise NotAllowed(permission=permission)
            except PackhorseError as refusal:
                return errors.refusal_page(request, refusal)
            bound = form(request.POST, request.FILES) if form else None

            def carry_out(key: UUID) -> HttpResponseBase:
                return answer(request, handler(Posted(request, actor, key, dict(bound.cleaned_data) if bound else {}, bound), *args, **kwargs))

            def refused(refusal: PackhorseError) -> HttpResponseBase:
                return errors.refusal_page(request, once.SentBefore(**refusal.data) if isinstance(refusal, KeyReused) else refusal)

            try:
                return attempt(request, actor, bound, carry_out, invalid=functools.partial(form_refused, request), refused=refused, back=_back(request))
            except NotAllowed as refusal:
                return errors.refusal_page(request, refusal)

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def answer(request: HttpRequest, done: Done | HttpResponseBase) -> HttpResponseBase:
    """The handler's answer as a response: a notice on the page it leads to."""
    if isinstance(done, HttpResponseBase):
        return done
    if done.message:
        if done.undo:
            undo = done.undo
            messages.success(request, str(done.message), extra_tags="undo")
            request.session["undo"] = {"url": undo.url, "data": {k: str(v) for k, v in undo.data.items()}, "label": str(undo.label)}
        else:
            messages.success(request, str(done.message))
    return go(request, done.to or _back(request))


def done_before(request: HttpRequest, to: str) -> HttpResponseBase:
    """The answer to a form that was sent again and no longer fits what it did."""
    once.say_it_was_done(request)
    return go(request, to)


def go(request: HttpRequest, to: str) -> HttpResponseBase:
    """A redirect (303), told to htmx in its own way. Where `to` is already open beside a list, the list stays with it."""
    list_beside = request.headers.get("HX-Current-URL", "")
    if to in parse_qs(urlsplit(list_beside).query).get("open", ()) and is_ours(request, list_beside):
        to = list_beside
    if errors.is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return response


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/"
    return wanted if is_ours(request, wanted) else "/"


def form_refused(request: HttpRequest, form: forms.BaseForm) -> HttpResponse:
    """A form's errors: as a notice where htmx asked, else as a page with the form filled in again. Status 422."""
    if errors.is_fragment(request):
        lines = [
            f"{form.fields[name].label or name}: {' '.join(map(str, why))}" if name in form.fields else " ".join(map(str, why))
            for name, why in form.errors.items()
        ]
        response = render(request, "core/_notice.html", {"level": "error", "text": " ".join(lines)}, status=422)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML show:window:top"
        return response
    gone_along = [
        (name, value) for name in request.POST if name not in form.fields and name not in ("key", "csrfmiddlewaretoken") for value in request.POST.getlist(name)
    ]
    context = {"title": gettext("Please mend this"), "form": form, "gone_along": gone_along, "back": _back(request), "submit": gettext("Send")}
    return render(request, "core/form.html", context, status=422)
