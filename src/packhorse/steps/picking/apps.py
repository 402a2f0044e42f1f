from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PickingConfig(AppConfig):
    name = "packhorse.steps.picking"
    label = "picking"
    verbose_name = _("Picking")
    default_auto_field = "django.db.models.BigAutoField"
