"""API keys and shared devices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.core.words import in_words
from packhorse.ground.people import selectors, services
from packhorse.ground.people.forms import DeviceForm, KeyForm, client_choices, warehouse_choices
from packhorse.ground.people.pages.users import SETTINGS
from packhorse.ground.people.secrets import raw_api_key, raw_device_token
from packhorse.ground.people.sign_in import DEVICE_COOKIE
from packhorse.ground.people.types import ApiKeyInfo
from packhorse.ground.people.words import ROLE_NAMES

KEYS = Crumb(gettext_lazy("API keys"), reverse_lazy("people:keys"))
DEVICES = Crumb(gettext_lazy("Shared devices"), reverse_lazy("people:devices"))
_YEARS_S = 3 * 365 * 24 * 3600


def _state(row: ApiKeyInfo) -> cells.Badge:
    return cells.Badge(_("Revoked"), "off") if row.revoked_at else cells.Badge(_("Valid"), "good")


keys = ListPage(
    name="people.keys",
    title=gettext_lazy("API keys"),
    permission="manage_people",
    rows=selectors.api_keys,
    columns=(
        Column("name", gettext_lazy("Name"), cells.link("name", "people:key", "id")),
        Column("prefix", gettext_lazy("Begins with"), narrow=False),
        Column("role", gettext_lazy("Role"), lambda row: cells.show(ROLE_NAMES[row.role])),
        Column("revoked_at", gettext_lazy("State"), lambda row: cells.show(_state(row))),
        Column("last_used_at", gettext_lazy("Last used")),
        Column("created_at", gettext_lazy("Issued"), narrow=False),
    ),
    filters=(Choice("revoked", gettext_lazy("State"), (("no", gettext_lazy("Valid")), ("yes", gettext_lazy("Revoked")))),),
    buttons=(Button(gettext_lazy("New key"), "people:new-key", "manage_people", icon="plus"),),
    empty=Empty(gettext_lazy("No API keys"), gettext_lazy("A key lets a shop or another program in, with as few rights as it needs."), "key"),
)


@form_page(
    KeyForm,
    title=gettext_lazy("New API key"),
    permission="manage_people",
    submit=gettext_lazy("Issue"),
    crumbs=(SETTINGS, KEYS),
    intro=gettext_lazy("The key is shown once, on the next page."),
)
def new_key(p: Posted) -> HttpResponse:
    made = services.issue_api_key(
        key=p.key,
        actor=p.actor,
        name=p.data["name"],
        role=p.data["role"],
        permissions=tuple(p.data["permissions"]),
        client_ids=tuple(p.data["client_ids"]),
        warehouse_ids=tuple(p.data["warehouse_ids"]),
    )
    context = {"title": _("API key issued"), "made": made, "raw": raw_api_key(p.actor.principal, p.key), "crumbs": (SETTINGS, KEYS)}
    response = render(p.request, "people/key_issued.html", context)
    response["Cache-Control"] = "no-store"
    return response


@page("manage_people")
def key(request: HttpRequest, key_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.api_key(actor.scope, key_id)
    clients, warehouses = dict(client_choices()), dict(warehouse_choices())
    actions = (
        ()
        if found.revoked_at
        else (Action(_("Revoke"), reverse("people:revoke-key", args=[key_id]), tone="danger", icon="stop", confirm=_("End this key for good?")),)
    )
    return detail(
        request,
        Detail(
            title=found.name,
            kind=_("API key"),
            badge=_state(found),
            crumbs=(SETTINGS, KEYS),
            facts=(
                Fact(_("Begins with"), f"phk_{found.prefix}_…"),
                Fact(_("Role"), ROLE_NAMES[found.role]),
                Fact(_("Permissions"), ", ".join(map(in_words, found.permissions)) or _("All of the role")),
                Fact(_("Clients"), ", ".join(clients.get(i, f"#{i}") for i in found.client_ids) or _("All")),
                Fact(_("Warehouses"), ", ".join(warehouses.get(i, f"#{i}") for i in found.warehouse_ids) or _("All")),
                Fact(_("Issued"), found.created_at),
                Fact(_("Last used"), found.last_used_at),
                Fact(_("What it did"), _("Audit"), f"{reverse('people:audit')}?who=key:{found.id}"),
            ),
            timeline=timeline(subject=Ref("people.key", found.id), scope=actor.scope),
            actions=actions,
        ),
    )


@action("manage_people")
def revoke_key(p: Posted, key_id: int) -> Done:
    services.revoke_api_key(key=p.key, actor=p.actor, key_id=key_id)
    return Done(_("The key is revoked."))


@page("manage_settings")
def devices(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    here = selectors.device_for_token(request.COOKIES.get(DEVICE_COOKIE, ""))
    context = {
        "title": _("Shared devices"),
        "crumbs": (SETTINGS,),
        "devices": selectors.devices(actor.scope),
        "here": here,
        "warehouses": dict(warehouse_choices()),
    }
    return render(request, "people/devices.html", context)


@form_page(
    DeviceForm,
    title=gettext_lazy("Make this a shared device"),
    permission="manage_settings",
    submit=gettext_lazy("Register"),
    crumbs=(SETTINGS, DEVICES),
    intro=gettext_lazy("Open this page on the scanner or station itself. From then on people sign in there with badge and PIN."),
)
def new_device(p: Posted) -> HttpResponse:
    services.register_device(key=p.key, actor=p.actor, name=p.data["name"], warehouse_id=p.data["warehouse_id"])
    response = HttpResponse(status=303, headers={"Location": reverse("people:devices")})
    token = raw_device_token(p.actor.principal, p.key)
    response.set_cookie(DEVICE_COOKIE, token, max_age=_YEARS_S, httponly=True, samesite="Strict", secure=p.request.is_secure())
    return response


@action("manage_settings")
def revoke_device(p: Posted, device_id: int) -> Done:
    services.revoke_device(key=p.key, actor=p.actor, device_id=device_id)
    return Done(_("Badges are no longer taken there."))
