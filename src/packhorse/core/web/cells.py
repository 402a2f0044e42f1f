"""What stands in a table's cell or beside a fact: links, states, money, quantities, moments, progress. Each is a function of the row that gives safe HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.money import Money, exponent, major
from packhorse.core.words import in_words

Tone = Literal["calm", "busy", "good", "warn", "bad", "off"]
Text = str | Promise
Cell = Callable[[Any], SafeString]

#: What stands where there is nothing.
NOTHING: Final = mark_safe('<span class="nothing">–</span>')


def icon(name: str, label: Text = "") -> SafeString:
    """An icon of the sprite (`core/icons.svg`); with a label it speaks, without one it is decoration."""
    from django.templatetags.static import static

    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, static("core/icons.svg"), name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("core/icons.svg"), name)


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word, an icon and a colour."""

    word: Text
    tone: Tone = "calm"
    icon: str = ""

    def __html__(self) -> str:
        assert self.tone in get_args(Tone), self.tone
        return format_html('<span class="badge {}">{}{}</span>', self.tone, icon(self.icon or _ICON_OF[self.tone]), self.word)


_ICON_OF: Final[Mapping[str, str]] = {"calm": "circle", "busy": "half", "good": "check", "warn": "alert", "bad": "stop", "off": "minus"}

_STATES: Final[tuple[tuple[Tone, str], ...]] = (
    ("calm", "new open draft planned waiting expected requested accepted pending queued authorised authorized active available"),
    (
        "busy",
        "released picking packing shipping buying running started in_progress in_transit partly partial receiving inspecting allocated assigned out_for_delivery",
    ),
    (
        "good",
        "done closed complete completed received picked packed shipped delivered captured paid refunded approved restocked resolved counted sent confirmed verified bought",
    ),
    ("warn", "held on_hold short backordered late at_risk exception expiring quarantine quarantined unverified expired ambiguous unknown blocked parked"),
    ("bad", "failed refused rejected declined lost damaged error overdue"),
    ("off", "cancelled canceled void voided archived skipped inactive revoked"),
)
_TONE_OF: Final[Mapping[str, Tone]] = {word: tone for tone, words in _STATES for word in words.split()}


def badge(state: Any, words: Mapping[Any, Badge] | None = None) -> Badge:
    """The badge of a stored state: from `words`, else the state's own label (or its name in words) in the tone that usual states have."""
    if words and state in words:
        return words[state]
    label = getattr(state, "label", None) or capfirst(in_words(str(state)))
    return Badge(label, _TONE_OF.get(str(state).lower(), "calm"))


def value_of(row: Any, key: str) -> Any:
    """An attribute of a row by dotted name; None where a step on the way is None."""
    for part in key.split("."):
        row = row.get(part) if isinstance(row, Mapping) else getattr(row, part)
        if row is None:
            return None
    return row


def show(value: Any) -> SafeString:
    """Any value as it usually looks: Money, Badge, moments, days, numbers, yes and no, text."""
    if value is None or value == "":
        return NOTHING
    if hasattr(value, "__html__"):
        return SafeString(value.__html__())
    if isinstance(value, bool):
        return show(Badge(_("Yes"), "good") if value else Badge(_("No"), "off"))
    if isinstance(value, Money):
        return show_money(value)
    if isinstance(value, dt.datetime):
        return show_moment(value)
    if isinstance(value, dt.date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(value, "DATE_FORMAT"))
    if isinstance(value, int | Decimal):
        return format_html('<span class="number">{}</span>', formats.number_format(value, use_l10n=True, force_grouping=True))
    return format_html("{}", value)


def show_money(value: Money) -> SafeString:
    """1,234.50 CAD, in the reader's number format; a minus stays with its number."""
    places = exponent(value.currency)
    number = formats.number_format(Decimal(value.amount_minor).scaleb(-places), decimal_pos=places, use_l10n=True, force_grouping=True)
    return format_html('<span class="money">{} <abbr>{}</abbr></span>', number.replace("-", "\u2212"), value.currency)


