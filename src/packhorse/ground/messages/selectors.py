"""Questions about messages and alerts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.ground.messages import rules, wording
from packhorse.ground.messages.models import Alert, Message, Wording
from packhorse.ground.messages.types import AlertInfo, MessageInfo


def _info(m: Message) -> MessageInfo:
    return MessageInfo(
        id=m.pk,
        client_id=m.client_id,
        order_id=m.order_id,
        template=m.template,
        subject=Ref(m.subject_kind, m.subject_id),
        channel=m.channel,
        language=m.language,
        recipient=m.recipient,
        title=m.title,
        body=m.body,
        state=m.state,
        attempts=m.attempts,
        error=m.error,
        queued_at=m.queued_at,
        sent_at=m.sent_at,
    )


def messages_of(scope: Scope, order_id: int) -> list[MessageInfo]:
    """What the customer of an order was told, oldest first."""
    return [_info(m) for m in Message.objects.filter(order_id=order_id, **scope.filters()).order_by("pk")]


def messages_by_id(scope: Scope, ids: list[int]) -> list[MessageInfo]:
    """Those messages, in the order of their ids."""
    return [_info(m) for m in Message.objects.filter(pk__in=ids, **scope.filters()).order_by("pk")]


def messages(scope: Scope, query: ListQuery) -> Page[MessageInfo]:
    """Messages, newest first. Filters: `state`, `template`, `client`. Search: the recipient, exactly or by its beginning."""
    rows = Message.objects.filter(**scope.filters())
    if states := query.many("state"):
        rows = rows.filter(state__in=states)
    if templates := query.many("template"):
        rows = rows.filter(template__in=templates)
    if (client := query.number("client")) is not None:
        rows = rows.filter(client_id=client)
    if query.search:
        rows = rows.filter(Q(recipient__istartswith=query.search) | Q(title__icontains=query.search))
    return paginate(rows, query, make=_info, default="-id")


def message(scope: Scope, message_id: int) -> MessageInfo:
    """Raises: NotFound."""
    found = messages_by_id(scope, [message_id])
    if not found:
        raise NotFound(kind="message", ref=str(message_id))
    return found[0]


def own_words(scope: Scope) -> set[tuple[int, str, str]]:
    """(client, template, language) of all wordings that clients have of their own."""
    return {(row[0], row[1], row[2]) for row in Wording.objects.filter(**scope.filters()).values_list("client_id", "template", "language")}


def words(scope: Scope, client_id: int, template: str, language: str) -> tuple[str, str, bool]:
    """(title, body, whether they are the client's own) of a template.   Raises: NotFound, UnknownTemplate."""
    if not scope.sees_client(client_id):
        raise NotFound(kind="client", ref=str(client_id))
    own = Wording.objects.filter(client_id=client_id, template=template, language=language).first()
    return (own.title, own.body, True) if own else (*wording.of_house(template, language), False)


def _alert(a: Alert) -> AlertInfo:
    return AlertInfo(
        id=a.pk,
        rule=a.rule,
        severity=a.severity,
        subject=Ref(a.subject_kind, a.subject_id),
        owner_role=a.owner_role,
        client_id=a.client_id,
        warehouse_id=a.warehouse_id,
        order_id=a.order_id,
        detail=a.detail,
        deadline=a.deadline,
        opened_at=a.opened_at,
        snoozed_until=a.snoozed_until,
        closed_at=a.closed_at,
    )


def _alerts(scope: Scope) -> QuerySet[Alert]:
    rows = Alert.objects.filter(**scope.filters())
    if scope.warehouse_ids is not None:
        rows = rows.filter(Q(warehouse_id__in=sorted(scope.warehouse_ids)) | Q(warehouse_id=None))
    return rows


def open_alerts(scope: Scope, *, owner_roles: frozenset[str] | None = None, order_id: int | None = None, limit: int = 100) -> list[AlertInfo]:
    """Alerts that are open and not put off: critical first, then by deadline, then by age. `owner_roles`: only those that these roles answer for."""
    now = clock.now()
    rows = _alerts(scope).filter(closed_at=None).filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    if owner_roles is not None and not owner_roles & {"owner", "manager", "system"}:
        rows = rows.filter(owner_role__in=sorted(owner_roles))
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    weight = {"critical": 0, "warning": 1, "info": 2}
    found = sorted(rows.order_by("opened_at")[:2000], key=lambda a: (weight[a.severity], a.deadline is None, a.deadline or a.opened_at, a.pk))
    return [_alert(a) for a in found[:limit]]


def alerts(scope: Scope, query: ListQuery) -> Page[AlertInfo]:
    """Alerts, newest first. Filters: `open` (yes, no), `rule`, `severity`, `owner`."""
    rows = _alerts(scope)
    if (is_open := query.one("open")) in ("yes", "no"):
        rows = rows.filter(closed_at__isnull=is_open == "yes")
    for name, field in (("rule", "rule"), ("severity", "severity"), ("owner", "owner_role")):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{field}__in": wanted})
    return paginate(rows, query, make=_alert, default="-id")


def sentence(alert: AlertInfo) -> str:
    """What an alert says, in the reader's language."""
    return rules.sentence_of(alert.rule, alert.detail)
