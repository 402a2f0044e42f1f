"""Use cases about people, a file each for accounts, keys, badges and second factor."""

from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.services.accounts import (
    change_password,
    change_user,
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

__all__ = [
    "Secret",
    "change_password",
    "change_user",
    "confirm_totp",
    "create_owner",
    "create_user",
    "deactivate_user",
    "grant_role",
    "issue_api_key",
    "reactivate_user",
    "register_device",
    "remove_totp",
    "revoke_api_key",
    "revoke_badge",
    "revoke_device",
    "revoke_role",
    "set_badge",
    "start_totp",
]