def relative(moment: dt.datetime, now: dt.datetime | None = None) -> str:
    """How far away a moment is, in one unit: “5 min ago”, “in 3 h”, “2 days ago”."""
    seconds = int(((now or clock.now()) - moment).total_seconds())
    past, away = seconds >= 0, abs(seconds)
    if away < 45:
        return gettext("just now") if past else gettext("now")
    if away < 2700:
        words = gettext("%d min") % max(1, round(away / 60))
    elif away < 79200:
        words = gettext("%d h") % max(1, round(away / 3600))
    else:
        days = max(1, round(away / 86400))
        if days > 60:
            return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")
        words = ngettext("%d day", "%d days", days) % days
    return (gettext("%s ago") if past else gettext("in %s")) % words


def exact(moment: dt.datetime) -> str:
    """A moment in the current zone, with the zone: 2026-11-23 14:05 EST."""
    local = timezone.localtime(moment)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def show_moment(moment: dt.datetime) -> SafeString:
    """Relative, exact on hover, in the zone that is current."""
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), relative(moment))


def text(key: str) -> Cell:
    """The value as it usually looks (`show`); a number or a code in letters stays on one line."""

    def cell(row: Any) -> SafeString:
        value = value_of(row, key)
        return format_html('<span class="code">{}</span>', value) if isinstance(value, str) and _is_code(value) else show(value)

    return cell


def sentence(words: Text) -> SafeString:
    """A sentence or two, which need room: a wide column, on a phone the whole width."""
    return format_html('<span class="in-words">{}</span>', words)


def _is_code(words: str) -> bool:
    return 0 < len(words) <= 24 and " " not in words


def link(key: str, url: str, *args: str) -> Cell:
    """The value as a link to a named URL whose arguments are the row's attributes `args` (`id` where none are named)."""
    keys = args or ("id",)

    def cell(row: Any) -> SafeString:
        values = [value_of(row, k) for k in keys]
        shown = show(value_of(row, key))
        if None in values:
            return shown
        return format_html('<a class="{}" href="{}">{}</a>', "code" if _is_code(shown) else "", reverse(url, args=values), shown)

    return cell


def state(key: str, words: Mapping[Any, Badge] | None = None) -> Cell:
    """A stored state as a badge."""

    def cell(row: Any) -> SafeString:
        value = value_of(row, key)
        return NOTHING if value is None or value == "" else show(badge(value, words))

    return cell


def money(key: str, currency: str = "currency") -> Cell:
    """A `Money`, or an amount in minor units whose currency stands in the row's attribute `currency`."""

    def cell(row: Any) -> SafeString:
        value = value_of(row, key)
        if value is None:
            return NOTHING
        return show_money(value if isinstance(value, Money) else Money(value, value_of(row, currency)))

    return cell


def quantity(key: str, unit: Text = "") -> Cell:
    """A number, with its unit where one is given."""

    def cell(row: Any) -> SafeString:
        value = value_of(row, key)
        return show(value) if value is None or not unit else format_html("{} <abbr>{}</abbr>", show(value), unit)

    return cell


def moment(key: str) -> Cell:
    return text(key)


def show_weight(grams: int) -> SafeString:
    if abs(grams) < 1000:
        return format_html('<span class="number">{} <abbr>g</abbr></span>', grams)
    return format_html('<span class="number">{} <abbr>kg</abbr></span>', formats.number_format(Decimal(grams) / 1000, decimal_pos=2, use_l10n=True))


def weight(key: str) -> Cell:
    """Grams, shown as g or kg."""

    def cell(row: Any) -> SafeString:
        value = value_of(row, key)
        return NOTHING if value is None else show_weight(value)

    return cell


def show_progress(done: int, total: int) -> SafeString:
    """How much of how much, as a bar and in figures."""
    return format_html(
        '<span class="progress"><progress value="{}" max="{}" aria-label="{}"></progress><span class="number">{}/{}</span></span>',
        min(done, total), max(total, 1), gettext("%(done)d of %(total)d") % {"done": done, "total": total}, done, total,
    )  # fmt: skip


def progress(done: str, total: str) -> Cell:
    return lambda row: show_progress(value_of(row, done) or 0, value_of(row, total) or 0)


def plain(value: Any) -> str:
    """Any value as one field of a CSV file: money as a decimal with currency, moments in ISO 8601, badges by their word. Never starts a formula in a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, Badge):
        return str(value.word)
    if isinstance(value, Money):
        return f"{major(value.amount_minor, value.currency)} {value.currency}"
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, bool | int | float | Decimal):
        return str(value)
    words = str(getattr(value, "label", value))
    return f"'{words}" if words[:1] in "=+-@\t\r" and words else words
