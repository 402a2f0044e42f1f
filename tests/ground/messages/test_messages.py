"""Messages are queued once in the caller's transaction, sent, tried again, and forgotten in time."""

from __future__ import annotations

import datetime as dt
import json
import smtplib
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope, authorize, system
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog.types import ClientInfo
from packhorse.ground.messages import jobs, selectors, services, wording
from packhorse.ground.messages.errors import BadWording, NotFailed, UnknownTemplate
from packhorse.ground.messages.models import Alert, Message
from packhorse.ground.messages.queue import close_alerts, queue, raise_alerts
from packhorse.ground.messages.types import TEMPLATES, NewAlert, NewMessage
from tests.at_once import at_once
from tests.ground.conftest import HOUSE, actor, make_client

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
VALUES = {"name": "Zoé Roy", "order_number": "PH-100", "carrier": "Tariff", "tracking_url": "https://shop.example/t/abc"}


class Failing(EmailBackend):
    """A mail server that does not answer, or refuses a recipient."""

    def send_messages(self, messages: Any) -> int:
        if "nobody" in messages[0].to[0]:
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such user")})
        raise ConnectionResetError("gone")


@use_case
def tell(*, key: UUID, actor: Actor, messages: list[NewMessage]) -> int:
    """What a step does: queue within its own use case."""
    authorize(actor, "run_system")
    return queue(messages)


def shipped(client: ClientInfo, subject: int = 1, **change: Any) -> NewMessage:
    asked = {"recipient": "zoe@example.com", "client_id": client.id, "order_id": 77, "values": VALUES, **change}
    return NewMessage("shipped", Ref("shipping.shipment", subject), **asked)


def told(*messages: NewMessage) -> int:
    return tell(key=uuid4(), actor=HOUSE, messages=list(messages))


def test_they_are_rendered_when_queued_and_queued_once(acme: ClientInfo) -> None:
    assert told(shipped(acme), shipped(acme, 2, language="fr"), shipped(acme, 3, recipient="")) == 2
    assert told(shipped(acme)) == 0
    first, second = selectors.messages_of(EVERYTHING, 77)
    assert (first.title, second.title) == ("Order PH-100 is on its way", "La commande PH-100 est en route")
    assert first.body.startswith("Hello Zoé Roy,\n")
    assert "with Tariff" in first.body
    assert "Tracking number" not in first.body
    assert first.body.endswith("Acme Goods\nhelp@acme.example\n")
    assert selectors.messages_of(Scope(client_ids=frozenset({0})), 77) == []
    assert [m.id for m in selectors.messages(EVERYTHING, ListQuery(search="zoe@")).rows] == [second.id, first.id]
    with pytest.raises(NotFound):
        selectors.message(Scope(client_ids=frozenset({0})), first.id)


def test_every_template_fills_in_both_languages() -> None:
    for template, names in TEMPLATES.items():
        for language in ("en", "fr"):
            title, body = wording.of_house(template, language)
            wording.check(template, title, body)
            filled = wording.fill(title, body, dict.fromkeys({*names, "client", "support_email", "order_number", "name"}, "VALUE"))
            assert "VALUE" in "".join(filled)
            assert "{" not in "".join(filled)
        assert wording.of_house(template, "en") != wording.of_house(template, "fr")
    with pytest.raises(UnknownTemplate):
        wording.of_house("secret", "en")


def test_the_job_sends_them_in_the_clients_name(acme: ClientInfo) -> None:
    told(shipped(acme), shipped(acme, 2))
    jobs.send_queued(key=uuid4())
    assert [m.subject for m in mail.outbox] == ["Order PH-100 is on its way"] * 2
    sent = mail.outbox[0]
    assert (sent.from_email, sent.reply_to, sent.to) == ("Acme Goods <orders@packhorse.invalid>", ["help@acme.example"], ["zoe@example.com"])
    assert sent.extra_headers["Message-ID"] != mail.outbox[1].extra_headers["Message-ID"]
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert JournalEntry.objects.filter(event="messages.message_sent", order_id=77).count() == 2
    jobs.send_queued(key=uuid4())
    assert len(mail.outbox) == 2


