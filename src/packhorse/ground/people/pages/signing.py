"""Signing in and out with name and password, one's password, and one's language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash, views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import check_for_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from packhorse.core.errors import PackhorseError
from packhorse.core.web import errors
from packhorse.core.web.account import remember
from packhorse.core.web.actions import Done, Posted
from packhorse.core.web.forms import form_page
from packhorse.core.web.once import key_of
from packhorse.ground.people import services, sign_in
from packhorse.ground.people.forms import OwnPasswordForm
from packhorse.ground.people.models import User
from packhorse.ground.people.pages.account import own
from packhorse.ground.people.secrets import Secret


class Login(auth_views.LoginView):
    """Name and password; failed tries are throttled by axes. From here on pages speak the user's language."""

    template_name = "core/login.html"
    redirect_authenticated_user = True
    extra_context = {"title": gettext_lazy("Sign in")}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        assert isinstance(user, User)
        response = super().form_valid(form)
        sign_in.came_in(user, "password")
        return sign_in.speak(self.request, response, user)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        name = str(form.data.get("username", ""))
        sign_in.failed(self.request, User.objects.filter(username__iexact=name).first(), "password")
        return super().form_invalid(form)


class Logout(auth_views.LogoutView):
    """Signing out, told in the journal."""

    next_page = "login"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        response = super().post(request, *args, **kwargs)
        if isinstance(user, User):
            sign_in.went_out(user)
        return response


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"user": own(request)}


@form_page(OwnPasswordForm, title=gettext_lazy("Change the password"), permission=None, submit=gettext_lazy("Change"), form_kwargs=_who)
def password(p: Posted) -> Done:
    """One's own password: every other session of this user ends, this one goes on."""
    user = own(p.request)
    services.change_password(key=p.key, actor=p.actor, user_id=user.pk, password=Secret(p.data["new_password1"]))
    user.refresh_from_db()
    update_session_auth_hash(p.request, user)
    return Done(_("The password is changed; your other sessions have ended."), to=reverse("people:account"))


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """The language of all pages from now on: in this browser and, for who is signed in, at the next sign-in anywhere."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES) or not check_for_language(wanted):
        return HttpResponse(status=422)
    if isinstance(request.user, User) and request.POST.get("key"):
        try:
            services.choose_language(key=key_of(request), actor=request.user.actor(), user_id=request.user.pk, language=wanted)
        except PackhorseError as refusal:
            return errors.refusal_page(request, refusal)
    return remember(request, settings.LANGUAGE_COOKIE_NAME, wanted)
