"""Every barcode on a document reads again as exactly what was put in, at the resolution of a label printer."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from hypothesis import given, settings, strategies as st
from PIL import Image

from packhorse.core import documents, scan
from packhorse.core.documents import zpl
from packhorse.core.documents.types import (
    Brand,
    ContentsLine,
    ContentsList,
    PackingSlip,
    PickList,
    PickListLine,
    ShippingLabel,
    SlipLine,
    SmallLabel,
    UnitLabel,
)
from packhorse.core.errors import Invalid
from packhorse.core.money import Money

DAY = dt.date(2010, 12, 7)
SSCC = documents.sscc("5012345", 42)
LABEL = ShippingLabel(
    ship_from=("Packhorse Ltd", "1 Dock Road", "Hinckley LE10 1AA", "United Kingdom"),
    ship_to=("Zoë Łukasiewicz-Ångström", "Flat 3 & 4, 12 “Long” Street ^ ~ _ \\ # $", "LONDON", "SW1Y 4JH", "United Kingdom"),
    carrier="Tariff",
    service="Tariff Standard",
    tracking_number="TF000000014GB",
    ships_on=DAY,
    weight_g=801,
    routing="(403)GBSW1Y4JH",
    sscc=SSCC,
    parcel=2,
    parcels=3,
    reference="FO-000123",
    marks=("FRAGILE",),
)
SLIP = PackingSlip(
    brand=Brand(name="Ladybird Gifts", colour="#8a1c3a", contact="help@ladybird.example"),
    order_number="W-536365",
    ordered_on=DAY,
    ship_to=LABEL.ship_to,
    lines=tuple(SlipLine(sku=f"8512{n}A", name="WHITE HANGING HEART T-LIGHT HOLDER", quantity=n + 1) for n in range(60)),
    message="Thank you!",
)


def _pages(pdf: bytes, dpi: int = 203) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil() for page in document]


def _codes(page: Image.Image) -> dict[str, str]:
    return {code.text: code.symbology_identifier[:2] for code in zxingcpp.read_barcodes(page)}


def _words(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def test_the_barcodes_of_a_label_read_again() -> None:
    [page] = _pages(documents.label_pdf(LABEL))
    assert page.size == (812, 1218)
    assert _codes(page) == {"TF000000014GB": "]C", f"(00){SSCC}": "]C", "(403)GBSW1Y4JH": "]C"}
    assert scan.parse(f"]C1{'00' + SSCC}").sscc == SSCC


def test_a_return_label_carries_its_return_number() -> None:
    [page] = _pages(documents.label_pdf(replace(LABEL, return_number="R-000017", sscc="", routing="")))
    assert _codes(page) == {"TF000000014GB": "]C", "R-000017": "]Q"}


def test_bars_are_whole_printer_dots() -> None:
    [page] = _pages(documents.label_pdf(LABEL))
    row = page.convert("L").tobytes()[800 * 812 : 801 * 812]
    runs = [len(run) for run in re.findall(r"1+", "".join("1" if value < 128 else "0" for value in row))]
    assert all(run % 4 == 0 for run in runs)
    assert all(value < 3 or value > 252 for value in row)  # no bar edge falls between dots


def test_the_label_says_where_it_goes_and_what_it_weighs() -> None:
    words = _words(documents.label_pdf(LABEL))
    for word in ("Zoë Łukasiewicz-Ångström", "SW1Y 4JH", "0.81 kg", "2 of 3", "FO-000123", "FRAGILE"):
        assert word in words


def test_many_labels_are_one_file_and_the_same_label_the_same_bytes() -> None:
    labels = [replace(LABEL, tracking_number=f"TF{n:08d}0GB") for n in range(3)]
    assert [f"TF{n:08d}0GB" in _codes(page) for n, page in enumerate(_pages(documents.labels_pdf(labels)))] == [True] * 3
    assert documents.label_pdf(LABEL) == documents.label_pdf(LABEL)


def test_a_packing_slip_runs_over_pages_without_prices_unless_it_has_them() -> None:
    pdf = documents.packing_slip_pdf(SLIP)
    pages = _pages(pdf, 203)
    assert len(pages) == 2
    assert _codes(pages[0]) == {"W-536365": "]C"}
    words = _words(pdf)
    assert "Ladybird Gifts" in words
    assert "1830 pieces" in words
    assert "GBP" not in words
    priced = replace(
        SLIP,
        lines=(SlipLine(sku="A", name="Bell", quantity=2, price="2.55", amount=Money(510, "GBP")),),
        totals=(("Total", Money(510, "GBP")),),
        paper="letter",
    )
    assert "5.10 GBP" in _words(documents.packing_slip_pdf(priced))


def test_a_gifts_slip_says_the_note_and_no_price() -> None:
    lines = (SlipLine(sku="A", name="Bell", quantity=2, price="2.55", amount=Money(510, "GBP")),)
    gift = replace(SLIP, lines=lines, totals=(("Total", Money(510, "GBP")),), message="Happy birthday, Zoë!\nYours, Émile", gift=True)
    words = _words(documents.packing_slip_pdf(gift))
    assert ("GBP" in words, "2.55" in words, "Total" in words) == (False, False, False)
    assert ("A gift for you" in words, "Happy birthday, Zoë!" in words, "Yours, Émile" in words) == (True, True, True)


def test_many_slips_are_one_file_each_with_its_own_pages_brand_and_language() -> None:
    other = replace(SLIP, order_number="W-2", brand=Brand(name="Atelier", colour="#003366"), lines=SLIP.lines[:1], language="fr", paper="letter")
    pdf = documents.packing_slips_pdf([SLIP, other, replace(SLIP, order_number="W-3")])
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    assert [re.findall(r"Page (\d+) (?:of|de) (\d+)", page) for page in pages] == [[("1", "2")], [("2", "2")], [("1", "1")], [("1", "2")], [("2", "2")]]
    assert ["Ladybird" in page for page in pages] == [True, True, False, True, True]
    assert [_codes(page) for page in _pages(pdf)] == [{"W-536365": "]C"}, {}, {"W-2": "]C"}, {"W-3": "]C"}, {}]


def test_each_slip_of_a_large_batch_has_its_own_number_and_pages() -> None:
    short = replace(SLIP, lines=SLIP.lines[:3])
    made = documents.packing_slips_pdf([replace(short, order_number=f"W-{n:06d}") for n in range(250)])
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(made)]
    assert [(f"W-{n:06d}" in page, "Page 1 of 1" in page) for n, page in enumerate(pages)] == [(True, True)] * 250


def test_small_labels_and_pick_lists_read_again() -> None:
    small = [SmallLabel(code="A-01-02", title="Zone A", subtitle="Shelf 2"), SmallLabel(code="T014", symbology="datamatrix", title="Tote", subtitle="Cart 3")]
    first, second = _pages(documents.small_labels_pdf(small, DAY))
    assert first.size == (609, 203)
    assert _codes(first) == {"A-01-02": "]C"}
    assert _codes(second) == {"T014": "]d"}
    picks = PickList(
        number="B-000007",
        warehouse="Hinckley",
        made_at=dt.datetime(2010, 12, 7, 9, tzinfo=dt.UTC),
        lines=(PickListLine(location="A-01-02", sku="85123A", name="Holder", quantity=6, target="T014"),),
    )
    pages = _pages(documents.pick_lists_pdf([picks, replace(picks, number="B-000008", language="fr", paper="letter")]))
    assert [_codes(page) for page in pages] == [{"B-000007": "]C"}, {"B-000008": "]C"}]
    assert [round(page.height / 203, 1) for page in pages] == [11.7, 11.0]


def test_a_units_label_reads_again_as_its_number_and_its_sscc() -> None:
    unit = UnitLabel(code="PAL-0001", made_on=DAY, sscc=SSCC, title="Pallet", facts=(("Warehouse", "Hinckley"), ("Pieces", "480")))
    pages = _pages(documents.unit_labels_pdf([unit, replace(unit, code="PAL-0002", sscc="")]))
    assert [page.size for page in pages] == [(812, 1218)] * 2
    assert [_codes(page) for page in pages] == [{"PAL-0001": "]C", f"(00){SSCC}": "]C"}, {"PAL-0002": "]C"}]
    made = documents.unit_label_zpl(unit)
    assert [_decode(field) for field in re.findall(r"\^BCN,\d+,N,N,N,N\^FH_\^FD(.*?)\^FS", made)] == ["PAL-0001", f"\x1d00{SSCC}"]
    assert ("Hinckley" in made, made.count("^XA"), made.count("^XZ")) == (True, 1, 1)


def test_a_contents_list_says_what_is_in_it_and_in_which_unit_of_it() -> None:
    lines = (ContentsLine(sku="85123A", name="Holder", quantity=6, lot="L1"), ContentsLine(sku="71053", name="Lantern", quantity=2, within="T014"))
    found = ContentsList(number="PAL-0001", made_on=DAY, lines=lines, said=("Hinckley",))
    pdf = documents.contents_lists_pdf([found, replace(found, number="P000000001", lines=lines[:1], language="fr")])
    assert [_codes(page) for page in _pages(pdf)] == [{"PAL-0001": "]C"}, {"P000000001": "]C"}]
    words = _words(pdf)
    for word in ("Contents of PAL-0001", "Hinckley", "8 pieces", "T014", "71053", "L1", "Contenu de P000000001"):
        assert word in words


def test_barcodes_for_pages_have_a_name_and_no_style() -> None:
    svg = documents.barcode_svg('A<B"1', "qr")
    assert 'aria-label="A&lt;B&quot;1"' in svg
    assert "style=" not in svg
    with pytest.raises(Invalid):
        documents.barcode_svg("é" * 300, "code128")


def test_an_sscc_has_its_check_digit() -> None:
    assert documents.sscc("3401234", 5000000, 0)[:17] == "03401234005000000"
    assert documents.sscc("0614141", 123456789, 1) == "106141411234567897"  # the GS1 General Specifications' example
    for wrong in (("12", 1), ("0614141", 10**9), ("abc123", 1)):
        with pytest.raises(Invalid):
            documents.sscc(*wrong)


def _decode(field: str) -> str:
    """What a printer makes of ^FD data under ^FH and, in a barcode, of Zebra's subset codes; FNC1 as \\x1d."""
    text = re.sub(r"_([0-9A-F]{2})", lambda m: chr(int(m.group(1), 16)), field)
    assert text[:2] in (">:", ">;")
    return re.sub(r">(.)", lambda m: {":": "", ";": "", "5": "", "6": "", "8": "\x1d", "0": ">"}[m.group(1)], text)