def test_what_fails_is_tried_again_later_and_then_alerts(acme: ClientInfo, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    watch = clock.VirtualClock(START)
    with clock.using(watch):
        told(shipped(acme))
        waits = []
        for _ in range(6):
            jobs.send_queued(key=uuid4())
            message = Message.objects.get()
            waits.append(round((message.next_attempt_at - watch.now()).total_seconds() / 60))
            watch.advance_to(message.next_attempt_at)
        assert waits == [1, 4, 16, 64, 256, 1024]
        assert (message.state, message.attempts) == ("failed", 6)
        (alert,) = selectors.open_alerts(EVERYTHING)
        assert (alert.rule, alert.owner_role, alert.order_id) == ("message_failed", "service", 77)
        assert selectors.sentence(alert) == "A message to the customer could not be sent (shipped): ConnectionResetError"
        assert "example.com" not in json.dumps(alert.detail)
        assert services.retry_message(key=uuid4(), actor=HOUSE, message_id=message.pk, recipient="zoe@example.org") == message.pk
        assert selectors.open_alerts(EVERYTHING) == []
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        jobs.send_queued(key=uuid4())
    assert mail.outbox[0].to == ["zoe@example.org"]
    with pytest.raises(NotFailed):
        services.retry_message(key=uuid4(), actor=HOUSE, message_id=message.pk)
    with pytest.raises(NotFound):
        services.retry_message(key=uuid4(), actor=HOUSE, message_id=0)
    with pytest.raises(NotAllowed):
        services.retry_message(key=uuid4(), actor=actor("picker"), message_id=message.pk)


def test_a_recipient_who_does_not_exist_is_not_tried_again(acme: ClientInfo, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    told(shipped(acme, recipient="nobody@example.com"))
    jobs.send_queued(key=uuid4())
    assert Message.objects.values_list("state", "attempts").get() == ("failed", 1)


def test_a_sender_that_died_leaves_them_to_the_next_one(acme: ClientInfo) -> None:
    watch = clock.VirtualClock(START)
    with clock.using(watch):
        told(shipped(acme))
        ids = services.claim_messages(key=uuid4(), actor=HOUSE)
        assert (len(ids), services.claim_messages(key=uuid4(), actor=HOUSE)) == (1, [])
        watch.advance(services.LEASE.total_seconds())
        assert services.claim_messages(key=uuid4(), actor=HOUSE) == ids


def test_text_messages_go_to_the_built_in_sender(acme: ClientInfo, settings: Any, tmp_path: Path) -> None:
    settings.PACKHORSE_SMS_FILE = str(tmp_path / "sms" / "sent.jsonl")
    told(shipped(acme, channel="sms", recipient="+15145550100"), shipped(acme, 2, channel="sms", recipient="555"))
    jobs.send_queued(key=uuid4())
    (line,) = Path(settings.PACKHORSE_SMS_FILE).read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["to"] == "+15145550100"
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed"]


def test_a_client_has_its_own_words(acme: ClientInfo) -> None:
    asked: Any = {"client_id": acme.id, "template": "shipped", "language": "en"}
    assert services.set_wording(
        key=uuid4(), actor=HOUSE, **asked, title="{{ order_number }} is coming!", body="Hi {{ name }}{% if carrier %} by {{ carrier }}{% endif %}"
    )
    told(shipped(acme))
    (message,) = selectors.messages_of(EVERYTHING, 77)
    assert (message.title, message.body) == ("PH-100 is coming!", "Hi Zoé Roy by Tariff")
    assert selectors.words(EVERYTHING, acme.id, "shipped", "en")[2]
    assert services.set_wording(key=uuid4(), actor=HOUSE, **asked, title="", body="") == 0
    assert not selectors.words(EVERYTHING, acme.id, "shipped", "en")[2]


@pytest.mark.parametrize(
    "body",
    [
        "{% load static %}",
        "{% include 'x' %}",
        "{{ secret }}",
        "{{ name|upper }}",
        "{{ name.__class__ }}",
        "{% if name %}{% for a in name %}{% endfor %}{% endif %}",
        "{% if name %}",
    ],
)
def test_words_reach_the_values_of_the_message_and_nothing_else(acme: ClientInfo, body: str) -> None:
    asked: Any = {"client_id": acme.id, "template": "shipped", "language": "en", "title": "T"}
    with pytest.raises(BadWording):
        services.set_wording(key=uuid4(), actor=HOUSE, **asked, body=body)


def test_words_are_chosen_by_those_who_may(acme: ClientInfo) -> None:
    asked = {"template": "shipped", "language": "en", "title": "T", "body": "B"}
    with pytest.raises(NotAllowed):
        services.set_wording(key=uuid4(), actor=actor("picker"), client_id=acme.id, **asked)
    with pytest.raises(Invalid):
        services.set_wording(key=uuid4(), actor=HOUSE, client_id=acme.id, **{**asked, "language": "xx"})
    with pytest.raises(NotFound):
        selectors.words(Scope(client_ids=frozenset()), acme.id, "shipped", "en")


def test_they_are_forgotten_when_their_time_has_passed(acme: ClientInfo) -> None:
    watch = clock.VirtualClock(START)
    with clock.using(watch):
        told(shipped(acme))
        jobs.send_queued(key=uuid4())
        jobs.erase_old(key=uuid4())
        assert Message.objects.get().recipient == "zoe@example.com"
        watch.advance(181 * 24 * 3600)
        jobs.erase_old(key=uuid4())
    message = Message.objects.get()
    assert (message.recipient, message.title, message.body, message.state) == ("", "", "", "sent")
    assert message.erased_at is not None


@use_case
def point(*, key: UUID, actor: Actor, alerts: list[NewAlert]) -> int:
    """What a step does: alert within its own use case."""
    authorize(actor, "run_system")
    return raise_alerts(alerts)


@use_case
def mend(*, key: UUID, actor: Actor, ids: list[int]) -> int:
    """What a step does: the fact has ended."""
    authorize(actor, "run_system")
    return close_alerts("stuck", "delivery.parcel", ids)


def stuck(subject: int, **change: Any) -> NewAlert:
    return NewAlert("stuck", Ref("delivery.parcel", subject), "service", **change)


def test_one_alert_is_open_per_rule_and_subject(acme: ClientInfo) -> None:
    assert point(key=uuid4(), actor=HOUSE, alerts=[stuck(1, client_id=acme.id), stuck(2, severity="critical")]) == 2
    assert point(key=uuid4(), actor=HOUSE, alerts=[stuck(1)]) == 0
    assert [a.subject.id for a in selectors.open_alerts(EVERYTHING)] == [2, 1]
    assert [a.subject.id for a in selectors.open_alerts(Scope(client_ids=frozenset({acme.id})))] == [1]
    assert selectors.open_alerts(EVERYTHING, owner_roles=frozenset({"packer"})) == []
    assert len(selectors.open_alerts(EVERYTHING, owner_roles=frozenset({"owner"}))) == 2
    assert mend(key=uuid4(), actor=HOUSE, ids=[1, 3]) == 1
    assert point(key=uuid4(), actor=HOUSE, alerts=[stuck(1)]) == 1
    assert Alert.objects.count() == 3
    assert len(selectors.alerts(EVERYTHING, ListQuery(filters={"open": ("no",)})).rows) == 1


def test_an_alert_is_put_off_and_comes_back(acme: ClientInfo) -> None:
    watch = clock.VirtualClock(START)
    with clock.using(watch):
        point(key=uuid4(), actor=HOUSE, alerts=[stuck(1)])
        (alert,) = selectors.open_alerts(EVERYTHING)
        services.snooze_alert(key=uuid4(), actor=HOUSE, alert_id=alert.id, until=START + dt.timedelta(hours=1))
        assert selectors.open_alerts(EVERYTHING) == []
        watch.advance(3600)
        assert [a.id for a in selectors.open_alerts(EVERYTHING)] == [alert.id]
        mend(key=uuid4(), actor=HOUSE, ids=[1])
        with pytest.raises(NotFound):
            services.snooze_alert(key=uuid4(), actor=HOUSE, alert_id=alert.id, until=START)
        with pytest.raises(NotAllowed):
            services.snooze_alert(key=uuid4(), actor=actor("driver"), alert_id=alert.id, until=START)


def test_two_at_once_queue_once_and_claim_apart(committed: str) -> None:
    client = make_client("MAILS")
    answers = at_once(
        lambda: tell(key=uuid4(), actor=HOUSE, messages=[shipped(client, n) for n in range(50)]),
        lambda: tell(key=uuid4(), actor=system("other"), messages=[shipped(client, n) for n in range(50)]),
    )
    assert sum(answers) == 50
    one, two = at_once(*(lambda w=who: services.claim_messages(key=uuid4(), actor=system(w), limit=25) for who in ("a", "b")))
    assert (len(one), len(two), set(one) & set(two)) == (25, 25, set())
