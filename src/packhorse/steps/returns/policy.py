"""Who may return what: the terms, the rule that decides, and the rule in words. Pure: facts come in, a decision goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as now_, gettext_lazy as _, ngettext

from packhorse.core.money import Money
from packhorse.steps.returns.types import PolicyTerms

#: Why goods come back. The first word is what is stored.
REASONS: Final[dict[str, Promise]] = {
    "unwanted": _("Changed my mind"),
    "does_not_fit": _("Does not fit"),
    "not_as_described": _("Not as described"),
    "damaged": _("Arrived damaged"),
    "defective": _("Does not work"),
    "wrong_item": _("Not what I ordered"),
    "late": _("Arrived too late"),
    "other": _("Other"),
}
#: Reasons that are ours to answer for: no fee, and final sale does not stand against them.
OUR_FAULT: Final = frozenset({"not_as_described", "damaged", "defective", "wrong_item", "late"})

#: The terms of a client who has set none.
DEFAULT: Final = PolicyTerms()

_WORDS: Final[dict[str, Promise]] = {
    "within_window": _("Approved: asked on day {days} of the {window} days in which this can be returned."),
    "not_delivered": _("Approved: the {window} days in which this can be returned begin when the parcel arrives."),
    "window_over": _("Refused: the {window} days in which this can be returned were over ({days} days since delivery)."),
    "final_sale": _("Refused: {skus} was sold as final sale and cannot be returned."),
    "review": _("We look at returns above {limit} ourselves before we approve them."),
    "approved_by_hand": _("Approved by our service. {note}"),
    "refused_by_hand": _("Refused by our service: {note}"),
    "blind": _("Found at the door without a return; nobody had asked for it."),
    "matched": _("Found at the door and matched to its order."),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision rests on. `days_since_delivery` None: not delivered yet. `lines`: (SKU, reason)."""

    days_since_delivery: int | None
    value_minor: int
    currency: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The state that a return begins in, and the rule that made it so."""

    state: str
    code: str
    data: dict[str, Any]


def decide(terms: PolicyTerms, facts: Facts) -> Decision:
    """Approved, refused, or left for a person to look at (requested). The first rule that applies decides."""
    final = sorted({sku for sku, reason in facts.lines if sku in terms.final_sale and reason not in OUR_FAULT})
    if final:
        return Decision("refused", "final_sale", {"skus": ", ".join(final)})
    days, window = facts.days_since_delivery, terms.window_days
    if days is not None and days > window:
        return Decision("refused", "window_over", {"days": days, "window": window})
    if terms.review_above_minor is not None and facts.value_minor > terms.review_above_minor:
        return Decision("requested", "review", {"limit_minor": terms.review_above_minor, "currency": facts.currency})
    if days is None:
        return Decision("approved", "not_delivered", {"window": window})
    return Decision("approved", "within_window", {"days": days, "window": window})


def fee_for(terms: PolicyTerms, reasons: Sequence[str]) -> int:
    """The return's fee in minor units: none where all of it is our fault."""
    return 0 if all(r in OUR_FAULT for r in reasons) else terms.fee_minor


def words(code: str, data: dict[str, Any]) -> str:
    """The rule that decided, in the reader's language."""
    filled = dict(data)
    if "limit_minor" in filled:
        filled["limit"] = str(Money(filled["limit_minor"], filled["currency"]))
    return str(_WORDS[code]).format(**filled).strip()


def in_words(terms: PolicyTerms, currency: str) -> list[str]:
    """The policy in plain language, a sentence each: what the policy page shows."""
    said = [
        ngettext(
            "You can return what you bought within %(days)d day of its delivery.", "You can return what you bought within %(days)d days of its delivery.",
            terms.window_days,
        ) % {"days": terms.window_days},
        now_("We send you a label; the way back costs you nothing.") if terms.label_paid_by == "merchant" else now_("You choose how to send it back, and pay for it."),
        ngettext(
            "Please send it within %(days)d day after we approved the return.", "Please send it within %(days)d days after we approved the return.", terms.send_within_days
        ) % {"days": terms.send_within_days},
    ]  # fmt: skip
    if terms.fee_minor:
        said.append(
            now_("We keep %(fee)s of each refund for the handling – unless the return is our fault: damaged, defective, wrong, late or not as described.")
            % {"fee": Money(terms.fee_minor, currency)}
        )
    said.append(now_("You get back exactly what you paid for what you return, by the way you paid."))
    if terms.refund_charges == "whole":
        said.append(now_("If everything of an order comes back, we also refund what you paid for its delivery."))
    else:
        said.append(now_("What you paid for delivery is not refunded."))
    if terms.review_above_minor is not None:
        said.append(now_("Returns above %(limit)s are looked at by a person before we approve them.") % {"limit": Money(terms.review_above_minor, currency)})
    if terms.final_sale:
        said.append(now_("Final sale, which cannot be returned unless it is our fault: %(skus)s.") % {"skus": ", ".join(terms.final_sale)})
    return said
