from datetime import UTC, date, datetime

import pytest

from patrol.errors import Conflict, Invalid
from patrol.mines import Attribute, Place, change_days, check_place, picture, values_on
from patrol.periods import parse

AT = datetime(2026, 1, 1, tzinfo=UTC)
LOW = Attribute("gas_grade", "低瓦斯", date(2025, 1, 1), AT, "2025年度鉴定")
HIGH = Attribute("gas_grade", "高瓦斯", date(2026, 11, 17), AT, "2026年度鉴定")


def place(place_id="p1", code="3301", opened_on=date(2026, 1, 1), closed_on=None, **more):
    return Place(place_id, more.get("mine", "m1"), more.get("kind", "coal_face"), code, opened_on, closed_on)


def test_a_past_day_keeps_the_grade_it_had():
    history = [HIGH, LOW]
    assert values_on(history, date(2026, 11, 16)) == {"gas_grade": "低瓦斯"}
    assert values_on(history, date(2026, 11, 17)) == {"gas_grade": "高瓦斯"}


def test_before_its_first_value_an_attribute_is_absent():
    assert values_on([LOW], date(2024, 12, 31)) == {}


def test_a_correction_since_the_same_day_counts_in_whatever_order_it_is_read():
    wrong = Attribute("gas_grade", "突出", LOW.from_date, datetime(2025, 12, 1, tzinfo=UTC))
    assert values_on([wrong, LOW], date(2026, 1, 1)) == {"gas_grade": "低瓦斯"}
    assert values_on([LOW, wrong], date(2026, 1, 1)) == {"gas_grade": "低瓦斯"}


def test_a_place_is_in_use_on_its_first_and_last_day():
    face = place(opened_on=date(2026, 11, 10), closed_on=date(2026, 11, 20))
    assert face.open_on(date(2026, 11, 10))
    assert face.open_on(date(2026, 11, 20))
    assert not face.open_on(date(2026, 11, 9))
    assert not face.open_on(date(2026, 11, 21))


def test_a_place_cannot_close_before_it_opens():
    with pytest.raises(Invalid) as refused:
        place(opened_on=date(2026, 11, 10), closed_on=date(2026, 11, 9))
    assert refused.value.code == "place_closed_before_opened"


def test_the_picture_of_a_day_has_the_places_in_use_and_what_is_known_of_each():
    heading = place("p2", "3302", kind="heading_face")
    closed = place("p3", "3303", closed_on=date(2026, 10, 31))
    foreign = place("p4", "1", mine="m2")
    hard = Attribute("method", "炮掘", date(2026, 1, 1), AT, place="p2")
    seen = picture("m1", date(2026, 11, 20), [LOW, HIGH, hard], [heading, closed, foreign, place()])
    assert seen.attributes == {"gas_grade": "高瓦斯"}
    assert [(p.place.id, p.attributes) for p in seen.places] == [
        ("p1", {}),
        ("p2", {"method": "炮掘"}),
    ]


def test_the_picture_of_an_unknown_mine_is_empty():
    seen = picture("m9", date(2026, 11, 20), [], [place()])
    assert (seen.attributes, seen.places) == ({}, ())


def test_within_a_month_the_picture_changes_only_on_the_days_that_are_named():
    opened = place("p2", "2", opened_on=date(2026, 11, 5), closed_on=date(2026, 11, 20))
    always = place("p1", closed_on=date(2026, 11, 30))
    days = change_days([LOW, HIGH], [opened, always], parse("2026-11"))
    assert days == (date(2026, 11, 1), date(2026, 11, 5), date(2026, 11, 17), date(2026, 11, 21))


def test_between_two_of_the_named_days_every_picture_is_the_same():
    register = [place("p2", "2", date(2026, 11, 5), date(2026, 11, 20)), place()]
    month = parse("2026-11")
    named = change_days([LOW, HIGH], register, month)
    for number in range(1, 31):
        day = date(2026, 11, number)
        start = max(d for d in named if d <= day)
        then, now = (picture("m1", d, [LOW, HIGH], register) for d in (start, day))
        assert (then.attributes, then.places) == (now.attributes, now.places)


def test_two_places_in_use_at_once_cannot_have_one_code():
    with pytest.raises(Conflict) as refused:
        check_place(place("p2"), [place("p1")])
    assert refused.value.details == {"code": "3301", "place": "p1"}
    with pytest.raises(Conflict):
        check_place(place("p2", opened_on=date(2025, 1, 1)), [place("p1")])


def test_a_code_is_free_again_once_its_place_has_closed():
    old = place("p1", closed_on=date(2026, 6, 30))
    check_place(place("p2", opened_on=date(2026, 7, 1)), [old])
    check_place(place("p1"), [place("p1")])
    check_place(place("p2", code="3302"), [place("p1")])
    check_place(place("p2", mine="m2"), [place("p1")])
