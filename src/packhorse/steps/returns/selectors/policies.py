"""The terms of return."""

from __future__ import annotations

from typing import Any

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.returns.models import ReturnPolicy
from packhorse.steps.returns.policy import DEFAULT, in_words
from packhorse.steps.returns.types import PolicyInfo, PolicyTerms


def _info(p: Any) -> PolicyInfo:
    terms = PolicyTerms(p.window_days, p.label_paid_by, p.fee_minor, p.refund_charges, p.review_above_minor, p.send_within_days, tuple(p.final_sale))
    return PolicyInfo(p.client_id, p.country, terms, p.since)


def policy(scope: Scope, client_id: int, country: str = "") -> PolicyInfo:
    """The terms that count now for a client's customers in a country: the country's own, else the client's, else the house's.

    Raises: NotFound (also where the scope does not see the client).
    """
    if not scope.sees_client(client_id):
        raise NotFound(kind="client", ref=str(client_id))
    rows = ReturnPolicy.objects.filter(client_id=client_id, country__in={country, ""}, since__lte=clock.now())
    found = rows.order_by("-country", "-since", "-pk").first()
    return _info(found) if found else PolicyInfo(client_id, "", DEFAULT, None)


def policy_page(scope: Scope, query: ListQuery) -> Page[PolicyInfo]:
    """Terms that were set, the newest first."""
    return paginate(ReturnPolicy.objects.filter(**scope.filters()), query, make=_info)


def policy_words(scope: Scope, client_id: int, country: str = "") -> list[str]:
    """The policy page: what counts now, in plain language, a sentence each.

    Raises: NotFound.
    """
    found = policy(scope, client_id, country)
    return in_words(found.terms, catalog.client(scope, client_id).currency)
