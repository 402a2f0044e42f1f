"""URLs of equipment, under /settings/equipment/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.ground.equipment import labels, pages

app_name = "equipment"
urlpatterns = [
    path("", pages.equipment_list.view, name="equipment"),
    path("new/", pages.new, name="new"),
    path("<int:equipment_id>/", pages.device, name="device"),
    path("<int:equipment_id>/change/", pages.change, name="change"),
    path("<int:equipment_id>/archive/", pages.archive, name="archive"),
    path("<int:equipment_id>/try/", pages.try_it, name="try"),
    path("<int:equipment_id>/weight/", pages.weight, name="weight"),
    path("labels/places.pdf", labels.places_pdf, name="place-labels"),
    path("labels/places/", labels.places_printed, name="print-place-labels"),
    path("labels/units.pdf", labels.units_pdf, name="unit-labels"),
    path("labels/units/", labels.units_printed, name="print-unit-labels"),
    path("sendings/<int:sending_id>/again/", pages.again, name="again"),
]
settings_pages = (Entry(_("Equipment"), "equipment:equipment", "see_settings", _("Scales, printers and box machines of the benches"), "print"),)
