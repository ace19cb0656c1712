"""Outlines as surveys and rivers draw them: closed rings of many points that wander about a circle or keep just inside another ring."""

from __future__ import annotations

import numpy as np

from village_planner.demo.layout import Point, Ring

_DIGITS = 3
_NEIGHBOURS = 3


def wandering_ring(middle: Point, radius_m: float, points: int, roughness: float, shake: np.random.Generator) -> Ring:
    """A closed ring about `middle`, clockwise, whose distance from it is `radius_m` ± at most `roughness` of that at each scale down to one point.

    It never crosses itself: the bearing of its points turns one way only.
    """
    bearing = -2 * np.pi * np.arange(points) / points
    distance = radius_m * (1 + roughness * _wander(points, shake))
    return _closed(middle[0] + distance * np.cos(bearing), middle[1] + distance * np.sin(bearing))


def ring_inside(outline: Ring, points: int, least_m: float, most_m: float, shake: np.random.Generator) -> Ring:
    """A closed ring of `points` points, clockwise, that keeps within an outline, about `least_m` to `most_m` from it as seen from its middle.

    The outline must have points close together and be seen whole from its middle but for small bends.
    """
    corners = np.array(outline[:-1])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    seen = np.arctan2(*(corners - middle).T[::-1])
    order = np.argsort(seen, kind="stable")
    distance = np.hypot(*(corners - middle).T)[order]
    nearest = np.min([np.roll(distance, shift) for shift in range(-_NEIGHBOURS, _NEIGHBOURS + 1)], axis=0)
    bearing = -2 * np.pi * np.arange(points) / points
    edge = np.interp(bearing, seen[order], nearest, period=2 * np.pi)
    reach = edge - least_m - (most_m - least_m) * (1 + _wander(points, shake)) / 2
    return _closed(middle[0] + reach * np.cos(bearing), middle[1] + reach * np.sin(bearing))


def _wander(points: int, shake: np.random.Generator) -> np.ndarray:
    """Values between −1 and 1 around a circle, rough at each scale: amplitudes fall with the power 1.2 of the frequency."""
    waves = np.arange(2, points // 2)
    phases = np.zeros(points // 2 + 1, complex)
    phases[2 : points // 2] = (_normal(len(waves), shake) + 1j * _normal(len(waves), shake)) / waves**1.2
    wander = np.fft.irfft(phases, points)
    return wander / np.abs(wander).max()


def _normal(count: int, shake: np.random.Generator) -> np.ndarray:
    """Roughly normal values from uniform ones, whose stream numpy keeps the same over its versions."""
    return shake.random((count, 6)).sum(axis=1) - 3


def _closed(x: np.ndarray, y: np.ndarray) -> Ring:
    points = [(round(float(a), _DIGITS), round(float(b), _DIGITS)) for a, b in zip(x, y)]
    return [*points, points[0]]
