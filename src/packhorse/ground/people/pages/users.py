"""Users: the list, a new one, and what can be done with one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core.actors import Actor
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.ground.people import selectors, services
from packhorse.ground.people.forms import BadgeForm, PasswordForm, PersonForm, RoleForm, UserForm, client_choices, warehouse_choices
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.types import AuditRow, Grant, UserRow
from packhorse.ground.people.words import ROLE_NAMES

SETTINGS = Crumb(gettext_lazy("Settings"), reverse_lazy("settings"))
USERS = Crumb(gettext_lazy("Users"), reverse_lazy("people:users"))
ACTIVE = {True: cells.Badge(gettext_lazy("Active"), "good"), False: cells.Badge(gettext_lazy("Closed"), "off")}


def _roles(row: UserRow) -> SafeString:
    return format_html_join(" ", "{}", ((cells.show(cells.Badge(ROLE_NAMES[name], "calm", "person")),) for name in row.role_names))


users = ListPage(
    name="people.users",
    title=gettext_lazy("Users"),
    permission="manage_people",
    rows=selectors.users,
    columns=(
        Column("username", gettext_lazy("User name"), cells.link("username", "people:user", "id"), sort="username"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("role_names", gettext_lazy("Roles"), _roles, plain=lambda row: ", ".join(row.role_names)),
        Column("is_active", gettext_lazy("State"), cells.state("is_active", ACTIVE)),
        Column("has_badge", gettext_lazy("Badge"), narrow=False),
        Column("has_totp", gettext_lazy("Second factor"), narrow=False),
        Column("last_login", gettext_lazy("Last here"), narrow=False),
    ),
    filters=(
        Choice("role", gettext_lazy("Role"), tuple(ROLE_NAMES.items())),
        Choice("active", gettext_lazy("State"), (("yes", gettext_lazy("Active")), ("no", gettext_lazy("Closed")))),
    ),
    buttons=(Button(gettext_lazy("New user"), "people:new-user", "manage_people", icon="plus"),),
    empty=Empty(gettext_lazy("Nobody here"), gettext_lazy("Nobody fits what you look for."), "people"),
    search=gettext_lazy("Name, user name or e-mail"),
)


@form_page(
    UserForm,
    title=gettext_lazy("New user"),
    permission="manage_people",
    submit=gettext_lazy("Create"),
    crumbs=(SETTINGS, USERS),
    initial=lambda _r: {"role": "picker"},
)
def new_user(p: Posted) -> Done:
    made = services.create_user(
        key=p.key,
        actor=p.actor,
        username=p.data["username"],
        email=p.data["email"],
        name=p.data["name"],
        language=p.data["language"],
        password=Secret(p.data["password"]),
        roles=(Grant(p.data["role"], p.data["client_id"], p.data["warehouse_id"]),),
    )
    return Done(_("The account is open."), to=reverse("people:user", args=[made.id]))


def _limits() -> tuple[dict[int | None, str], dict[int | None, str]]:
    return {None: _("All"), **dict(client_choices())}, {None: _("All"), **dict(warehouse_choices())}


def _role_table(found: UserRow) -> Table:
    clients, warehouses = _limits()
    rows = [
        {
            "id": r.id,
            "user": found.id,
            "role": ROLE_NAMES[r.role],
            "client": clients.get(r.client_id, f"#{r.client_id}"),
            "warehouse": warehouses.get(r.warehouse_id, f"#{r.warehouse_id}"),
        }
        for r in found.roles
    ]
    columns = (Column("role", gettext_lazy("Role")), Column("client", gettext_lazy("For the client")), Column("warehouse", gettext_lazy("In the warehouse")))
    return Table(_("Roles"), columns, rows, empty=_("No role: this account sees nothing."))


def audited_words(row: AuditRow) -> SafeString:
    room, name = row.use_case.split(".services")[0].rsplit(".", 1)[-1], row.use_case.rsplit(".", 1)[-1]
    return format_html('{} <span class="muted">{}</span>', name.replace("_", " ").capitalize(), room)


def audited_told(row: AuditRow) -> SafeString:
    return format_html_join(" · ", "{}", ((sentence,) for sentence in row.told)) if row.told else cells.NOTHING


def _doings(actor: Actor, found: UserRow) -> Table:
    """The last things that they did: keys, roles and all else, whatever it was done to."""
    done = selectors.audit(actor.scope, ListQuery(filters={"who": (f"user:{found.id}",)}, limit=20, count=False)).rows
    columns = (
        Column("at", gettext_lazy("When")),
        Column("use_case", gettext_lazy("What"), audited_words),
        Column("told", gettext_lazy("What came of it"), audited_told, narrow=False),
    )
    return Table(_("What they did last"), columns, done, empty=_("Nothing yet."))


def possible(found: UserRow, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a user now."""

    def to(name: str, *more: int) -> str:
        return reverse(f"people:{name}", args=[found.id, *more])

    person = PersonForm(initial={"name": found.name, "email": found.email, "language": found.language})
    actions = [
        Action(_("Grant a role"), to("grant"), form=RoleForm(), tone="primary", icon="plus"),
        *(Action(_("Revoke: %(role)s") % {"role": ROLE_NAMES[r.role]}, to("revoke", r.id), icon="minus") for r in found.roles),
        Action(_("Change"), to("change"), form=person, icon="edit"),
        Action(_("New password"), to("password"), form=PasswordForm(), icon="key"),
    ]
    if found.is_active:
        actions.append(Action(_("New badge") if found.has_badge else _("Issue a badge"), to("badge"), form=BadgeForm(), icon="label"))
    if found.has_badge:
        actions.append(Action(_("Revoke the badge"), to("revoke-badge"), icon="minus"))
    if found.has_totp:
        actions.append(Action(_("Remove the second factor"), to("remove-totp"), icon="phone"))
    if not found.is_active:
        actions.append(Action(_("Open the account again"), to("reactivate"), icon="undo"))
    elif found.id == actor.user_id:
        actions.append(Action(_("Close the account"), "#", blocked=_("This is your own account.")))
    else:
        actions.append(Action(_("Close the account"), to("deactivate"), tone="danger", icon="stop"))
    return tuple(actions)


