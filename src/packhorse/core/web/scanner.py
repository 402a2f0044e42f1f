"""The scanner: one task a screen, driven by scans. A flow is a small state machine on the server; the page only shows its screen and sends what is scanned.

A run's state lives in the database. Every scan and tap carries its own key and the number of the screen it answers: sent twice, it gets the same screen twice and happens once.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, Literal
from uuid import UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST
from pydantic_core import to_jsonable_python

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.errors import NotAllowed, PackhorseError
from packhorse.core.models import Command, ScannerRun
from packhorse.core.scan import Scan, parse
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Text
from packhorse.core.web.once import key_of

Tone = Literal["ask", "ok", "wrong", "done"]
State = dict[str, Any]

#: What the codes begin with that stand for a screen's buttons.
DO: Final = "DO-"
#: How long a run that nobody touches is kept.
KEEP: Final = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Button:
    """A thumb button. `fields` names the screen's fields that go with it; `danger` ones stand apart."""

    name: str
    label: Text
    tone: Literal["normal", "primary", "danger"] = "normal"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something keyed in: a quantity, a weight, a reason. Sent with whichever button is tapped (and with the Enter key: the first button). `choices`: (value, label) pairs.

    `reads`: what fills it by itself: the URL of a scale on the network, or `serial:<protocol>` for one at this computer. At rest it goes on with the first button, except from a red screen.
    """

    name: str
    label: Text
    kind: Literal["number", "text", "choice", "date"] = "number"
    value: str = ""
    unit: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    reads: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the worker sees, and what the flow remembers.

    `instruction` says what to do now (“Scan the bin”), `big` what to look for (A-01-02), `lines` what helps (label, value), `progress` how far the task is (done, of).
    `tone`: `ask`, `ok` (the last scan was right), `wrong` (it was not), `done` (the task is finished). `say` is one line about the last scan. `state` must be JSON.
    `links` are documents to open or print: (label, URL). `picture` is the URL of an image that helps (how the load lies in its box);
    where it `turns`, the URL takes a `turn` in degrees. `ahead` is what comes next, in order (place, what is done there): without network the worker goes on by it.
    """

    title: Text
    instruction: Text
    big: Text = ""
    lines: tuple[tuple[Text, Any], ...] = ()
    progress: tuple[int, int] | None = None
    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    links: tuple[tuple[Text, str], ...] = ()
    picture: str = ""
    turns: bool = False
    ahead: tuple[tuple[Text, Text], ...] = ()
    tone: Tone = "ask"
    say: Text = ""
    remedy: Text = ""
    blocker: str = ""
    sound: Literal["", "ok", "wrong", "done"] = ""
    state: State = field(default_factory=dict)


class Flow(ABC):
    """A task on the floor. Made once, holds no state of its own: `state` is what the last screen said.

    Each method may read selectors and call one use case with `key`. It raises a PackhorseError to refuse: the screen turns red, says why, and the state stays as it was.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    text: ClassVar[Text] = ""
    icon: ClassVar[str] = "scan"
    permission: ClassVar[str]

    @abstractmethod
    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        """The first screen. `context` is the start URL's query (a task, a cart)."""

    @abstractmethod
    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        """Something was scanned or typed."""

    @abstractmethod
    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        """A thumb button was tapped; `fields` are what the screen's fields hold."""

    def again(self, *, actor: Actor, state: State) -> Screen | None:
        """After a refusal: the screen as it stands now. None: as it was."""
        return None


_FLOWS: dict[str, Flow] = {}


def register_flow(flow: type[Flow]) -> type[Flow]:
    """Class decorator for a room's scanner.py: offers the flow on the scanner's first page to those who hold its permission."""
    _FLOWS[flow.name] = flow()
    return flow


def flows() -> dict[str, Flow]:
    """All flows by name, in the order of the house."""
    return dict(_FLOWS)


def _flow(name: str, actor: Actor) -> Flow:
    flow = _FLOWS.get(name)
    if flow is None:
        raise Http404
    if not actor.may(flow.permission):
        raise NotAllowed(permission=flow.permission)
    return flow


class RunMoved(PackhorseError):
    """This screen was left behind: the task went on, perhaps on another device. This is where it stands now."""

    no_page = "the screen itself is shown as it stands"


