"""What can be done now: actions as forms, and the handlers that they post to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, Literal, ParamSpec
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotAllowed, PackhorseError
from packhorse.core.web import errors
from packhorse.core.web.auth import _ask_to_sign_in, actor_of, find_actor
from packhorse.core.web.back import is_ours
from packhorse.core.web.cells import Text

P = ParamSpec("P")
Tone = Literal["normal", "primary", "danger"]


@dataclass(frozen=True)
class Action:
    """Something that can be done now, shown as a button; with `form` (or `confirm`) it opens to ask first.

    `url` is where it posts to (a handler made with `action`). `confirm` is a question, only where goods or money leave: everything else is undone instead.
    `hidden` goes along with the form; `blocked` says why it can not be done now (the button is then shown disabled with the reason).
    """

    label: Text
    url: str
    form: forms.BaseForm | None = None
    tone: Tone = "normal"
    icon: str = ""
    confirm: Text = ""
    hidden: Mapping[str, Any] = field(default_factory=dict)
    blocked: Text = ""
    key: UUID = field(default_factory=uuid4)

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


def key_of(request: HttpRequest) -> UUID:
    """The form's idempotency key (hidden field `key`, or the header Idempotency-Key).

    Raises: Invalid.
    """
    try:
        return UUID(request.POST.get("key") or request.headers.get("Idempotency-Key", ""))
    except ValueError:
        raise Invalid(field="key", reason=gettext("a UUID is needed")) from None


def action(permission: str | None = None, *, form: type[forms.BaseForm] | None = None) -> Callable[[Handler[P]], Callable[..., HttpResponseBase]]:
    """A POST handler that calls one use case.

    The function takes `Posted` and what the URL says, and returns `Done` (or a response of its own). A refusal becomes a notice with the refusal's status, nothing having changed;
    what the form refuses becomes 422 with its errors.
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
                bound = form(request.POST, request.FILES) if form else None
                if bound is not None and not bound.is_valid():
                    return form_refused(request, bound)
                return answer(request, handler(Posted(request, actor, key_of(request), dict(bound.cleaned_data) if bound else {}, bound), *args, **kwargs))
            except PackhorseError as refusal:
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
            request.session["undo"] = {"url": undo.url, "data": {k: str(v) for k, v in undo.data.items()}, "label": str(undo.label), "key": str(uuid4())}
        else:
            messages.success(request, str(done.message))
    return go(request, done.to or _back(request))


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
    context = {"title": gettext("Please mend this"), "form": form, "key": request.POST.get("key") or uuid4(), "back": _back(request), "submit": gettext("Send")}
    return render(request, "core/form.html", context, status=422)
