"""Questions about people. Only those who manage the whole house ask them; names go to others without limits on clients."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from packhorse.core import clock, sql
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.models import Command, JournalEntry
from packhorse.core.timeline import sentence_of
from packhorse.ground.people import known_keys, secrets
from packhorse.ground.people.models import ApiKey, Badge, Device, SecondFactor, User
from packhorse.ground.people.types import ApiKeyInfo, AuditRow, DeviceInfo, Role, SignIn, UserRow

_USED_EVERY = dt.timedelta(minutes=1)
_NOBODY = bytes(32)


def _limited(scope: Scope) -> bool:
    return scope.client_ids is not None or scope.warehouse_ids is not None


def actor_for_key(raw: str) -> Actor | None:
    """The actor that an API key stands for; None for a key that is unknown or revoked. Notes the use, at most once a minute.

    A good key is known for a second without asking again (`known_keys`): revoked by another process, it may open the door for so long.
    """
    digest = secrets.sha256(raw)
    return known_keys.actor(digest) or _ask_for_key(raw, digest)


def _ask_for_key(raw: str, digest: bytes) -> Actor | None:
    mark = known_keys.mark()
    found = sql.rows(
        "SELECT id, secret_sha256, role, permissions, client_ids, warehouse_ids, last_used_at FROM people_apikey WHERE prefix = %s AND revoked_at IS NULL",
        [secrets.prefix_of(raw)],
        often=True,
    )
    pk, kept, role, permissions, clients, warehouses, used = found[0] if found else (0, _NOBODY, "", [], [], [], None)
    if not hmac.compare_digest(bytes(kept), digest) or not found:
        return None
    now = clock.now()
    if used is None or used < now - _USED_EVERY:
        sql.run("UPDATE people_apikey SET last_used_at = %s WHERE id = %s", [now, pk])
    actor = ApiKey(pk=pk, role=role, permissions=permissions, client_ids=clients, warehouse_ids=warehouses).actor()
    known_keys.remember(digest, actor, mark)
    return actor


def has_owner() -> bool:
    """Whether anybody owns this house yet (an active user)."""
    return User.objects.filter(is_active=True, memberships__role="owner").exists()


def _rows(users: list[Any]) -> list[UserRow]:
    return [
        UserRow(
            id=u.pk,
            username=u.username,
            name=u.name,
            email=u.email,
            language=u.language,
            is_active=u.is_active,
            roles=tuple(Role(id=m.pk, role=m.role, client_id=m.client_id, warehouse_id=m.warehouse_id) for m in u.memberships.all()),
            has_badge=u.has_badge,
            has_totp=u.has_totp,
            last_login=u.last_login,
            created_at=u.created_at,
        )
        for u in users
    ]


def _users(scope: Scope) -> QuerySet[User, User]:
    rows: QuerySet[Any, Any] = User.objects.prefetch_related("memberships").annotate(
        has_badge=Exists(Badge.objects.filter(user=OuterRef("pk"), revoked_at=None)),
        has_totp=Exists(SecondFactor.objects.filter(user=OuterRef("pk"), confirmed=True)),
    )
    return rows.none() if _limited(scope) else rows


def users(scope: Scope, query: ListQuery) -> Page[UserRow]:
    """Accounts, by name. Filters: `role`, `active` (yes, no)."""
    rows = _users(scope)
    if query.search:
        rows = rows.filter(Q(username__icontains=query.search) | Q(name__icontains=query.search) | Q(email__icontains=query.search))
    if roles := query.many("role"):
        rows = rows.filter(pk__in=User.objects.filter(memberships__role__in=roles).values("pk"))
    if (active := query.one("active")) in ("yes", "no"):
        rows = rows.filter(is_active=active == "yes")
    return paginate(rows, query, make=lambda u: _rows([u])[0], many=_rows, sorts={"username": "username", "name": "name"}, default="username")


def user(scope: Scope, user_id: int) -> UserRow:
    """Raises: NotFound."""
    found = list(_users(scope).filter(pk=user_id))
    if not found:
        raise NotFound(kind="user", ref=str(user_id))
    return _rows(found)[0]


def names(scope: Scope, principals: Iterable[str]) -> dict[str, str]:
    """Principals as people read them: users by name, keys by name, the house by its part. A reader limited to clients sees that it was the staff, not who."""
    found: dict[str, str] = {}
    wanted = set(principals)
    ids: dict[str, set[int]] = {"user": set(), "key": set()}
    for principal in wanted:
        kind, _, rest = principal.partition(":")
        if kind in ids and rest.isdigit():
            ids[kind].add(int(rest))
            found[principal] = gettext("Staff") if kind == "user" else gettext("Integration")
        else:
            found[principal] = gettext("Customer") if kind == "link" else gettext("Packhorse")
    if scope.client_ids is not None:
        return found
    for pk, name in User.objects.filter(pk__in=ids["user"]).values_list("pk", "name") if ids["user"] else ():
        found[f"user:{pk}"] = name
    for pk, name in ApiKey.objects.filter(pk__in=ids["key"]).values_list("pk", "name") if ids["key"] else ():
        found[f"key:{pk}"] = name
    return found


def api_keys(scope: Scope, query: ListQuery) -> Page[ApiKeyInfo]:
    """API keys, newest first. Filter: `revoked` (yes, no)."""
    rows = ApiKey.objects.none() if _limited(scope) else ApiKey.objects.all()
    if query.search:
        rows = rows.filter(Q(name__icontains=query.search) | Q(prefix__istartswith=query.search))
    if (revoked := query.one("revoked")) in ("yes", "no"):
        rows = rows.filter(revoked_at__isnull=revoked == "no")
    return paginate(rows, query, make=_key)


def api_key(scope: Scope, key_id: int) -> ApiKeyInfo:
    """Raises: NotFound."""
    row = None if _limited(scope) else ApiKey.objects.filter(pk=key_id).first()
    if row is None:
        raise NotFound(kind="API key", ref=str(key_id))
    return _key(row)


def _key(row: ApiKey) -> ApiKeyInfo:
    return ApiKeyInfo(
        id=row.pk,
        prefix=row.prefix,
        name=row.name,
        role=row.role,
        permissions=tuple(row.permissions),
        client_ids=tuple(row.client_ids),
        warehouse_ids=tuple(row.warehouse_ids),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def device_for_token(raw: str) -> DeviceInfo | None:
    """The shared device that holds this token; None where it is unknown or revoked."""
    row = Device.objects.filter(token_sha256=secrets.sha256(raw), revoked_at=None).first()
    return DeviceInfo(id=row.pk, name=row.name, warehouse_id=row.warehouse_id, registered_at=row.registered_at) if row else None


def devices(scope: Scope) -> list[DeviceInfo]:
    """Shared devices in the scope's warehouses, by name."""
    rows = Device.objects.none() if scope.client_ids is not None else Device.objects.all()
    if scope.warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=scope.warehouse_ids)
    found = rows.order_by("name", "pk").values_list("pk", "name", "warehouse_id", "registered_at", "revoked_at")
    return [DeviceInfo(id=pk, name=name, warehouse_id=where, registered_at=at, revoked_at=ended) for pk, name, where, at, ended in found]