def test_zpl_carries_the_same_numbers() -> None:
    made = documents.label_zpl(LABEL)
    fields = [_decode(field) for field in re.findall(r"\^BCN,\d+,N,N,N,N\^FH_\^FD(.*?)\^FS", made)]
    assert fields == ["\x1d403GBSW1Y4JH", "TF000000014GB", f"\x1d00{SSCC}"]
    assert "_5E _7E _5F _5C" in made  # ^ ~ _ \ of the address
    assert made.count("^XA") == made.count("^XZ") == 1
    assert "^FDMA,R-1^FS" in documents.label_zpl(replace(LABEL, return_number="R-1"))
    assert "^BXN,14,200^FH_^FDT014^FS" in documents.small_label_zpl(SmallLabel(code="T014", symbology="datamatrix"))


def test_zpl_separates_only_elements_of_variable_length() -> None:
    assert zpl.gs1("(01)09501101530003(10)AB(17)251231(21)7") == "\x1d010950110153000310AB\x1d1725123121" + "7"
    with pytest.raises(Invalid):
        zpl.gs1("no element")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_any_code_survives_the_subset_codes(text: str) -> None:
    data, modules = zpl.code128(text)
    assert _decode(zpl._hex(data)) == text
    assert modules >= 11 * 4 + 13 - 11
