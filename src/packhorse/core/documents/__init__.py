"""Documents: labels, slips and lists as PDF and ZPL, and barcodes for both and for pages. What a document says comes in as a frozen dataclass; nothing is looked up here."""

from packhorse.core.documents.barcodes import barcode_svg, sscc
from packhorse.core.documents.pdf import label_pdf, labels_pdf, packing_slip_pdf, pick_list_pdf, small_labels_pdf
from packhorse.core.documents.types import Brand, PackingSlip, PickList, PickListLine, ShippingLabel, SlipLine, SmallLabel
from packhorse.core.documents.zpl import label_zpl, small_label_zpl

__all__ = [
    "Brand",
    "PackingSlip",
    "PickList",
    "PickListLine",
    "ShippingLabel",
    "SlipLine",
    "SmallLabel",
    "barcode_svg",
    "label_pdf",
    "label_zpl",
    "labels_pdf",
    "packing_slip_pdf",
    "pick_list_pdf",
    "small_label_zpl",
    "small_labels_pdf",
    "sscc",
]
