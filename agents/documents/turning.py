"""A page that was scanned askew or on its side: where a place stands on it as it is displayed, and where if it stood upright.

``turned`` is how far, in degrees clockwise, the page as it is displayed has to be turned about its middle for its lines to
be level and upright. ``width`` and ``height`` are those of the page as displayed; all lengths are in points, from the top.
"""

from __future__ import annotations

import math

Box = tuple[float, float, float, float]
"""As in `reading`, which the reading process does without."""


def upright_size(width: float, height: float, turned: float) -> tuple[float, float]:
    """Width and height of the page once it stands upright."""
    return (height, width) if round(turned / 90) % 2 else (width, height)


def displayed(box: Box, width: float, height: float, turned: float) -> Box:
    """The box around ``box``, a place on the upright page, on the page as it is displayed."""
    x, y, across, down = _middle_and_extent(box)
    up_width, up_height = upright_size(width, height, turned)
    x, y = _rotated(x - up_width / 2, y - up_height / 2, -turned)
    cosine, sine = _of(turned)
    return _box(x + width / 2, y + height / 2, cosine * across + sine * down, sine * across + cosine * down)


def upright(box: Box, width: float, height: float, turned: float) -> Box:
    """The place on the upright page that `displayed` makes ``box`` of: its exact inverse, away from 45 degrees."""
    x, y, across, down = _middle_and_extent(box)
    up_width, up_height = upright_size(width, height, turned)
    x, y = _rotated(x - width / 2, y - height / 2, turned)
    cosine, sine = _of(turned)
    apart = cosine**2 - sine**2
    return _box(
        x + up_width / 2,
        y + up_height / 2,
        max((cosine * across - sine * down) / apart, 0.0),
        max((cosine * down - sine * across) / apart, 0.0),
    )


def _of(turned: float) -> tuple[float, float]:
    """What of a length along a side of the page lies along the same side after turning, and what along the other."""
    return abs(math.cos(math.radians(turned))), abs(math.sin(math.radians(turned)))


def _rotated(x: float, y: float, degrees: float) -> tuple[float, float]:
    """Clockwise, as a person sees it: down is positive."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x * cosine - y * sine, x * sine + y * cosine


def _middle_and_extent(box: Box) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = box
    return (x0 + x1) / 2, (top + bottom) / 2, x1 - x0, bottom - top


def _box(x: float, y: float, across: float, down: float) -> Box:
    return x - across / 2, y - down / 2, x + across / 2, y + down / 2
