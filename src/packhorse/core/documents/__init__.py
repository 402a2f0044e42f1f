"""Documents: labels, slips and lists as PDF and ZPL, and barcodes for both and for pages. What a document says comes in as a frozen dataclass; nothing is looked up here."""

from packhorse.core.documents.barcodes import barcode_svg, sscc
from packhorse.core.documents.joining import joined
from packhorse.core.documents.layout import paper_of
from packhorse.core.documents.pdf import (
    contents_lists_pdf,
    label_pdf,
    labels_pdf,
    packing_slip_pdf,
    packing_slips_pdf,
    pick_lists_pdf,
    small_labels_pdf,
    unit_labels_pdf,
)
from packhorse.core.documents.types import (
    Brand,
    ContentsLine,
    ContentsList,
    PackingSlip,
    Paper,
    PickList,
    PickListLine,
    ShippingLabel,
    SlipLine,
    SmallLabel,
    UnitLabel,
)
from packhorse.core.documents.zpl import label_zpl, small_label_zpl, unit_label_zpl

__all__ = [
    "Brand",
    "ContentsLine",
    "ContentsList",
    "PackingSlip",
    "Paper",
    "PickList",
    "PickListLine",
    "ShippingLabel",
    "SlipLine",
    "SmallLabel",
    "UnitLabel",
    "barcode_svg",
    "contents_lists_pdf",
    "joined",
    "label_pdf",
    "label_zpl",
    "labels_pdf",
    "packing_slip_pdf",
    "packing_slips_pdf",
    "paper_of",
    "pick_lists_pdf",
    "small_label_zpl",
    "small_labels_pdf",
    "sscc",
    "unit_label_zpl",
    "unit_labels_pdf",
]
