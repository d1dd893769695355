"""Plates: stable for as long as they hang, and another one for another place or code."""

import pytest

from patrol.plates import CHECK_DIGITS, plate_of


@pytest.mark.parametrize(
    ("place", "code", "check"),
    [("AAAAAAAAAAAAAAAAAAAAAA", "SL-01-01", "746217"), ("place-2", "主井口", "214602"), ("x", "", "456795")],
)
def test_a_plate_that_hangs_underground_is_read_for_ever(place, code, check):
    plate = plate_of(place, code)

    assert (plate.check, plate.text) == (check, f"QS1.{place}.{check}")


def test_a_new_code_on_the_sign_makes_another_plate():
    assert plate_of("place", "1").check != plate_of("place", "2").check
    assert plate_of("place-1", "1").check != plate_of("place-2", "1").check


def test_the_digits_are_always_as_many_and_spread_over_all():
    checks = {plate_of(f"place-{n}", "c").check for n in range(500)}

    assert {len(check) for check in checks} == {CHECK_DIGITS}
    assert len(checks) >= 498
    assert {check[0] for check in checks} == set("0123456789")
