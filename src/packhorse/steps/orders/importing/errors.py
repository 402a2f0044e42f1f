"""Refusals of a whole file. A single broken line is never refused: it is quarantined."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class FileNotReadable(PackhorseError):
    """{file} cannot be opened: {reason}."""

    status = 422
    no_page = "what was sent is wrong"


class UnknownFormat(PackhorseError):
    """{file} is none of the formats that orders are imported from."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _(
        "It must be Online Retail (CSV or parquet), the plain order CSV, or JSON lines with one order a line. "
        "See docs/howto/import-orders.md, or name the format with --preset."
    )


class ColumnsMissing(PackhorseError):
    """{file} lacks the columns {columns}."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _("The first row must name the columns. See docs/howto/import-orders.md for the template.")


class UnknownOption(PackhorseError):
    """{option}: {value} is not known."""

    status = 422
    no_page = "what was sent is wrong"