@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """What keeps the scanner's pages on the device, and nothing else: a script may be that only for what lies below its own address."""
    script = Path(__file__).parents[1] / "static" / "core" / "scan_worker.js"
    return HttpResponse(script.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@page()
def index(request: HttpRequest) -> HttpResponseBase:
    """The flows that the actor may run."""
    actor = actor_of(request)
    mine = [f for f in _FLOWS.values() if actor.may(f.permission)]
    return render(request, "core/scan_index.html", {"title": gettext("Scanner"), "flows": mine, "who": actor.principal})


@page()
def start(request: HttpRequest, flow: str) -> HttpResponseBase:
    """POST begins a run and leads to its page; GET (a link with a context, `/scan/picking.pick/?cart=7`) offers the button that does."""
    actor = actor_of(request)
    chosen = _flow(flow, actor)
    context = {k: v for k, v in {**request.GET.dict(), **request.POST.dict()}.items() if k not in ("key", "csrfmiddlewaretoken")}
    if request.method != "POST":
        return render(request, "core/scan_start.html", {"title": chosen.title, "flow": chosen, "context": context})
    key = key_of(request)
    if not ScannerRun.objects.filter(pk=key, principal=actor.principal).exists():
        screen = chosen.start(actor=actor, key=key, context=context)
        now = clock.now()
        ScannerRun.objects.filter(at__lt=now - KEEP).delete()
        ScannerRun.objects.bulk_create(
            [ScannerRun(id=key, principal=actor.principal, flow=flow, seq=0, state=_plain(screen.state), screen=_drawn(screen), at=now)], ignore_conflicts=True
        )
    response = HttpResponseRedirect(reverse("scan-run", args=[key]))
    response.status_code = 303
    return response


def _plain(value: Any) -> Any:
    return to_jsonable_python(value)


def _drawn(screen: Screen) -> dict[str, Any]:
    """The screen as JSON, its words in the reader's language."""
    drawn: dict[str, Any] = to_jsonable_python({k: v for k, v in asdict(screen).items() if k != "state"}, fallback=_word)
    return drawn


def _word(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else repr(value)


def _run(run: UUID, actor: Actor) -> ScannerRun:
    found = ScannerRun.objects.filter(pk=run, principal=actor.principal).first()
    if found is None:
        raise Http404
    return found


@page()
def show(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """The run's page, at the screen where it stands."""
    actor = actor_of(request)
    found = _run(run, actor)
    chosen = _flow(found.flow, actor)
    return _page(request, found, chosen, found.screen, 200)


def _page(request: HttpRequest, run: ScannerRun, flow: Flow, screen: dict[str, Any], status: int) -> HttpResponse:
    whole = not request.headers.get("X-Scanner")
    context = {"title": flow.title, "flow": flow, "run": run, "screen": screen, "status": status, "who": run.principal}
    return render(request, "core/scan_run.html" if whole else "core/_screen.html", context, status=status)


@require_POST
@page()
def post(request: HttpRequest, run: UUID) -> HttpResponseBase:
    """One scan or tap. A repeat (the same key) gets the screen it got before; one for a screen left behind gets the present one, with 409."""
    actor = actor_of(request)
    key = key_of(request)
    found = _run(run, actor)
    chosen = _flow(found.flow, actor)
    if found.last_key == key:
        return _page(request, found, chosen, found.screen, 200)
    if request.POST.get("seq") != str(found.seq):
        return _page(request, found, chosen, found.screen | _wrong(RunMoved()), 409)
    try:
        screen = _step(request, chosen, actor, key, found)
    except PackhorseError as refusal:
        if Command.objects.filter(principal=actor.principal, key=key).exists():
            return _carried_out(request, found, chosen, actor, key)
        if (fresh := chosen.again(actor=actor, state=dict(found.state))) is not None:
            found.state, found.screen = _plain(fresh.state), _drawn(fresh)
            ScannerRun.objects.filter(pk=run, seq=found.seq).update(state=found.state, screen=found.screen, at=clock.now())
        return _page(request, found, chosen, found.screen | _wrong(refusal), refusal.status)
    return _went_on(request, found, chosen, actor, key, screen)


def _went_on(request: HttpRequest, run: ScannerRun, flow: Flow, actor: Actor, key: UUID, screen: Screen) -> HttpResponse:
    """The run stands at the next screen, unless another scan was quicker."""
    state, drawn = _plain(screen.state), _drawn(screen)
    if ScannerRun.objects.filter(pk=run.pk, seq=run.seq).update(seq=run.seq + 1, last_key=key, state=state, screen=drawn, at=clock.now()):
        run.seq, run.last_key, run.state, run.screen = run.seq + 1, key, state, drawn
        return _page(request, run, flow, drawn, 200)
    found = _run(run.pk, actor)
    return _page(request, found, flow, found.screen, 200 if found.last_key == key else 409)


def _carried_out(request: HttpRequest, run: ScannerRun, flow: Flow, actor: Actor, key: UUID) -> HttpResponse:
    """A repeat of what was carried out before its screen was kept (the first answer is still on its way, or the process ended): it is no refusal, the task goes on where it stands."""
    found = _run(run.pk, actor)
    if found.last_key == key:
        return _page(request, found, flow, found.screen, 200)
    screen = flow.again(actor=actor, state=dict(run.state)) or flow.start(actor=actor, key=uuid5(key, "again"), context={})
    return _went_on(request, run, flow, actor, key, screen)


def _step(request: HttpRequest, flow: Flow, actor: Actor, key: UUID, run: ScannerRun) -> Screen:
    name = request.POST.get("button", "")
    if name:
        fields = {k.removeprefix("field-"): v.strip()[:500] for k, v in request.POST.dict().items() if k.startswith("field-")}
        return flow.button(actor=actor, key=key, state=dict(run.state), name=name, fields=fields)
    text = request.POST.get("scan", "").strip()[:500]
    if button := _button_of(text, run.screen):
        return flow.button(actor=actor, key=key, state=dict(run.state), name=button, fields={f["name"]: f["value"] for f in run.screen["fields"]})
    return flow.scan(actor=actor, key=key, state=dict(run.state), scan=parse(text))


def _button_of(text: str, screen: dict[str, Any]) -> str:
    """The button of the screen that a printed code (`DO-CLOSE`) stands for: hands that hold a scanner need not tap."""
    if not text.upper().startswith(DO):
        return ""
    wanted = text[len(DO) :].lower()
    return next((str(b["name"]) for b in screen["buttons"] if b["name"] == wanted), "")


def _wrong(refusal: PackhorseError) -> dict[str, Any]:
    return {"tone": "wrong", "sound": "wrong", "say": refusal.message, "remedy": refusal.remedy, "blocker": refusal.link}
