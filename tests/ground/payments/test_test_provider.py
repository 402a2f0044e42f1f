"""The test provider moves money once per key, as its token says, and never more than there is."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.ground.payments import models, selectors
from packhorse.ground.payments.port import Answer, Authorise, Capture, Outcome, Refund, Void
from packhorse.ground.payments.registry import UnknownProvider, names, provider
from tests.at_once import at_once

PROVIDER = provider("test")
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def authorise(amount: int = 5000, token: str = "", key: UUID | None = None) -> Answer:
    return PROVIDER.authorise([Authorise(key or uuid4(), amount, "CAD", token, "PH-1")])[0]


def capture(ref: str, amount: int, key: UUID | None = None, currency: str = "CAD") -> Answer:
    return PROVIDER.capture([Capture(key or uuid4(), ref, amount, currency)])[0]


def refund(ref: str, amount: int) -> Answer:
    return PROVIDER.refund([Refund(uuid4(), ref, amount, "CAD")])[0]


def test_it_authorises_captures_in_parts_and_refunds_in_parts(db: None) -> None:
    with clock.using(clock.VirtualClock(START)):
        made = authorise()
        assert (made.outcome, made.amount_minor, made.expires_at) == (Outcome.DONE, 5000, START + dt.timedelta(days=7))
        assert [capture(made.provider_ref, 2000).done, capture(made.provider_ref, 3000).done] == [True, True]
        assert [refund(made.provider_ref, 1500).done, refund(made.provider_ref, 3500).done] == [True, True]
    assert selectors.test_totals(EVERYTHING) == [selectors.Totals("CAD", 5000, 5000, 5000)]
    assert selectors.test_totals(Scope(client_ids=frozenset({1}))) == []


def test_it_never_captures_or_refunds_too_much(db: None) -> None:
    made = authorise()
    assert capture(made.provider_ref, 5001).reason == "over_capture"
    assert capture(made.provider_ref, 4000).done
    assert (capture(made.provider_ref, 1001).reason, capture(made.provider_ref, -1).reason) == ("over_capture", "over_capture")
    assert refund(made.provider_ref, 4001).reason == "over_refund"
    both = PROVIDER.refund([Refund(uuid4(), made.provider_ref, 3000, "CAD"), Refund(uuid4(), made.provider_ref, 3000, "CAD")])
    assert [a.outcome for a in both] == [Outcome.DONE, Outcome.REFUSED]
    assert capture(made.provider_ref, 1, currency="USD").reason == "currency"
    assert capture("test-999999999", 1).reason == "no_such_authorisation"
    assert capture("nonsense", 1).reason == "no_such_authorisation"
    assert models.TestCharge.objects.values_list("captured_minor", "refunded_minor").get() == (4000, 3000)


def test_the_same_key_hears_the_same_answer_and_moves_nothing_twice(db: None) -> None:
    key, taken = uuid4(), uuid4()
    made = authorise(key=key)
    assert authorise(key=key) == made
    assert capture(made.provider_ref, 2000, taken) == capture(made.provider_ref, 2000, taken)
    same = PROVIDER.authorise([Authorise(key, 1, "CAD"), Authorise(key, 1, "CAD")])
    assert same == [made, made]
    assert models.TestCharge.objects.values_list("captured_minor", flat=True).get() == 2000
    assert models.TestAnswer.objects.count() == 2


def test_tokens_choose_the_outcome(db: None) -> None:
    assert authorise(token="decline") == Answer(models.TestAnswer.objects.get().key, Outcome.DECLINED, reason="insufficient_funds")
    expired = authorise(token="expire")
    assert (expired.done, capture(expired.provider_ref, 1).outcome) == (True, Outcome.EXPIRED)
    stubborn = authorise(token="refuse-capture")
    assert capture(stubborn.provider_ref, 1).outcome is Outcome.REFUSED
    kept = authorise(token="refuse-refund")
    assert (capture(kept.provider_ref, 1).done, refund(kept.provider_ref, 1).done) == (True, False)
    assert authorise(-1).outcome is Outcome.REFUSED


def test_an_authorisation_runs_out_after_a_week_or_when_let_go(db: None) -> None:
    watch = clock.VirtualClock(START)
    with clock.using(watch):
        late, gone = authorise(), authorise()
        assert PROVIDER.void([Void(uuid4(), gone.provider_ref)])[0].done
        assert capture(gone.provider_ref, 1).reason == "voided"
        watch.advance(7 * 24 * 3600)
        assert capture(late.provider_ref, 1).outcome is Outcome.EXPIRED


def test_an_answer_that_got_lost_is_looked_up(db: None) -> None:
    key, taken = uuid4(), uuid4()
    assert authorise(token="unknown", key=key).outcome is Outcome.UNKNOWN
    found = PROVIDER.look_up([key, taken])
    assert (list(found), found[key].done) == ([key], True)
    assert capture(found[key].provider_ref, 700, taken).outcome is Outcome.UNKNOWN
    assert PROVIDER.look_up([taken])[taken].amount_minor == 700
    assert authorise(token="unknown", key=key).done


def test_a_thousand_at_a_time_are_a_handful_of_statements(db: None, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        made = PROVIDER.authorise([Authorise(uuid4(), 100 + n, "CAD") for n in range(1000)])
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        taken = PROVIDER.capture([Capture(uuid4(), a.provider_ref, a.amount_minor, "CAD") for a in made])
    assert all(a.done for a in taken)
    assert sum(a.amount_minor for a in taken) == sum(range(100, 1100))


def test_two_at_once_with_one_key_move_it_once(committed: str) -> None:
    key = uuid4()
    one, two = at_once(lambda: authorise(key=key), lambda: authorise(key=key))
    assert one == two
    assert models.TestCharge.objects.filter(key=key).count() == 1
    keys = uuid4(), uuid4()
    answers = at_once(*(lambda k=k: capture(one.provider_ref, 3000, k) for k in keys))
    assert sorted(a.outcome for a in answers) == [Outcome.DONE, Outcome.REFUSED]


def test_payment_by_promise_says_done_and_remembers_nothing() -> None:
    manual = provider("manual")
    key = uuid4()
    assert [a.outcome for a in manual.authorise([Authorise(key, 500, "CAD")])] == [Outcome.DONE]
    assert manual.capture([Capture(key, "manual-1", 500, "CAD")])[0].amount_minor == 500
    assert manual.look_up([key]) == {}
    assert names() == ["manual", "test"]
    with pytest.raises(UnknownProvider):
        provider("stripe")
