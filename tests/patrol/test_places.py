import pytest

from patrol.errors import Invalid
from patrol.places import Datum, Location, LocationKind, Point, distance_m, read_location

FIX = {"kind": "gnss", "lat": 35.5, "lon": 112.85, "accuracy": 12, "at": 1794970000000}
MINE = Point(35.5, 112.86)


def refusal(given):
    with pytest.raises(Invalid) as refused:
        read_location(given)
    return refused.value


def test_a_fix_is_kept_as_it_was_given():
    location = read_location(FIX | {"source": "network", "datum": "unsure"})
    assert location == Location(LocationKind.GNSS, 35.5, 112.85, 12.0, 1794970000000, "network", Datum.UNSURE)
    assert location.point == Point(35.5, 112.85)


def test_a_scanned_code_names_its_place_and_is_evidence():
    location = read_location({"kind": "checkpoint", "place": "p1"})
    assert (location.place, location.is_evidence, location.point) == ("p1", True, None)


def test_a_chosen_place_needs_its_reason_and_proves_nothing():
    assert refusal({"kind": "manual", "place": "p1"}).details == {"fields": ["reason"]}
    assert not read_location({"kind": "manual", "place": "p1", "reason": "牌板损坏"}).is_evidence


def test_no_location_is_said_aloud():
    assert read_location({"kind": "none", "reason": "井下无定位"}).kind is LocationKind.NONE
    assert refusal({}).code == "unknown_location_kind"
    assert refusal({"kind": "gps"}).code == "unknown_location_kind"


def test_a_fix_names_everything_it_lacks():
    assert refusal({"kind": "gnss", "lat": 0}).details == {"fields": ["lon", "accuracy", "at"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lat", 90.1),
        ("lat", "35.5"),
        ("lat", True),
        ("lat", float("nan")),
        ("lon", -180.5),
        ("lon", float("inf")),
        ("accuracy", -1),
        ("at", -5),
        ("source", 7),
        ("place", ["p1"]),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value):
    refused = refusal(FIX | {name: value})
    assert (refused.code, refused.details) == ("bad_field", {"field": name})


def test_an_unknown_datum_is_refused_and_not_guessed():
    assert refusal(FIX | {"datum": "bd09"}).code == "unknown_datum"


@pytest.mark.parametrize("kind", ["checkpoint", "manual", "none"])
def test_coordinates_underground_are_refused(kind):
    assert refusal(FIX | {"kind": kind, "place": "p1", "reason": "x"}).code == "bad_field"


@pytest.mark.parametrize(("accuracy", "proves"), [(200, True), (200.5, False)])
def test_a_fix_worse_than_two_hundred_metres_is_a_hint(accuracy, proves):
    assert read_location(FIX | {"accuracy": accuracy}).is_evidence is proves


def test_the_distance_to_the_mine_is_measured_along_the_ellipsoid():
    # One hundredth of a degree of longitude at 35.5° N: cos(phi)·a/sqrt(1-e²sin²phi)·pi/18000.
    assert distance_m(read_location(FIX), MINE) == pytest.approx(907.3, abs=0.2)


def test_without_coordinates_there_is_no_distance():
    assert distance_m(read_location({"kind": "none"}), MINE) is None
