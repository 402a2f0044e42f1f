from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PackingConfig(AppConfig):
    name = "packhorse.steps.packing"
    label = "packing"
    verbose_name = _("Packing")
    default_auto_field = "django.db.models.BigAutoField"
