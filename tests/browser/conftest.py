"""A real browser against the real application: Chromium, a server in a thread, a database of its own.

`live` is the server's URL. `visit(path, as_=user, device="desk" | "tablet" | "phone", theme="light" | "dark")` opens a page, signed in. `worker("picker", …)` makes a user.
`all_can_read({name: path}, as_=user)` looks at whole pages on every screen; `no_axe_violations(page)` checks WCAG 2.2 AA of what is there now.
With PACKHORSE_SCREENSHOTS=<folder>, `shot(page, name)` keeps a picture.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from packhorse.core import clock
from packhorse.ground.people.models import Membership, User
from packhorse.kernels.packing import solve as packing
from packhorse.kernels.picking import solve as picking
from tests.own_database import own_database

SIZES = {"desk": {"width": 1280, "height": 860}, "tablet": {"width": 820, "height": 1180}, "phone": {"width": 390, "height": 844}}
#: Rules whose answer may differ between two colour schemes of one page.
AXE_LOOKS = ["color-contrast", "link-in-text-block"]
#: Screens and looks, so that each of both is met in the first two.
LOOKS = (("desk", "light"), ("phone", "dark"), ("desk", "dark"), ("phone", "light"))
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visit(Protocol):
    def __call__(self, path: str, *, as_: User | None = None, device: str = "desk", theme: str = "light", language: str = "en") -> Page: ...


class AllCanRead(Protocol):
    def __call__(
        self,
        paths: Mapping[str, str],
        *,
        as_: User | None = None,
        looks: Sequence[tuple[str, str]] = LOOKS,
        status: int = 200,
        ready: Callable[[str, Page], None] | None = None,
    ) -> None: ...


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        pass


@pytest.fixture(scope="package")
def committed(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> Iterator[str]:
    """Rows are committed, in a database that only these tests use."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps an event loop in this thread
    with django_db_blocker.unblock(), own_database("browser", keep=django_db_keepdb) as name:
        yield name
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def live(committed: str) -> Iterator[str]:
    """The application, served on loopback, with its plans compiled, as a worker that has been up for a minute leaves them; its URL."""
    packing.warm_up()
    picking.warm_up()

    class Server(ThreadedWSGIServer):
        def close_request(self, request: Any) -> None:
            connections.close_all()
            super().close_request(request)

    server = Server(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def _chromium() -> str | None:
    return os.environ.get("PACKHORSE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: install it, or name it in PACKHORSE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def worker(committed: str) -> Callable[..., User]:
    """Makes a user with a role: `worker("picker", client_id=…, warehouse_id=…)`."""

    def make(role: str, *, client_id: int | None = None, warehouse_id: int | None = None, name: str = "") -> User:
        now = clock.now()
        user = User(username=f"{role}-{uuid4().hex[:8]}", name=name or role.capitalize(), email="", created_at=now)
        user.set_unusable_password()
        user.save()
        Membership.objects.create(user=user, role=role, client_id=client_id, warehouse_id=warehouse_id, granted_at=now)
        return user

    return make


def _context(chromium: Browser, live: str, as_: User | None, device: str, theme: str, language: str) -> BrowserContext:
    phone = device != "desk"
    context = chromium.new_context(
        viewport=SIZES[device],  # type: ignore[arg-type]
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        is_mobile=phone,
        locale=language,
        reduced_motion="reduce",
    )
    cookies = {"theme": theme, django_settings.LANGUAGE_COOKIE_NAME: language}
    if as_ is not None:
        client = Client()
        client.force_login(as_, backend="django.contrib.auth.backends.ModelBackend")
        cookies[django_settings.SESSION_COOKIE_NAME] = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": live} for name, value in cookies.items()])
    return context


@pytest.fixture
def tab(live: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an empty tab; fails the test at its end if a page in one had a script error, a refusal by the content policy or an answer of 500. The same visitor keeps one browser
    profile."""
    contexts: dict[tuple[object, ...], BrowserContext] = {}
    trouble: list[str] = []

    def opened(*, as_: User | None = None, device: str = "desk", theme: str = "light", language: str = "en") -> Page:
        visitor = (as_.pk if as_ else None, device, theme, language)
        if visitor not in contexts:
            contexts[visitor] = _context(chromium, live, as_, device, theme, language)
        page = contexts[visitor].new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
        page.on("console", lambda m: trouble.append(f"{page.url}: {m.text}") if m.type == "error" and "Failed to load resource" not in m.text else None)
        page.on("response", lambda r: trouble.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        return page

    yield opened
    for context in contexts.values():
        context.close()
    assert trouble == []


@pytest.fixture
def visit(live: str, tab: Callable[..., Page]) -> Visit:
    """Opens a page in a tab of its own."""

    def open_page(path: str, *, as_: User | None = None, device: str = "desk", theme: str = "light", language: str = "en") -> Page:
        page = tab(as_=as_, device=device, theme=theme, language=language)
        page.goto(live + path)
        return page

    return open_page


@pytest.fixture
def no_axe_violations() -> Callable[..., None]:
    """WCAG 2.2 AA (and axe's best practices), or a list of what is wrong and where. `again=True`: the same page in other colours, asked only for what those can change."""
    from axe_playwright_python.base import AXE_SCRIPT

    def check(page: Page, *, again: bool = False) -> None:
        asked = {"type": "rule", "values": AXE_LOOKS} if again else {"type": "tag", "values": AXE_TAGS}
        # Of what passes, not each element; nothing of ours needs style sheets fetched again.
        options = {"runOnly": asked, "resultTypes": ["violations"], "preload": False}
        if page.evaluate("!window.axe"):
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
        assert [(v["id"], [(n["target"], n.get("failureSummary", "")[:300]) for n in v["nodes"]][:4]) for v in found] == []

    return check


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keeps a picture of the page in the folder that PACKHORSE_SCREENSHOTS names; without it, does nothing."""
    folder = os.environ.get("PACKHORSE_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    return take


def begin(page: Page, flow: str) -> Page:
    """Taps a flow on the scanner's list. Its page is loaded and hears what is typed: a wedge's keys that come before are nobody's."""
    page.get_by_role("button", name=flow).click()
    page.wait_for_selector("[data-screen]")
    page.wait_for_load_state("load")
    page.wait_for_selector("[data-screen] input:focus")
    return page


def _look(page: Page, wire: CDPSession, device: str, theme: str) -> None:
    """The page as it stands on another screen, in other colours."""
    page.set_viewport_size(SIZES[device])  # type: ignore[arg-type]
    wire.send("Emulation.setTouchEmulationEnabled", {"enabled": device != "desk"})
    assert page.evaluate("matchMedia('(pointer: coarse)').matches") == (device != "desk")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)


@pytest.fixture
def all_can_read(live: str, tab: Callable[..., Page], no_axe_violations: Callable[..., None], shot: Callable[[Page, str], None]) -> AllCanRead:
    """Each page answers as it should, and in each look meets WCAG 2.2 AA and is no wider than the screen. It is loaded once. `ready(name, page)` waits for what scripts draw."""

    def check(
        paths: Mapping[str, str],
        *,
        as_: User | None = None,
        looks: Sequence[tuple[str, str]] = LOOKS,
        status: int = 200,
        ready: Callable[[str, Page], None] | None = None,
    ) -> None:
        page = tab(as_=as_, device=looks[0][0], theme=looks[0][1])
        wire = page.context.new_cdp_session(page)  # what it emulates ends with it
        for name, path in paths.items():
            _look(page, wire, *looks[0])
            answer = page.goto(live + path)
            assert answer is not None, name
            assert answer.status == status, f"{name}: {answer.status}"
            if ready is not None:
                ready(name, page)
            seen: set[str] = set()
            for device, theme in looks:
                _look(page, wire, device, theme)
                assert page.evaluate("document.documentElement.clientWidth") <= SIZES[device]["width"], f"{name} is not seen on the {device}"
                shot(page, f"{name}-{device}-{theme}")
                no_axe_violations(page, again=device in seen)
                seen.add(device)
                assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{name} is wider than the {device}"

    return check
