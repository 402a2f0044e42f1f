"""Use cases of the catalogue: a file each for clients, items, kits and boxes."""

from packhorse.ground.catalog.services.boxes import archive_box, upsert_boxes
from packhorse.ground.catalog.services.clients import archive_client, change_client, create_client
from packhorse.ground.catalog.services.items import archive_item, save_barcodes, upsert_items
from packhorse.ground.catalog.services.kits import set_components

__all__ = ["archive_box", "archive_client", "archive_item", "change_client", "create_client", "save_barcodes", "set_components", "upsert_boxes", "upsert_items"]
