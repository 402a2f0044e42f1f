"""The forms of the people pages. What clients and warehouses there are is asked of later rooms by name, through the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.module_loading import import_string
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import EVERYTHING
from packhorse.core.words import in_words
from packhorse.ground.people.models import User
from packhorse.ground.people.words import ROLE_NAMES

_LANGUAGES = (("en", _("English")), ("fr", _("French")))


def client_choices() -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = import_string(settings.PACKHORSE_CLIENT_CHOICES)(EVERYTHING)
    return found


def warehouse_choices() -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = import_string(settings.PACKHORSE_WAREHOUSE_CHOICES)(EVERYTHING)
    return found


def _id(text: str) -> int | None:
    return int(text) if text else None


class RoleForm(forms.Form):
    """A role with its limits."""

    role = forms.ChoiceField(label=_("Role"), choices=tuple(ROLE_NAMES.items()))
    client_id = forms.TypedChoiceField(label=_("For the client"), required=False, coerce=_id, empty_value=None)
    warehouse_id = forms.TypedChoiceField(label=_("In the warehouse"), required=False, coerce=_id, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].choices = [("", gettext("All clients")), *client_choices()]  # type: ignore[attr-defined]
        self.fields["warehouse_id"].choices = [("", gettext("All warehouses")), *warehouse_choices()]  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """What is known of a person."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)


class PasswordForm(forms.Form):
    """A new password, set by an owner."""

    password = forms.CharField(label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)


class OwnPasswordForm(PasswordChangeForm):
    """One's own new password, with the old one."""

    def __init__(self, data: Any = None, files: Any = None, *, user: User, **kwargs: Any) -> None:  # noqa: ARG002 - forms are given files
        super().__init__(user, data, **kwargs)


class UserForm(RoleForm):
    """A new user with a first role."""

    username = forms.CharField(label=_("User name"), max_length=150, help_text=_("For signing in; without spaces."))
    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=_("Ten characters or more; the user can change it after signing in."),
    )
    field_order = ("username", "name", "email", "language", "password", "role", "client_id", "warehouse_id")


class BadgeForm(forms.Form):
    """A badge and its PIN."""

    code = forms.CharField(label=_("Badge"), max_length=100, help_text=_("Scan it, or type its number."), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    pin = forms.CharField(
        label=_("PIN"), max_length=8, widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), help_text=_("Four to eight digits.")
    )


class BadgeSignInForm(forms.Form):
    """What a worker gives to a shared scanner."""

    badge = forms.CharField(label=_("Badge"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}))
    pin = forms.CharField(label=_("PIN"), max_length=8, widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What it is for: “Shop”, “ERP”."))
    role = forms.ChoiceField(label=_("Role"), choices=tuple(ROLE_NAMES.items()), initial="integrator")
    permissions = forms.MultipleChoiceField(
        label=_("Only these permissions"), required=False, help_text=_("None marked: all that the role has."), widget=forms.CheckboxSelectMultiple
    )
    client_ids = forms.TypedMultipleChoiceField(label=_("Only these clients"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple)
    warehouse_ids = forms.TypedMultipleChoiceField(label=_("Only these warehouses"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from packhorse.core.actors import PERMISSIONS

        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [(p, in_words(p)) for p in sorted(PERMISSIONS)]  # type: ignore[attr-defined]
        self.fields["client_ids"].choices = client_choices()  # type: ignore[attr-defined]
        self.fields["warehouse_ids"].choices = warehouse_choices()  # type: ignore[attr-defined]


class DeviceForm(forms.Form):
    """A shared device."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What is written on it: “Scanner 3”."))
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), required=False, coerce=_id, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse_id"].choices = [("", gettext("All warehouses")), *warehouse_choices()]  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """Six digits from the authenticator app."""

    token = forms.CharField(
        label=_("Code"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
        help_text=_("Six digits from your authenticator app."),
    )
