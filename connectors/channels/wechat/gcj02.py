"""Places as Chinese maps draw them (GCJ-02) to places as satellites measure them (WGS-84).

Maps in China shift every place by up to some 500 m; WeChat gives places as its map shows them. The
shift is smooth and small, so a few steps of trying undo it to within centimetres. Outside of China
nothing is shifted. The formula is known at second hand and the same everywhere it is used.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

_A = 6378245.0  # metres, the half axis of the ellipsoid of Krasovsky
_EE = 0.00669342162296594323  # its eccentricity, squared
_STEPS = 6


def to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees of WGS-84 of a place in degrees of GCJ-02."""
    if not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347):
        return latitude, longitude
    north, east = latitude, longitude
    for _ in range(_STEPS):
        d_north, d_east = _shift(north, east)
        north, east = latitude - d_north, longitude - d_east
    return north, east


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    """How far, in degrees, maps move a place of WGS-84."""
    x, y = longitude - 105.0, latitude - 35.0
    waves = (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
        + (20 * sin(pi * y) + 40 * sin(pi * y / 3)) * 2 / 3
        + (160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
        + (20 * sin(pi * x) + 40 * sin(pi * x / 3)) * 2 / 3
        + (150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    )  # fmt: skip
    radians = latitude / 180 * pi
    magic = 1 - _EE * sin(radians) ** 2
    metres_north = _A * (1 - _EE) / (magic * sqrt(magic))
    metres_east = _A / sqrt(magic) * cos(radians)
    return north * 180 / (metres_north * pi), east * 180 / (metres_east * pi)
