"""Pictures of one leg's result, drawn as inline SVG from the person's own point of view."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.names import Direction, Side, Task
from imu_hip.report.palette import INK, SIDE_COLOUR, TARGET, TRACK, UNCERTAIN_OPACITY
from imu_hip.report.sentences import headline
from imu_hip.report.wording import known

_INNER: Final = 62.0
_OUTER: Final = 96.0
_TEXT: Final = 115.0
_SHIN: Final = 150.0
_LAST_STYLE: Final = f'stroke="{INK}" stroke-width="2" stroke-dasharray="5 3"'


@dataclass(frozen=True, slots=True)
class Dial:
    """Places on a half dial: 0° is the vertical shin, + turns to the right on the page.

    `up` is whether the shin stands above its knee, as it does in a prone test.
    """

    up: bool

    def point(self, angle_deg: float, radius: float) -> tuple[float, float]:
        """Position of an angle at a radius, y downward."""
        angle = np.radians(angle_deg)
        y = radius * float(np.cos(angle))
        return radius * float(np.sin(angle)), -y if self.up else y

    def band(self, start_deg: float, end_deg: float, style: str) -> str:
        """The part of the ring between two angles."""
        low, high = sorted((start_deg, end_deg))
        (x0, y0), (x1, y1) = self.point(low, _OUTER), self.point(high, _OUTER)
        (x2, y2), (x3, y3) = self.point(high, _INNER), self.point(low, _INNER)
        there, back = (1, 0) if self.up else (0, 1)
        return (
            f'<path d="M{x0:.1f} {y0:.1f}A{_OUTER} {_OUTER} 0 0 {there} {x1:.1f} {y1:.1f}'
            f"L{x2:.1f} {y2:.1f}A{_INNER} {_INNER} 0 0 {back} {x3:.1f} {y3:.1f}Z"
            f'" {style}/>'
        )

    def ray(self, angle_deg: float, inner: float, outer: float, style: str) -> str:
        """A line outward at an angle."""
        (x0, y0), (x1, y1) = self.point(angle_deg, inner), self.point(angle_deg, outer)
        return _line(x0, y0, x1, y1, style)

    def text(self, angle_deg: float, words: str) -> str:
        """Words outside the ring."""
        x, y = self.point(angle_deg, _TEXT)
        style = f'text-anchor="middle" dominant-baseline="central" fill="{TARGET}"'
        return _text(x, y, style, words)


def rotation_gauge(test: RotationTest, last: RotationTest | None = None) -> Markup:
    """The measured arc of one hip with its uncertainty, the target, and marks of last time.

    Internal rotation moves the foot outward: to the left on the left leg, to the right on the
    right one.
    """
    dial = Dial(up=test.task is Task.PRONE)
    parts = [_scale(dial)]
    parts += [
        _reach(dial, turn, value, test.uncertainty.sem_deg, test.side)
        for turn, value in _turns(test)
    ]
    parts.append(_targets(dial))
    parts += [
        dial.ray(turn * value, _INNER - 8, _OUTER + 8, _LAST_STYLE)
        for turn, value in (_turns(last) if last else ())
    ]
    top = -128 if dial.up else -10
    return _svg(f"-108 {top} 216 138", headline(test), parts)


def _turns(test: RotationTest) -> list[tuple[int, float]]:
    """The measured ranges, each with the way it turns on the page."""
    found = []
    for direction in Direction:
        value = test.range(direction).mean_deg
        if value is not None and known(value):
            found.append((test.side.sign * direction.sign, value))
    return found


def _scale(dial: Dial) -> str:
    marks = [dial.band(-90, 0, f'fill="{TRACK}"'), dial.band(0, 90, f'fill="{TRACK}"')]
    for angle_deg in (-75, -60, -30, -15, 15, 30, 60, 75):
        marks.append(dial.ray(angle_deg, _OUTER, _OUTER + 4, f'stroke="{TARGET}" stroke-width="1"'))
    marks.append(dial.ray(0, 0, _OUTER + 4, f'stroke="{TARGET}" stroke-dasharray="4 4"'))
    marks.append(dial.text(0, "0°"))
    return "".join(marks)


def _reach(dial: Dial, turn: int, value_deg: float, sem_deg: float, side: Side) -> str:
    colour = SIDE_COLOUR[side]
    sure_deg = max(value_deg - sem_deg, 0.0)
    light = f'fill="{colour}" fill-opacity="{UNCERTAIN_OPACITY}"'
    return (
        dial.band(0, turn * sure_deg, f'fill="{colour}"')
        + dial.band(turn * sure_deg, turn * (value_deg + sem_deg), light)
        + dial.ray(
            turn * value_deg,
            0,
            _INNER - 4,
            f'stroke="{colour}" stroke-width="4" stroke-linecap="round"',
        )
        + f'<circle r="7" fill="{colour}"/>'
    )


def _targets(dial: Dial) -> str:
    style = f'stroke="{TARGET}" stroke-width="4"'
    return "".join(
        dial.ray(sign * TARGET_DEG, _INNER - 5, _OUTER + 6, style)
        + dial.text(sign * TARGET_DEG, f"{TARGET_DEG:.0f}°")
        for sign in (-1, 1)
    )


def shin_picture(test: CrossLeggedTest, steepest_deg: float) -> Markup:
    """The crossed leg's shin against the horizontal, the knee on its own side.

    Pictures with the same `steepest_deg` have the same height.
    """
    outward = test.side.sign
    shin = _Shin(ankle_x=-0.5 * _SHIN * outward, outward=outward)
    anchor = "end" if outward > 0 else "start"
    parts = [
        _line(shin.ankle_x, 0, -shin.ankle_x, 0, f'stroke="{TARGET}" stroke-dasharray="7 5"'),
        _text(-shin.ankle_x, 24, f'text-anchor="{anchor}" fill="{TARGET}"', "horizontal"),
    ]
    slope_deg = test.shin_slope_deg
    if slope_deg is not None and known(slope_deg):
        parts.extend(_shin_parts(shin, test, slope_deg))
    height = max(_SHIN * float(np.sin(np.radians(steepest_deg))), 30.0) + 36
    return _svg(f"-108 {-height:.0f} 216 {height + 34:.0f}", headline(test), parts)


@dataclass(frozen=True, slots=True)
class _Shin:
    ankle_x: float
    outward: int

    def point(self, slope_deg: float, radius: float) -> tuple[float, float]:
        slope = np.radians(slope_deg)
        x = self.ankle_x + self.outward * radius * float(np.cos(slope))
        return x, -radius * float(np.sin(slope))

    def wedge(self, start_deg: float, end_deg: float, radius: float, style: str) -> str:
        (x0, y0), (x1, y1) = self.point(start_deg, radius), self.point(end_deg, radius)
        sweep = 0 if (end_deg > start_deg) == (self.outward > 0) else 1
        return (
            f'<path d="M{self.ankle_x} 0L{x0:.1f} {y0:.1f}'
            f'A{radius} {radius} 0 0 {sweep} {x1:.1f} {y1:.1f}Z" {style}/>'
        )


def _shin_parts(shin: _Shin, test: CrossLeggedTest, slope_deg: float) -> list[str]:
    colour, sem_deg = SIDE_COLOUR[test.side], test.uncertainty.sem_deg
    light = f'fill="{colour}" fill-opacity="{UNCERTAIN_OPACITY}"'
    x, y = shin.point(slope_deg, _SHIN)
    return [
        shin.wedge(0, slope_deg, 70, f'fill="{TRACK}"'),
        shin.wedge(slope_deg - sem_deg, slope_deg + sem_deg, _SHIN, light),
        _line(shin.ankle_x, 0, x, y, f'stroke="{colour}" stroke-width="5" stroke-linecap="round"'),
        _text(shin.ankle_x, 24, f'text-anchor="middle" fill="{INK}"', "ankle"),
        _text(x, y - 16, f'text-anchor="middle" fill="{INK}"', "knee"),
    ]


def _line(x0: float, y0: float, x1: float, y1: float, style: str) -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" {style}/>'


def _text(x: float, y: float, style: str, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{words}</text>'


def _svg(view_box: str, title: str, parts: list[str]) -> Markup:
    # Every word in a picture is ours; only the title could carry anything else.
    return Markup('<svg class="picture" viewBox="{}" role="img" aria-label="{}">{}{}</svg>').format(
        view_box,
        title,
        Markup("<title>{}</title>").format(title),
        Markup("".join(parts)),
    )