@page("manage_people")
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.user(actor.scope, user_id)
    return detail(
        request,
        Detail(
            title=found.name,
            kind=_("User"),
            badge=ACTIVE[found.is_active],
            crumbs=(SETTINGS, USERS),
            facts=(
                Fact(_("User name"), found.username),
                Fact(_("E-mail"), found.email),
                Fact(_("Language"), {"en": _("English"), "fr": _("French")}.get(found.language, found.language)),
                Fact(_("Badge"), found.has_badge),
                Fact(_("Second factor"), found.has_totp),
                Fact(_("Last here"), found.last_login),
                Fact(_("Since"), found.created_at),
                Fact(_("What they did"), _("Audit"), f"{reverse('people:audit')}?who=user:{found.id}"),
            ),
            sections=(_role_table(found), _doings(actor, found)),
            timeline=timeline(subject=Ref("people.user", found.id), scope=actor.scope),
            actions=possible(found, actor),
        ),
    )


@action("manage_people", form=RoleForm)
def grant(p: Posted, user_id: int) -> Done:
    wanted = Grant(p.data["role"], p.data["client_id"], p.data["warehouse_id"])
    services.grant_role(key=p.key, actor=p.actor, user_id=user_id, grant=wanted)
    return Done(_("The role is granted."))


@action("manage_people")
def revoke(p: Posted, user_id: int, membership_id: int) -> Done:
    before = {r.id: r for r in selectors.user(p.actor.scope, user_id).roles}
    services.revoke_role(key=p.key, actor=p.actor, user_id=user_id, membership_id=membership_id)
    taken = before.get(membership_id)
    if taken is None:
        return Done(_("The role is revoked."))
    data: dict[str, Any] = {"role": taken.role, "client_id": taken.client_id or "", "warehouse_id": taken.warehouse_id or ""}
    return Done(_("The role is revoked."), undo=Undo(reverse("people:grant", args=[user_id]), data))


@action("manage_people", form=PersonForm)
def change(p: Posted, user_id: int) -> Done:
    services.change_user(key=p.key, actor=p.actor, user_id=user_id, email=p.data["email"], name=p.data["name"], language=p.data["language"])
    return Done(_("Changed."))


@action("manage_people", form=PasswordForm)
def password(p: Posted, user_id: int) -> Done:
    services.change_password(key=p.key, actor=p.actor, user_id=user_id, password=Secret(p.data["password"]))
    return Done(_("The password is changed; open sessions have ended."))


@action("manage_people", form=BadgeForm)
def badge(p: Posted, user_id: int) -> Done:
    services.set_badge(key=p.key, actor=p.actor, user_id=user_id, code=p.data["code"], pin=Secret(p.data["pin"]))
    return Done(_("The badge is issued."))


@action("manage_people")
def revoke_badge(p: Posted, user_id: int) -> Done:
    services.revoke_badge(key=p.key, actor=p.actor, user_id=user_id)
    return Done(_("The badge is revoked."))


@action("manage_people")
def remove_totp(p: Posted, user_id: int) -> Done:
    services.remove_totp(key=p.key, actor=p.actor, user_id=user_id)
    return Done(_("The second factor is removed."))


@action("manage_people")
def deactivate(p: Posted, user_id: int) -> Done:
    services.deactivate_user(key=p.key, actor=p.actor, user_id=user_id)
    return Done(_("The account is closed."), undo=Undo(reverse("people:reactivate", args=[user_id])))


@action("manage_people")
def reactivate(p: Posted, user_id: int) -> Done:
    services.reactivate_user(key=p.key, actor=p.actor, user_id=user_id)
    return Done(_("The account is open again."))
