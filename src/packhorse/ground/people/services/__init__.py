"""Use cases about people, a file each for accounts, keys, badges, second factor and signing in."""

from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.services.accounts import (
    change_password,
    change_user,
    choose_language,
    create_owner,
    create_user,
    deactivate_user,
    grant_role,
    reactivate_user,
    revoke_role,
)
from packhorse.ground.people.services.badges import register_device, revoke_badge, revoke_device, set_badge
from packhorse.ground.people.services.keys import issue_api_key, revoke_api_key
from packhorse.ground.people.services.second_factor import confirm_totp, remove_totp, start_totp
from packhorse.ground.people.services.signing import record_failed_sign_in, record_sign_in, record_sign_out

__all__ = [
    "Secret",
    "change_password",
    "change_user",
    "choose_language",
    "confirm_totp",
    "create_owner",
    "create_user",
    "deactivate_user",
    "grant_role",
    "issue_api_key",
    "reactivate_user",
    "record_failed_sign_in",
    "record_sign_in",
    "record_sign_out",
    "register_device",
    "remove_totp",
    "revoke_api_key",
    "revoke_badge",
    "revoke_device",
    "revoke_role",
    "set_badge",
    "start_totp",
]
