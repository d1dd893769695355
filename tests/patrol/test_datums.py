import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.datums import gcj02_to_bd09, to_bd09, to_gcj02
from patrol.places import Location, LocationKind, Point, distance_m


def close(point, lat, lon):
    assert point.lat == pytest.approx(lat, abs=1e-9)
    assert point.lon == pytest.approx(lon, abs=1e-9)


def test_published_pairs_of_wgs84_and_gcj02_agree():
    close(to_gcj02(Point(31.1774276, 121.5272106)), 31.17530398364597, 121.531541859215)
    close(to_gcj02(Point(39.915, 116.404)), 39.91640428150164, 116.41024449916938)


def test_a_published_pair_of_gcj02_and_bd09_agrees():
    close(gcj02_to_bd09(Point(39.915, 116.404)), 39.92133699351021, 116.41036949371029)


def test_bd09_is_the_shift_on_top_of_the_shift():
    point = Point(35.5, 112.85)
    assert to_bd09(point) == gcj02_to_bd09(to_gcj02(point))


@pytest.mark.parametrize("abroad", [Point(51.5, -0.1), Point(0.5, 100.0), Point(60.0, 100.0), Point(30.0, 140.0)])
def test_outside_china_nothing_is_shifted(abroad):
    assert to_gcj02(abroad) == abroad


@given(st.floats(35.2, 35.7), st.floats(112.5, 113.2))
def test_in_the_county_the_shift_is_a_few_hundred_metres(lat, lon):
    given_point, shifted = Point(lat, lon), to_gcj02(Point(lat, lon))
    away = distance_m(Location(LocationKind.GNSS, lat, lon), shifted)
    assert 100 < away < 900
    assert given_point != shifted
