"""A form does its thing once. Its page gives it a key, `{% once %}` in the template; the view takes the key from the form and hands it to its one use case.

Sent again (a double click, a reload, a lost answer), a form gets the answer it got. Refused, it keeps its key, for a refusal leaves nothing under it. A page that is opened anew has a new one.
A view never makes a key: a form would then do its thing as often as it is sent.
"""

from __future__ import annotations

from uuid import UUID, uuid4, uuid5

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import sql
from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, KeyReused, PackhorseError


class SentBefore(KeyReused):
    """This form was sent before, with something else in it, and that is done."""

    advice = _("Look at what became of it. To do this as well, open the page again.")


def hidden_fields(csrf_token: object, form: object = None) -> SafeString:
    """What each POST form begins with: the CSRF token and the form's key. `form`, if it comes back refused, keeps the key that it was sent with."""
    kept = form.data.get("key", "") if isinstance(form, forms.BaseForm) and form.is_bound else ""
    try:
        key = UUID(kept)
    except ValueError:
        key = uuid4()
    # autocomplete: a browser that reloads a page would else put the old key into the new form
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="key" value="{}" autocomplete="off">', csrf_token or "", key
    )


def key_of(request: HttpRequest) -> UUID:
    """The key that the form was given by its page (or the header Idempotency-Key). On a list's form it stands for what is done with which rows: other rows, another key.

    Raises: Invalid.
    """
    try:
        key = UUID(request.POST.get("key") or request.headers.get("Idempotency-Key", ""))
    except ValueError:
        raise Invalid(field="key", reason=gettext("a UUID is needed")) from None
    if "ids" in request.POST or "all" in request.POST:
        which = [request.POST.get("asked", "")] if request.POST.get("all") else sorted(request.POST.getlist("ids"))
        return uuid5(key, "\n".join([request.path, *which]))
    return key


def was_done(request: HttpRequest, actor: Actor) -> bool:
    """Whether something was done for this very form before. Asked before it is carried out: a form that did its thing may no longer fit what it changed, and is then not to be called wrong."""
    try:
        key = key_of(request)
    except Invalid:
        return False
    return bool(sql.rows("SELECT 1 FROM core_command WHERE principal = %s AND key = %s", [actor.principal, key]))


def say_it_was_done(request: HttpRequest) -> None:
    """The notice on the page that a form leads to which was sent again and no longer fits."""
    messages.success(request, gettext("This was sent before and is done. It was not done a second time."))


def refuse(form: forms.BaseForm, refusal: PackhorseError) -> PackhorseError:
    """Put a refusal on its form: beside the field that it names, else above all. Where the key was used up, the form gets a new one, so that it can be sent as it stands now."""
    if isinstance(refusal, KeyReused):
        refusal = SentBefore(**refusal.data)
        assert isinstance(form.data, QueryDict)
        form.data = form.data.copy()
        del form.data["key"]
    name = refusal.data.get("field")
    beside = name if name in form.fields else None
    said = str(refusal.data.get("reason") or "") if beside else refusal.message
    text = " ".join(filter(None, [said, refusal.remedy]))
    form.add_error(beside, format_html('{} <a href="{}">{}</a>', text, refusal.link, gettext("See what blocks it")) if refusal.link else text)
    return refusal
