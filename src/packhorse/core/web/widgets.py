"""How Django's forms are drawn: one template for all, labels above, help and errors bound to their field."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Forms and fields from core's own templates; widgets from Django's."""

    form_template_name = "core/_form.html"
    field_template_name = "core/_field.html"
