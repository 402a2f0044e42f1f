"""URLs of warehouses, under /settings/warehouse/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.ground.warehouse import pages

app_name = "warehouse"
urlpatterns = [
    path("", pages.warehouses.view, name="warehouses"),
    path("new/", pages.new_warehouse, name="new-warehouse"),
    path("<int:warehouse_id>/", pages.warehouse, name="warehouse"),
    path("<int:warehouse_id>/change/", pages.change, name="change"),
    path("<int:warehouse_id>/floor/", pages.design, name="design"),
    path("<int:warehouse_id>/floor/preview/", pages.preview, name="preview"),
    path("<int:warehouse_id>/zones/", pages.set_zones, name="zones"),
    path("<int:warehouse_id>/wall/", pages.set_wall, name="set-wall"),
    path("<int:warehouse_id>/import/", pages.import_places, name="import"),
    path("<int:warehouse_id>/cut-offs/", pages.set_cut_offs, name="cut-offs"),
    path("<int:warehouse_id>/add/", pages.add_location, name="add-location"),
    path("places/", pages.locations.view, name="locations"),
    path("places/<int:location_id>/", pages.location, name="location"),
    path("places/<int:location_id>/pickable/", pages.set_pickable, name="set-pickable"),
]
settings_pages = (
    Entry(_("Warehouses"), "warehouse:warehouses", "see_stock", _("Floors, cut-offs, working days"), "warehouse"),
    Entry(_("Places"), "warehouse:locations", "see_stock", _("Bins, benches, docks, carts and totes"), "pin"),
)
