"""Refusals. A refusal is an answer: it says what blocks and what to do, and nothing has changed when it is given."""

from __future__ import annotations

import inspect
import re
from typing import Any, ClassVar

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.words import fillings

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class PackhorseError(Exception):
    """The request was refused."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    advice: ClassVar[str | Promise] = ""
    #: The page of what blocks: its URL's name, and the datum that it takes.
    blocked_by: ClassVar[tuple[str, str] | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = _CAMEL.sub("_", cls.__name__).lower()

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.message)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["data"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def message(self) -> str:
        """The class's docstring in the reader's language, with `{name}` filled from the data."""
        text = gettext(inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0].replace("\n", " "))
        try:
            return text.format(**fillings(self.__dict__["data"]))
        except (KeyError, IndexError):
            return text

    @property
    def remedy(self) -> str:
        """What the reader can do about it, where there is something."""
        text = str(self.advice)
        try:
            return text.format(**fillings(self.__dict__["data"]))
        except (KeyError, IndexError):
            return text

    @property
    def link(self) -> str:
        """The page of what blocks, where there is one."""
        data = self.__dict__["data"]
        if self.blocked_by is None or data.get(self.blocked_by[1]) is None:
            return ""
        try:
            return reverse(self.blocked_by[0], args=[data[self.blocked_by[1]]])
        except NoReverseMatch:
            return ""


class Invalid(PackhorseError):
    """{field}: {reason}"""

    status = 422

    def __init__(self, **data: Any) -> None:
        """`reason` is said in the reader's language, with its `{name}`s filled from the other data."""
        if data.get("reason"):
            reason = gettext(str(data["reason"]))
            others = {name: value for name, value in data.items() if name not in ("field", "reason")}
            try:
                data["reason"] = reason.format(**others) if others else reason
            except (KeyError, IndexError, ValueError):  # braces of what somebody typed
                data["reason"] = reason
        super().__init__(**data)


class NotAllowed(PackhorseError):
    """You may not do this ({permission}) here."""

    status = 403
    advice = _("Ask an owner or manager for the role that includes it.")


class NotFound(PackhorseError):
    """There is no such {kind}: {ref}."""

    status = 404


class KeyReused(PackhorseError):
    """This idempotency key was used before, for another request."""

    status = 422
    advice = _("Send a new key with a new request; repeat a key only to repeat the same request.")


class WrongState(PackhorseError):
    """This {kind} is {state}; that cannot become {wanted}."""


class Busy(PackhorseError):
    """Someone else is changing the same rows just now."""

    status = 503
    advice = _("Try again with the same key.")
