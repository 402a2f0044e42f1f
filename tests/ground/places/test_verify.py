"""An address is judged by its country's form and by what is known of its postal code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from packhorse.ground.places.types import AddressData, Verdict
from packhorse.ground.places.verify import normal_form, tidy_postal_code, verify

LEEDS = AddressData(name="J Smith", line1="1 High St", city="LEEDS", postal_code="LS1 1AA", country="GB")
BOISE = AddressData(name="J Smith", line1="5 Oak St", city="Boise", region="ID", postal_code="83702", country="US")


def _codes(verdict: Verdict) -> list[str]:
    return [problem.code for problem in verdict.problems]


def test_a_good_address_is_deliverable_and_needs_no_suggestion() -> None:
    for address in (LEEDS, BOISE, AddressData(name="A", line1="1 Rue", city="Ottawa", region="ON", postal_code="K1A 0B1", country="CA")):
        assert verify(address) == Verdict(level="deliverable", checked="offline")


@pytest.mark.parametrize(
    ("address", "level", "codes"),
    [
        (replace(LEEDS, country=""), "undeliverable", ["country_missing"]),
        (replace(LEEDS, country="XX"), "undeliverable", ["country_unknown"]),
        (replace(LEEDS, name=""), "undeliverable", ["name_missing"]),
        (replace(LEEDS, line1=""), "undeliverable", ["line_missing"]),
        (replace(LEEDS, city=""), "undeliverable", ["city_missing"]),
        (replace(LEEDS, postal_code=""), "undeliverable", ["postal_code_missing"]),
        (replace(LEEDS, postal_code="12345"), "undeliverable", ["postal_code_format"]),
        (replace(LEEDS, line1="n/a"), "suspect", ["placeholder"]),
        (replace(LEEDS, line2="x" * 61), "suspect", ["too_long"]),
        (replace(BOISE, line1="Oak St"), "suspect", ["number_missing"]),
        (replace(BOISE, region="Bavaria"), "undeliverable", ["region_unknown"]),
        (replace(BOISE, region="", postal_code=""), "undeliverable", ["region_missing", "postal_code_missing"]),
        (replace(BOISE, postal_code="00001", region=""), "undeliverable", ["region_missing", "postal_code_unknown"]),
    ],
)
def test_each_problem_has_its_code_and_weight(address: AddressData, level: str, codes: list[str]) -> None:
    verdict = verify(address)
    assert (verdict.level, _codes(verdict)) == (level, codes)
    assert all(problem.message for problem in verdict.problems)


def test_what_tables_can_mend_is_suggested() -> None:
    wrong_state = verify(replace(BOISE, region="California"))
    assert _codes(wrong_state) == ["postal_code_region"]
    assert wrong_state.suggestion == BOISE
    assert verify(replace(BOISE, region="")).suggestion == BOISE
    assert verify(replace(BOISE, region="idaho")).suggestion == BOISE
    lost_zero = verify(replace(BOISE, city="Springfield", region="MA", postal_code="1101"))
    assert (lost_zero.level, lost_zero.suggestion and lost_zero.suggestion.postal_code) == ("deliverable", "01101")
    by_name = verify(replace(LEEDS, country="United Kingdom", postal_code="ls11aa"))
    assert (by_name.level, by_name.suggestion) == ("deliverable", LEEDS)


def test_post_boxes_and_soldiers_are_known() -> None:
    assert verify(replace(BOISE, line1="P.O. Box 12")).po_box
    assert verify(AddressData(name="A", line1="Postfach 12", city="Bonn", postal_code="53113", country="DE")).po_box
    assert not verify(LEEDS).po_box
    soldier = verify(AddressData(name="Sgt A", line1="Unit 2050 Box 4190", city="APO", region="AP", postal_code="96278", country="US"))
    assert (soldier.level, soldier.military) == ("deliverable", True)


def test_postal_codes_are_tidied() -> None:
    assert [
        tidy_postal_code(c, p) for c, p in (("CA", "k1a0b1"), ("GB", "sw1y4jh"), ("NL", "1012ab"), ("US", "902101234"), ("JE", "je24we"), ("DE", "10115"))
    ] == [
        "K1A 0B1",
        "SW1Y 4JH",
        "1012 AB",
        "90210-1234",
        "JE2 4WE",
        "10115",
    ]


def test_two_spellings_of_one_place_have_one_normal_form() -> None:
    assert normal_form(replace(LEEDS, line1="1, high  st.", city="Leeds", postal_code="ls11aa", phone="1")) == normal_form(LEEDS)
    assert normal_form(replace(LEEDS, line1="2 High St")) != normal_form(LEEDS)
