"""Ways in besides name and password: badge and PIN on a shared device; and the second factor that comes after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from packhorse.core.actors import system
from packhorse.core.web.account import set_choice
from packhorse.ground.people import secrets
from packhorse.ground.people.models import Badge, SecondFactor, User
from packhorse.ground.people.selectors import device_for_token
from packhorse.ground.people.services import signing

#: The cookie that makes a browser a shared device.
DEVICE_COOKIE = "packhorse_device"


class BadgeBackend(BaseBackend):
    """Badge and PIN, only from a registered device. A `username` (`badge_name`) is given too, so that failed tries are counted per badge."""

    def authenticate(self, request: HttpRequest | None, badge: str | None = None, pin: str | None = None, **_credentials: Any) -> User | None:
        if request is None or badge is None or pin is None or device_for_token(request.COOKIES.get(DEVICE_COOKIE, "")) is None:
            return None
        found = Badge.objects.select_related("user").filter(code_sha256=secrets.badge_digest(badge), revoked_at=None).first()
        if found is None:
            make_password(pin)  # takes as long as checking one, so that the answer's time tells nothing
            return None
        return found.user if check_password(pin, found.pin) and found.user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def badge_name(badge: str) -> str:
    """The name under which tries with a badge are counted: nothing of the badge itself."""
    return f"badge:{secrets.badge_digest(badge).hex()[:12]}"


def wearer(badge: str) -> User | None:
    """Who wears the badge, whatever the PIN."""
    found = Badge.objects.select_related("user").filter(code_sha256=secrets.badge_digest(badge), revoked_at=None).first()
    return found.user if found else None


def came_in(user: User, way: signing.Way) -> None:
    """Tell that somebody signed in, or gave the second factor. Each time is a fact of its own, hence a key of its own."""
    signing.record_sign_in(key=uuid4(), actor=user.actor(), user_id=user.pk, way=way)


def went_out(user: User) -> None:
    signing.record_sign_out(key=uuid4(), actor=user.actor(), user_id=user.pk)


def failed(request: HttpRequest, user: User | None, way: signing.Way) -> None:
    """Tell that somebody could not sign in as this user. Tries while the door is closed are counted (axes), not told one by one."""
    if user is not None and not getattr(request, "axes_locked_out", False):
        signing.record_failed_sign_in(key=uuid4(), actor=system("sign-in"), user_id=user.pk, way=way)


def speak(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """Pages after this one are in the user's language."""
    set_choice(request, response, settings.LANGUAGE_COOKIE_NAME, user.language)
    return response


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Too many failed tries."""
    context = {"title": _("Too many tries"), "text": _("Signing in is blocked for fifteen minutes. An owner can set a new password."), "status": 429}
    return render(request, "core/error.html", context, status=429)


class SecondFactorMiddleware:
    """Who has a second factor is nobody until it was given: pages lead to where it is asked, the API knows no one. Stands after the OTP middleware."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "_auth_user_id" not in request.session or not request.user.is_authenticated or request.user.is_verified():  # type: ignore[attr-defined]
            return self.respond(request)
        if not SecondFactor.objects.filter(user_id=request.user.pk, confirmed=True).exists():
            return self.respond(request)
        verify = reverse("people:verify")
        if request.path in (verify, reverse("logout"), reverse("language"), reverse("theme")):
            return self.respond(request)
        if request.path.startswith("/api/"):
            request.user = AnonymousUser()
            return self.respond(request)
        return HttpResponseRedirect(f"{verify}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else verify)
