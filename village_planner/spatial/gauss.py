"""The Gauss projection (高斯投影) on the CGCS2000 ellipsoid and back, for whole arrays of points."""

from __future__ import annotations

import numpy as np

SEMI_MAJOR_M = 6378137.0
FLATTENING = 1 / 298.257222101

_N = FLATTENING / (2 - FLATTENING)
# Radius of the sphere whose meridian is as long as the ellipsoid's, without the factor π/2 per quadrant.
_RECTIFYING_RADIUS_M = SEMI_MAJOR_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64 + _N**6 / 256)
# Krüger's series in the third flattening n to the sixth power, as in Karney, Transverse Mercator with an accuracy of a
# few nanometers, J. Geodesy 85 (2011), equations 35 and 36. Row j - 1 holds the powers n^j … n^6 of the j-th term.
_TO_PLANE = (
    (1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800),
    (13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360),
    (61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440),
    (49561 / 161280, -179 / 168, 6601661 / 7257600),
    (34729 / 80640, -3418889 / 1995840),
    (212378941 / 319334400,),
)
_TO_SPHERE = (
    (1 / 2, -2 / 3, 37 / 96, -1 / 360, -81 / 512, 96199 / 604800),
    (1 / 48, 1 / 15, -437 / 1440, 46 / 105, -1118711 / 3870720),
    (17 / 480, -37 / 840, -209 / 4480, 5569 / 90720),
    (4397 / 161280, -11 / 504, -830251 / 7257600),
    (4583 / 161280, -108847 / 3991680),
    (20648693 / 638668800,),
)
# Latitude less conformal latitude, by the conformal latitude: Karney, On auxiliary latitudes, Survey Review 56 (2024), A19.
_FROM_CONFORMAL = (
    (2, -2 / 3, -2, 116 / 45, 26 / 45, -2854 / 675),
    (7 / 3, -8 / 5, -227 / 45, 2704 / 315, 2323 / 945),
    (56 / 15, -136 / 35, -1262 / 105, 73814 / 2835),
    (4279 / 630, -332 / 35, -399572 / 14175),
    (4174 / 315, -144838 / 6237),
    (601676 / 22275,),
)
# The series lose digits far from the meridian; no figure of the country lies so far from the meridian of any zone in use.
_FARTHEST_M = 4e6
_FARTHEST_DEG = 45.0
_QUADRANT = np.pi / 2
_BLOCK = 16_384


