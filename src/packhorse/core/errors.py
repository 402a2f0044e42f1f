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
    #: The page of what blocks: its URL's name, and the datum that it takes (none: a page that takes nothing).
    blocked_by: tuple[str, str] | None = None
    #: Or why there is none to lead to. A test asks every refusal for one of the two.
    no_page: ClassVar[str] = ""

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
        if self.blocked_by is None:
            return ""
        page, datum = self.blocked_by
        args = [self.__dict__["data"].get(datum)] if datum else []
        try:
            return "" if None in args else reverse(page, args=args)
        except NoReverseMatch:
            return ""


class Invalid(PackhorseError):
    """{field}: {reason}"""

    status = 422
    no_page = "what was sent is wrong"

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
    no_page = "somebody gives the permission, nothing stands in the way"
    advice = _("Ask an owner or manager for the role that includes it.")


class NotFound(PackhorseError):
    """There is no such {kind}: {ref}."""

    status = 404
    no_page = "what is not there has no page"


class KeyReused(PackhorseError):
    """This idempotency key was used before, for another request."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _("Send a new key with a new request; repeat a key only to repeat the same request.")


class WrongState(PackhorseError):
    """This {kind} is {state}; that cannot become {wanted}."""

    def __init__(self, *, page: str, **data: Any) -> None:
        """`page` is the URL's name of the kind's page, which takes `id`."""
        self.blocked_by = (page, "id")
        super().__init__(**data)


class Busy(PackhorseError):
    """Someone else is changing the same rows just now."""

    status = 503
    no_page = "it is over in a moment"
    advice = _("Try again with the same key.")
