"""One's own account: details, second factor, and signing in with badge or code."""

from __future__ import annotations

import base64
from typing import Any

import zxingcpp
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django_otp import login as otp_login, match_token

from packhorse.core.errors import NotAllowed
from packhorse.core.rls import as_the_house
from packhorse.core.vault import Unsealable
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.back import is_ours
from packhorse.core.web.forms import form_page
from packhorse.ground.people import services, sign_in
from packhorse.ground.people.forms import BadgeSignInForm, CodeForm, PersonForm
from packhorse.ground.people.models import SecondFactor, User
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.selectors import device_for_token
from packhorse.ground.people.sign_in import DEVICE_COOKIE, badge_name


def own(request: HttpRequest) -> User:
    """The signed-in user; keys have no account.   Raises: NotAllowed."""
    if not isinstance(request.user, User) or actor_of(request).user_id is None:
        raise NotAllowed(permission="account")
    return request.user


def _details(request: HttpRequest) -> dict[str, Any]:
    me = own(request)
    return {"name": me.name, "email": me.email, "language": me.language}


@form_page(PersonForm, title=gettext_lazy("Your account"), permission=None, submit=gettext_lazy("Save"), initial=_details, template="people/account.html")
def account(p: Posted) -> Done:
    services.change_user(key=p.key, actor=p.actor, user_id=own(p.request).pk, email=p.data["email"], name=p.data["name"], language=p.data["language"])
    return Done(_("Saved."), to=reverse("people:account"))


def qr_image(text: str) -> str:
    """A QR code as a data URL (SVG)."""
    svg: str = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_svg()
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@never_cache
@page()
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where one's second factor stands: none, being set up (with the code to scan), or in use."""
    me = own(request)
    with as_the_house():
        devices = {d.confirmed: d for d in SecondFactor.objects.filter(user=me)}
    setting_up: SecondFactor | None = devices.get(False)
    context = {
        "title": _("Second factor"),
        "in_use": True in devices,
        "setting_up": setting_up,
        "qr": qr_image(setting_up.config_url) if setting_up else "",
        "secret": base64.b32encode(setting_up.secret).decode() if setting_up else "",
        "form": CodeForm(),
    }
    return render(request, "people/second_factor.html", context)


@action()
def start_totp(p: Posted) -> Done:
    services.start_totp(key=p.key, actor=p.actor, user_id=own(p.request).pk)
    return Done(to=reverse("people:second-factor"))


@action(form=CodeForm)
def confirm_totp(p: Posted) -> Done:
    me = own(p.request)
    services.confirm_totp(key=p.key, actor=p.actor, user_id=me.pk, token=Secret(p.data["token"]))
    otp_login(p.request, SecondFactor.objects.get(user=me, confirmed=True))
    return Done(_("From now on signing in asks for a code."), to=reverse("people:second-factor"))


@action()
def remove_totp(p: Posted) -> Done:
    services.remove_totp(key=p.key, actor=p.actor, user_id=own(p.request).pk)
    return Done(_("Signing in asks for the password alone."), to=reverse("people:second-factor"))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if is_ours(request, wanted) else "/"


@never_cache
def verify(request: HttpRequest) -> HttpResponseBase:
    """The second step of signing in: a code. Wrong ones are throttled, each wait twice the one before."""
    user = request.user
    if not isinstance(user, User):
        return HttpResponseRedirect(reverse("login"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = match_token(user, form.cleaned_data["token"].replace(" ", ""))
        except Unsealable as refusal:
            form.add_error(None, f"{refusal.message} {refusal.remedy}")
            return render(request, "people/verify.html", {"title": _("One more step"), "form": form, "next": _next(request)}, status=503)
        if device is not None:
            otp_login(request, device)
            sign_in.came_in(user, "code")
            return HttpResponseRedirect(_next(request))
        sign_in.failed(request, user, "code")
        form.add_error("token", _("This code is wrong or too old. Wait a moment and try the next one."))
    context = {"title": _("One more step"), "form": form, "next": _next(request)}
    return render(request, "people/verify.html", context, status=422 if form.errors else 200)


@never_cache
def badge(request: HttpRequest) -> HttpResponseBase:
    """Sign in on a shared device with badge and PIN; whoever was signed in there is signed out."""
    with as_the_house():
        known = device_for_token(request.COOKIES.get(DEVICE_COOKIE, ""))
    form = BadgeSignInForm(request.POST or None)
    if request.method == "POST" and known and form.is_valid():
        code, pin = form.cleaned_data["badge"], form.cleaned_data["pin"]
        user = authenticate(request, username=badge_name(code), badge=code, pin=pin)
        if user is not None:
            login(request, user)
            sign_in.came_in(user, "badge")
            return sign_in.speak(request, HttpResponseRedirect(_next(request) if request.POST.get("next") else reverse("scan")), user)
        sign_in.failed(request, sign_in.wearer(code), "badge")
        form = BadgeSignInForm()
        form.full_clean()
        context = {"title": _("Badge and PIN"), "form": form, "device": known, "refused": True}
        return render(request, "people/badge.html", context, status=422)
    return render(request, "people/badge.html", {"title": _("Badge and PIN"), "form": form, "device": known}, status=200 if known else 403)