def audit(scope: Scope, query: ListQuery) -> Page[AuditRow]:
    """Who did what, newest first. Filters: `who` (a principal), `use_case` (its full name), `room`, `from` and `to` (days, UTC, both included)."""
    rows = Command.objects.none() if _limited(scope) else Command.objects.all()
    if who := query.one("who"):
        rows = rows.filter(principal=who)
    if use_case := query.one("use_case"):
        rows = rows.filter(use_case=use_case)
    if query.search:
        rows = rows.filter(use_case__icontains=query.search.replace(" ", "_"))
    if since := query.day("from"):
        rows = rows.filter(at__gte=dt.datetime.combine(since, dt.time(), dt.UTC))
    if until := query.day("to"):
        rows = rows.filter(at__lt=dt.datetime.combine(until, dt.time(), dt.UTC) + dt.timedelta(days=1))
    return paginate(rows, query, make=lambda c: _audited([c], scope)[0], many=lambda found: _audited(found, scope), sorts={"at": "at"}, default="-at")


def _audited(commands: list[Command], scope: Scope) -> list[AuditRow]:
    if not commands:
        return []
    who = names(scope, {c.principal for c in commands})
    told: dict[int, list[str]] = {}
    # The journal is partitioned by time, and an event has its command's moment: bounded by it, only the page's months are read.
    rows = JournalEntry.objects.filter(at__gte=min(c.at for c in commands), at__lte=max(c.at for c in commands), command_id__in=[c.pk for c in commands])
    for command_id, event, data in rows.order_by("at", "id").values_list("command_id", "event", "data")[:2000]:
        said = told.setdefault(command_id, [])
        if len(said) < 5:
            said.append(sentence_of(event, data))
    return [AuditRow(id=c.pk, at=c.at, principal=c.principal, who=who[c.principal], use_case=c.use_case, told=tuple(told.get(c.pk, ()))) for c in commands]


def audited_use_cases() -> list[str]:
    """The names of all use cases that were ever carried out (a loose index scan would do; there are some dozens)."""
    return [row[0] for row in sql.rows("SELECT DISTINCT use_case FROM core_command ORDER BY 1")]


def audited_people(scope: Scope) -> list[tuple[str, str]]:
    """(principal, name) of users and keys, for choosing whose doings to see; at most two hundred, those with accounts first."""
    if _limited(scope):
        return []
    found = [f"user:{pk}" for pk in User.objects.order_by("pk").values_list("pk", flat=True)[:150]]
    found += [f"key:{pk}" for pk in ApiKey.objects.order_by("pk").values_list("pk", flat=True)[:50]]
    return sorted(names(scope, found).items(), key=lambda pair: pair[1])


def sign_ins(scope: Scope, *, limit: int = 50) -> list[SignIn]:
    """The latest sign-ins and failed attempts, newest first."""
    if _limited(scope):
        return []
    done = [
        SignIn(at=r.attempt_time, username=r.username or "", address=r.ip_address or "", failures=0)
        for r in AccessLog.objects.order_by("-attempt_time")[:limit]
    ]
    failed = [
        SignIn(at=r.attempt_time, username=r.username or "", address=r.ip_address or "", failures=r.failures_since_start)
        for r in AccessAttempt.objects.order_by("-attempt_time")[:limit]
    ]
    return sorted([*done, *failed], key=lambda s: s.at, reverse=True)[:limit]
