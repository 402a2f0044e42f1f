"""URLs of the catalogue, under /settings/catalog/."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.menu import Entry
from packhorse.ground.catalog import pages

app_name = "catalog"
urlpatterns = [
    path("", pages.items.view, name="items"),
    path("new/", pages.new_item, name="new-item"),
    path("<int:item_id>/", pages.item, name="item"),
    path("<int:item_id>/change/", pages.change_item, name="change-item"),
    path("<int:item_id>/barcode/", pages.add_barcode, name="add-barcode"),
    path("<int:item_id>/components/", pages.set_components, name="set-components"),
    path("<int:item_id>/archive/", pages.archive_item, name="archive-item"),
    path("clients/", pages.clients.view, name="clients"),
    path("clients/new/", pages.new_client, name="new-client"),
    path("clients/<int:client_id>/", pages.client, name="client"),
    path("clients/<int:client_id>/change/", pages.change_client, name="change-client"),
    path("clients/<int:client_id>/archive/", pages.archive_client, name="archive-client"),
    path("boxes/", pages.boxes.view, name="boxes"),
    path("boxes/new/", pages.new_box, name="new-box"),
    path("boxes/<int:box_id>/", pages.box, name="box"),
    path("boxes/<int:box_id>/change/", pages.change_box, name="change-box"),
    path("boxes/<int:box_id>/archive/", pages.archive_box, name="archive-box"),
]
settings_pages = (
    Entry(_("Items"), "catalog:items", "see_stock", _("What is sold: sizes, weights, barcodes"), "catalog"),
    Entry(_("Clients"), "catalog:clients", "see_stock", _("Whose goods they are"), "people"),
    Entry(_("Boxes"), "catalog:boxes", "see_stock", _("What packing chooses from"), "box"),
)
