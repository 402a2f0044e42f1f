"""A phone as the scanner's page is: a signed-in browser whose scans carry a key each and the number of the screen that they answer, and which repeats one until it is answered."""

from __future__ import annotations

import contextlib
import html
import http.client
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

#: A request waits so long for its answer before it is sent again; nobody repeats longer than this.
ANSWER_S: Final = 20.0
GIVE_UP_S: Final = 90.0
#: Of a hundred scans so many are hung up on before the answer comes, sent once more after it, and sent twice at the same time.
HUNG_UP: Final = 4
TWICE: Final = 3
AT_ONCE: Final = 2

_TAG: Final = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the screen."""

    seq: str
    tone: str
    big: str
    instruction: str
    said: str
    lines: tuple[tuple[str, str], ...]
    ahead: tuple[tuple[str, str], ...]


def _text(part: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", part)).split())


def read(page: str) -> Shown:
    """The screen in a page, or in the part of one that answers a scan."""

    def one(pattern: str) -> str:
        found = re.search(pattern, page, re.DOTALL)
        return _text(found[1]) if found else ""

    return Shown(
        seq=one(r'data-seq="(\d+)"'),
        tone=one(r'<form class="screen (\w+)"'),
        big=one(r'<p class="scan-big">(.*?)</p>'),
        instruction=one(r'<p class="instruction">(.*?)</p>'),
        said=one(r'<p class="say.*?>(.*?)</p>'),
        lines=tuple((_text(a), _text(b)) for a, b in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)),
        ahead=tuple((_text(a), _text(b)) for a, b in re.findall(r'<li><strong class="code">(.*?)</strong> <span>(.*?)</span></li>', page, re.DOTALL)),
    )


@dataclass(slots=True)
class Sent:
    """One scan or tap, and what became of it. `seconds`: how long its answer took, where nothing was done to it."""

    key: str
    run: str
    fields: dict[str, str]
    status: int = 0
    seconds: float | None = None
    said: str = ""
    posted: bool = False
    wrong: bool = False


class NoAnswer(Exception):
    """Nothing came back for long."""


@dataclass
class Phone:
    """One browser, one run of a flow."""

    port: int
    dice: Random
    flow: str = "picking.pick"
    happened: Counter[str] = field(default_factory=Counter)
    run: str = ""
    token: str = ""
    shown: Shown = field(default_factory=lambda: read(""))
    faults: list[str] = field(default_factory=list)
    _cookies: dict[str, str] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None

    def _ask(self, method: str, path: str, body: str = "", *, line: http.client.HTTPConnection | None = None, hang_up: bool = False) -> tuple[int, str, str]:
        """Status, body and where to. Raises: OSError, http.client.HTTPException where the connection broke."""
        own = line is None
        if line is None:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
            line = self._line
        head = {"Host": "localhost", "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items()), "Accept-Language": "en"}
        if body:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token, "X-Scanner": "1"}
        try:
            line.request(method, path, body or None, head)
            if hang_up:
                time.sleep(self.dice.uniform(0, 0.05))
                raise ConnectionAbortedError
            answer = line.getresponse()
            text = answer.read().decode()
        except BaseException:
            line.close()
            if own:
                self._line = None
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, text, answer.headers.get("Location") or ""

    def _token_of(self, page: str) -> None:
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            self.token = found[1]

    def sign_in(self, username: str, password: str) -> None:
        """As a person does: the login page, name and password."""
        self._token_of(self._ask("GET", "/login/")[1])
        status, page, _ = self._ask("POST", "/login/", urlencode({"username": username, "password": password, "csrfmiddlewaretoken": self.token}))
        assert status == 302, f"signing in was answered with {status}: {_text(page)[:300]}"
        self._token_of(self._ask("GET", "/scan/")[1])

    def begin(self) -> None:
        """Open the flow: a new run."""
        self.run = str(uuid4())
        status, page, _to = self._ask("POST", f"/scan/{self.flow}/", urlencode({"key": self.run, "csrfmiddlewaretoken": self.token}))
        assert status == 303, f"beginning was answered with {status}: {_text(page)[:300]}"
        page = self._ask("GET", f"/scan/run/{self.run}/")[1]
        self._token_of(page)
        self.shown = read(page)

    def send(self, sent: Sent) -> None:
        """Send a scan until it is answered, whatever happens to it on its way.

        Raises: NoAnswer.
        """
        body = urlencode({**sent.fields, "key": sent.key, "seq": self.shown.seq, "csrfmiddlewaretoken": self.token})
        path, chance, disturbed = f"/scan/run/{self.run}/post/", self.dice.randrange(100), False
        text, end = "", time.monotonic() + GIVE_UP_S
        if chance < HUNG_UP:
            self.happened["hung_up"] += 1
            disturbed = True
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._ask("POST", path, body, hang_up=True)
        twin = None
        if HUNG_UP <= chance < HUNG_UP + AT_ONCE:
            self.happened["two_at_once"] += 1
            disturbed = True
            twin = threading.Thread(target=self._twin, args=(path, body), daemon=True)
            twin.start()
        while True:
            began = time.perf_counter()
            try:
                status, text, _ = self._ask("POST", path, body)
            except (OSError, http.client.HTTPException):
                self.happened["broken"] += 1
                disturbed = True
                if time.monotonic() > end:
                    raise NoAnswer from None
                time.sleep(0.3)
                continue
            seconds = time.perf_counter() - began
            if status == 503:
                disturbed = True
                time.sleep(0.3)
                continue
            break
        if twin is not None:
            twin.join()
        after = read(text)
        if status >= 500 or not after.seq:
            self.faults.append(f"{status} for {sent.fields}: {_text(text)[:400]}")
            after = read(self._ask("GET", f"/scan/run/{self.run}/")[1])
        sent.status, sent.said, sent.seconds = status, after.said, None if disturbed else seconds
        sent.posted = status == 200 and " from " in after.said
        if status == 200 and HUNG_UP + AT_ONCE <= chance < HUNG_UP + AT_ONCE + TWICE:
            self.happened["sent_twice"] += 1
            again, text, _ = self._ask("POST", path, body)
            if (again, read(text)) != (200, after):
                self.faults.append(f"a repeat of {sent.fields} was answered {again} {read(text)} after {after}")
        self.shown = after

    def _twin(self, path: str, body: str) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        with contextlib.suppress(OSError, http.client.HTTPException):
            self._ask("POST", path, body, line=line)
            line.close()
