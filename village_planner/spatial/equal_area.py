"""Coordinates in which areas on the ellipsoid are plane areas: longitude, and the area of the zone below a parallel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterator

import numpy as np

from village_planner.spatial.gauss import (
    FLATTENING,
    SEMI_MAJOR_M,
    distance_to_pole_m,
    latitude_of_isometric,
    to_geographic,
    to_isometric,
)

_SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
_E2 = FLATTENING * (2 - FLATTENING)
# Coefficients A to E of TD/T 1055-2019, area on the ellipsoid; the powers of e² are those of the first eccentricity.
_SERIES = (
    1 + 3 / 6 * _E2 + 30 / 80 * _E2**2 + 35 / 112 * _E2**3 + 630 / 2304 * _E2**4,
    -(1 / 6 * _E2 + 15 / 80 * _E2**2 + 21 / 112 * _E2**3 + 420 / 2304 * _E2**4),
    3 / 80 * _E2**2 + 7 / 112 * _E2**3 + 180 / 2304 * _E2**4,
    -(1 / 112 * _E2**3 + 45 / 2304 * _E2**4),
    5 / 2304 * _E2**4,
)
_FEWEST_POINTS = 2_000
_LEAST_RADIUS_M = 5_000.0
_WIDEST = 0.2
_REMAINDER = 1e-17
_SAMPLES = 64
_BLOCK = 8_192


def equal_area(offset_m: np.ndarray, northing_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude (radians from the central meridian) and zone (m² per radian) of points in the plane of the projection.

    The zone of a latitude B is b²·(A·sin B − B·sin 3B + C·sin 5B − D·sin 7B + E·sin 9B) of TD/T 1055-2019: the area
    between the equator and the parallel, for one radian of longitude. The formula's trapezoid between two points and a
    meridian, with 2·sin(n·ΔB/2)·cos(n·Bm) written as sin(n·B2) − sin(n·B1), is the plane trapezoid in these
    coordinates.

    offset_m, northing_m: as in `to_geographic`. Zones may be given less a constant: only differences count. NaN where
    a coordinate is not finite or too far.
    Many points near each other take power series around their middle, anything else the projection itself; both agree
    to 1e-15 of the earth's radius.
    """
    if len(offset_m) >= _FEWEST_POINTS:
        series = _series_around(offset_m, northing_m)
        if series is not None:
            return _evaluated(series, offset_m, northing_m)
    longitude, latitude = to_geographic(offset_m, northing_m)
    return longitude, zone_m2(latitude)


def zone_m2(latitude_rad: np.ndarray) -> np.ndarray:
    """Area in m² between the equator and a parallel for one radian of longitude, by the formula's own series."""
    terms = ((2 * order + 1, coefficient) for order, coefficient in enumerate(_SERIES))
    return _SEMI_MINOR_M**2 * sum(coefficient * np.sin(multiple * latitude_rad) for multiple, coefficient in terms)


@dataclass(frozen=True)
class _Series:
    """Two power series, each in a variable of at most 1.

    place: of isometric latitude + i·longitude, in (northing + i·offset − middle_m) / radius_m; zones: of the zone less
    that of the middle, from the first power, in (isometric latitude less that of the middle) / span_rad.
    """

    middle_m: complex
    radius_m: float
    place: np.ndarray
    span_rad: float
    zones: np.ndarray


def _series_around(offset_m: np.ndarray, northing_m: np.ndarray) -> _Series | None:
    """The series around the middle of the points; None where the points lie too far apart or are not all finite.

    Within the distance ρ to a pole both functions are analytic and, within 0.8 ρ, not large, so that what a series of
    degree d leaves out is about (r / 0.8 ρ)^(d+1) (Cauchy's estimate). The coefficients are the discrete Fourier
    transform of the values on the circle (Cauchy's formula by the trapezoid rule, as exact as the arithmetic).
    """
    low, high = complex(northing_m.min(), offset_m.min()), complex(northing_m.max(), offset_m.max())
    middle, radius = (low + high) / 2, max(abs(high - low) / 2, _LEAST_RADIUS_M)
    share = radius / (0.8 * distance_to_pole_m(middle))
    if not share < _WIDEST:  # NaN is not less
        return None
    degree = math.ceil(math.log(_REMAINDER) / math.log(share))
    circle = np.exp(2j * np.pi * np.arange(_SAMPLES) / _SAMPLES)
    place = np.fft.fft(to_isometric(middle + radius * circle))[: degree + 1] / _SAMPLES
    span = float(np.abs(place[1:]).sum())
    zones = np.fft.fft(zone_m2(latitude_of_isometric(place[0].real + span * circle)))[1 : degree + 1].real / _SAMPLES
    return _Series(middle, radius, place, span, zones)


def _evaluated(series: _Series, offset_m: np.ndarray, northing_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    longitude, zone = np.empty(len(offset_m)), np.empty(len(offset_m))
    for block in _blocks(len(offset_m)):
        north = (northing_m[block] - series.middle_m.real) / series.radius_m
        east = (offset_m[block] - series.middle_m.imag) / series.radius_m
        real, imaginary = np.zeros_like(north), np.zeros_like(north)
        for coefficient in series.place[:0:-1]:
            real += coefficient.real
            imaginary += coefficient.imag
            real, imaginary = real * north - imaginary * east, real * east + imaginary * north
        longitude[block] = imaginary + series.place[0].imag
        real /= series.span_rad
        value = np.zeros_like(north)
        for coefficient in series.zones[::-1]:
            value += coefficient
            value *= real
        zone[block] = value
    return longitude, zone


def _blocks(count: int) -> Iterator[slice]:
    """Slices whose arrays stay in the processor's cache."""
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))