def _terms(rows: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    return tuple(sum(factor * _N ** (order + power) for power, factor in enumerate(row)) for order, row in enumerate(rows, 1))


_ALPHA, _BETA, _DELTA = _terms(_TO_PLANE), _terms(_TO_SPHERE), _terms(_FROM_CONFORMAL)
_ECCENTRICITY = float(np.sqrt(FLATTENING * (2 - FLATTENING)))


def to_geographic(offset_m: np.ndarray, northing_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude from the central meridian and latitude, in radians, of points in the plane of the projection.

    offset_m: metres east of the central meridian (easting less false easting); northing_m: metres from the equator;
    one-dimensional, of equal length. A point over 4,000 km from the meridian or beyond a pole, and what is not finite,
    gives NaN. Scale on the meridian is 1. Right to 1e-14 radians within 3.5 degrees of the meridian, where it is
    compared with PROJ; the latitude comes by its series, which is as exact as iterating.
    """
    longitude, latitude = np.empty(len(offset_m)), np.empty(len(offset_m))
    with np.errstate(invalid="ignore", over="ignore"):
        for block in _blocks(len(offset_m)):
            longitude[block], latitude[block] = _block_to_geographic(offset_m[block], northing_m[block])
    return longitude, latitude


def to_plane(longitude_rad: np.ndarray, latitude_rad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Metres east of the central meridian and from the equator: the inverse of `to_geographic`.

    longitude_rad: from the central meridian, in radians; over 45 degrees, a latitude beyond a pole, and what is not
    finite give NaN.
    """
    offset, northing = np.empty(len(longitude_rad)), np.empty(len(longitude_rad))
    with np.errstate(invalid="ignore", over="ignore"):
        for block in _blocks(len(longitude_rad)):
            offset[block], northing[block] = _block_to_plane(longitude_rad[block], latitude_rad[block])
    return offset, northing


def to_isometric(plane_m: np.ndarray) -> np.ndarray:
    """Isometric latitude + i·longitude from the meridian, in radians, of plane coordinates northing + i·offset, in metres.

    The same projection as `to_geographic`, which is one function of one complex number: artanh(sin(ζ − Σ β_j·sin 2jζ)).
    """
    zeta = plane_m / _RECTIFYING_RADIUS_M
    return np.arctanh(np.sin(zeta - sum(term * np.sin(2 * order * zeta) for order, term in enumerate(_BETA, 1))))


def latitude_of_isometric(isometric_rad: np.ndarray) -> np.ndarray:
    """Latitude in radians of isometric latitudes, which may be complex."""
    conformal = np.arcsin(np.tanh(isometric_rad))
    return conformal + sum(term * np.sin(2 * order * conformal) for order, term in enumerate(_DELTA, 1))


def distance_to_pole_m(plane_m: complex) -> float:
    """Distance in the plane, in metres, from northing + i·offset to the nearer pole, where the projection is not analytic."""
    pole = _QUADRANT * _RECTIFYING_RADIUS_M
    return min(abs(pole - plane_m), abs(pole + plane_m))


def _blocks(count: int) -> list[slice]:
    """Slices whose arrays stay in the processor's cache."""
    return [slice(start, start + _BLOCK) for start in range(0, count, _BLOCK)]


def _block_to_geographic(offset_m: np.ndarray, northing_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    xi, eta = northing_m / _RECTIFYING_RADIUS_M, offset_m / _RECTIFYING_RADIUS_M
    outside = ~((np.abs(offset_m) <= _FARTHEST_M) & (np.abs(xi) <= _QUADRANT))
    if outside.any():
        xi[outside] = eta[outside] = np.nan
    along, across = _complex_sine_series(_BETA, xi, eta)
    xi -= along
    eta -= across
    growth = np.exp(eta)
    sine, cosine, sinh = np.sin(xi), np.cos(xi), (growth - 1 / growth) / 2
    # On the conformal sphere: distance from the axis, and from the plane of the equator.
    from_axis = np.sqrt(sinh * sinh + cosine * cosine)
    length = np.sqrt(from_axis * from_axis + sine * sine)
    conformal = np.arctan2(sine, from_axis)
    correction = _sine_series(_DELTA, sine / length, from_axis / length)
    return np.arctan2(sinh, cosine), conformal + correction


def _block_to_plane(longitude_rad: np.ndarray, latitude_rad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    outside = ~((np.abs(longitude_rad) <= np.radians(_FARTHEST_DEG)) & (np.abs(latitude_rad) <= _QUADRANT))
    sine = np.sin(latitude_rad)
    # Tangent of the conformal latitude, exactly: τ√(1 + σ²) − σ√(1 + τ²), which is sinh(artanh sin B − e·artanh(e·sin B)).
    tangent = np.sinh(np.arctanh(np.clip(sine, -1 + 1e-16, 1 - 1e-16)) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))
    cosine = np.cos(longitude_rad)
    xi, eta = np.arctan2(tangent, cosine), np.arcsinh(np.sin(longitude_rad) / np.sqrt(tangent * tangent + cosine * cosine))
    along, across = _complex_sine_series(_ALPHA, xi, eta)
    offset, northing = (eta + across) * _RECTIFYING_RADIUS_M, (xi + along) * _RECTIFYING_RADIUS_M
    offset[outside] = northing[outside] = np.nan
    return offset, northing


def _complex_sine_series(terms: tuple[float, ...], xi: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Real and imaginary part of Σ terms[j-1]·sin(2j(ξ + iη)), by Clenshaw's recurrence."""
    growth = np.exp(2 * eta)
    cosh, sinh = (growth + 1 / growth) / 2, (growth - 1 / growth) / 2
    sine, cosine = np.sin(2 * xi), np.cos(2 * xi)
    real, imaginary = 2 * cosine * cosh, -2 * sine * sinh
    a, b = np.full_like(xi, terms[-1]), np.zeros_like(xi)
    a_before, b_before = np.zeros_like(xi), np.zeros_like(xi)
    for term in terms[-2::-1]:
        a, a_before, b, b_before = real * a - imaginary * b - a_before + term, a, real * b + imaginary * a - b_before, b
    along, across = sine * cosh, cosine * sinh
    return a * along - b * across, a * across + b * along


def _sine_series(terms: tuple[float, ...], sine: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """Σ terms[j-1]·sin(2jχ) of an angle χ given by its sine and cosine, by Clenshaw's recurrence."""
    twice = 2 - 4 * sine * sine
    value, before = np.full_like(sine, terms[-1]), np.zeros_like(sine)
    for term in terms[-2::-1]:
        value, before = twice * value - before + term, value
    return value * 2 * sine * cosine
