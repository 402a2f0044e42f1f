"""URLs of people, under /settings/people/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from packhorse.core.web.menu import Entry
from packhorse.ground.people.pages import account, audit, keys, signing, users

app_name = "people"
urlpatterns = [
    path("", users.users.view, name="users"),
    path("new/", users.new_user, name="new-user"),
    path("<int:user_id>/", users.user, name="user"),
    path("<int:user_id>/grant/", users.grant, name="grant"),
    path("<int:user_id>/revoke/<int:membership_id>/", users.revoke, name="revoke"),
    path("<int:user_id>/change/", users.change, name="change"),
    path("<int:user_id>/password/", users.password, name="password"),
    path("<int:user_id>/badge/", users.badge, name="badge"),
    path("<int:user_id>/revoke-badge/", users.revoke_badge, name="revoke-badge"),
    path("<int:user_id>/remove-totp/", users.remove_totp, name="remove-totp"),
    path("<int:user_id>/deactivate/", users.deactivate, name="deactivate"),
    path("<int:user_id>/reactivate/", users.reactivate, name="reactivate"),
    path("keys/", keys.keys.view, name="keys"),
    path("keys/new/", keys.new_key, name="new-key"),
    path("keys/<int:key_id>/", keys.key, name="key"),
    path("keys/<int:key_id>/revoke/", keys.revoke_key, name="revoke-key"),
    path("devices/", keys.devices, name="devices"),
    path("devices/new/", keys.new_device, name="new-device"),
    path("devices/<int:device_id>/revoke/", keys.revoke_device, name="revoke-device"),
    path("audit/", audit.audit.view, name="audit"),
    path("sign-ins/", audit.sign_ins, name="sign-ins"),
    path("account/", account.account, name="account"),
    path("second-factor/", account.second_factor, name="second-factor"),
    path("second-factor/start/", account.start_totp, name="start-totp"),
    path("second-factor/confirm/", account.confirm_totp, name="confirm-totp"),
    path("second-factor/remove/", account.remove_totp, name="remove-own-totp"),
    path("verify/", account.verify, name="verify"),
    path("badge/", account.badge, name="badge-sign-in"),
]
#: At the root of the site, by names without a room: Django and every page know them.
front_urlpatterns = [
    path("login/", never_cache(signing.Login.as_view()), name="login"),
    path("logout/", never_cache(signing.Logout.as_view()), name="logout"),
    path("password/", signing.password, name="password"),
    path("language/", signing.language, name="language"),
]
settings_pages = (
    Entry(_("Users"), "people:users", "manage_people", _("Who works here, as what, and for whom"), "people"),
    Entry(_("API keys"), "people:keys", "manage_people", _("Programs that may come in, and what they may do"), "key"),
    Entry(_("Shared devices"), "people:devices", "manage_settings", _("Scanners and stations that take badges"), "scan"),
    Entry(_("Who did what"), "people:audit", "manage_people", _("Every change, with who made it and when"), "clock"),
    Entry(_("Sign-ins"), "people:sign-ins", "manage_people", _("Who came in, and who failed to"), "lock"),
)
