"""A tracking number of the tariff carrier proves itself."""

from __future__ import annotations

from hypothesis import given, strategies as st

from packhorse.ground.carriers.tariff import numbers


def test_the_check_digit_is_that_of_upu_s10() -> None:
    assert numbers.check_digit("47312482") == 9  # the worked example of the standard: RA473124829US
    assert numbers.tracking_number(1, "GB") == "TF000000014GB"


@given(st.integers(0, 6_299_999_999))
def test_every_number_is_valid_and_no_single_wrong_digit_is(serial: int) -> None:
    number = numbers.tracking_number(serial, "GB")
    assert numbers.is_valid(number)
    wrong = number[:5] + str((int(number[5]) + 1) % 10) + number[6:]
    assert not numbers.is_valid(wrong)


def test_numbers_of_different_serials_differ_beyond_a_block() -> None:
    assert len({numbers.tracking_number(s, "GB") for s in (5, 100_000_005, 200_000_005, 2_100_000_005)}) == 4
