"""WGS-84 to the shifted systems that Chinese maps are drawn in: for display, never for storing.

The formulas are the published reverse engineering of GCJ-02 ("eviltransform") on the Krasovsky 1940
ellipsoid, and Baidu's public one on top of it.
"""

import math

from patrol.places import Point

_A = 6378245.0
_EE = 0.00669342162296594323
_X_PI = math.pi * 3000.0 / 180.0


def to_gcj02(point: Point) -> Point:
    """A WGS-84 point as GCJ-02 (高德, 腾讯). Outside China it is returned as it is."""
    if not (0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lon <= 137.8347):
        return point
    x, y = point.lon - 105.0, point.lat - 35.0
    radians = math.radians(point.lat)
    magic = 1 - _EE * math.sin(radians) ** 2
    north = _north(x, y) * 180.0 / ((_A * (1 - _EE)) / (magic * math.sqrt(magic)) * math.pi)
    east = _east(x, y) * 180.0 / (_A / math.sqrt(magic) * math.cos(radians) * math.pi)
    return Point(point.lat + north, point.lon + east)


def to_bd09(point: Point) -> Point:
    """A WGS-84 point as BD-09 (百度)."""
    return gcj02_to_bd09(to_gcj02(point))


def gcj02_to_bd09(point: Point) -> Point:
    """A GCJ-02 point as BD-09."""
    x, y = point.lon, point.lat
    z = math.hypot(x, y) + 0.00002 * math.sin(y * _X_PI)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * _X_PI)
    return Point(z * math.sin(theta) + 0.006, z * math.cos(theta) + 0.0065)


def _waves(value: float, terms: tuple[tuple[float, float], ...]) -> float:
    return sum(size * math.sin(value * math.pi / period) for size, period in terms) * 2.0 / 3.0


def _north(x: float, y: float) -> float:
    plane = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return (
        plane
        + _waves(x, ((20.0, 1 / 6), (20.0, 1 / 2)))
        + _waves(y, ((20.0, 1.0), (40.0, 3.0)))
        + _waves(y, ((160.0, 12.0), (320.0, 30.0)))
    )


def _east(x: float, y: float) -> float:
    plane = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return (
        plane
        + _waves(x, ((20.0, 1 / 6), (20.0, 1 / 2)))
        + _waves(x, ((20.0, 1.0), (40.0, 3.0)))
        + _waves(x, ((150.0, 12.0), (300.0, 30.0)))
    )
