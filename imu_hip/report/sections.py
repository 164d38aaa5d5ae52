"""The part of the page that one task fills: sentences, picture, repetitions, comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

from imu_hip.analysis.results import Analysis, Result
from imu_hip.measures.comparison import SideDifference, task_of
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.measured_range import Measured
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.running import GaitTest
from imu_hip.names import FOOT, TURN, Direction, Side, Task
from imu_hip.report.drawn import Figure
from imu_hip.report.figures import repetitions_figure
from imu_hip.report.gait_sections import GaitPart, gait_part
from imu_hip.report.gauge import rotation_gauge, shin_picture
from imu_hip.report.sentences import comparison_sentence, headline
from imu_hip.report.tables import (
    Grid,
    comparison_grid,
    crossing_grid,
    has_norms,
    ranges_grid,
    repetition_grid,
    repetitions_of,
)
from imu_hip.report.traces import traces_of
from imu_hip.report.wording import NOT_MEASURED, TEST_NAME, degrees, give_or_take, known

_POSITION: Final = {
    Task.SEATED: "Sitting, hip and knee bent to a right angle.",
    Task.PRONE: "Lying face down, hip straight, knee bent to a right angle.",
    Task.CROSS_LEGGED: (
        "Sitting, ankle on the other knee. The slope of the shin joins bending, opening and "
        "turning of the hip, so it is not a femoral rotation."
    ),
    Task.WALK: "The femur is upright: shape and size of its rotation are measured, not the zero.",
    Task.RUN: "The femur is upright: shape and size of its rotation are measured, not the zero.",
}
_GAUGE_KEY: Final = (
    "Seen as you see your own legs. Full colour: measured. Light end: uncertainty. "
    "Grey mark: target."
)
_SHIN_KEY: Final = "Seen as you see your own legs. Light wedge: uncertainty."
_TIME_KEY: Final = "Numbers as in the table. Coloured: held and counted; hatched: left out."
_TARGET_NOTE: Final = (
    "The target of 45° is one author's, not a border between healthy and not; most athletes stay "
    "below it."
)
_NORM_NOTE: Final = "Norms hold for this position only."


@dataclass(frozen=True, slots=True)
class Reading:
    """A number beside a picture, with what it is."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class LegPicture:
    """One leg's picture and the numbers below it, from left to right."""

    side: Side
    svg: Markup
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One task on the page."""

    title: str
    position: str
    sentences: tuple[str, ...]
    comparisons: tuple[str, ...]
    legs: tuple[LegPicture, ...]
    legs_key: str
    gait: GaitPart | None
    repetitions: tuple[Grid, ...]
    over_time: Figure | None
    ranges: Grid | None
    ranges_note: str
    left_right: Grid | None


def sections(analysis: Analysis) -> tuple[Section, ...]:
    """A section for each task that has a result, in the order of the tasks."""
    by_task = {
        task: {
            side: result
            for side in Side
            for result in analysis.results
            if result.side is side and task_of(result) is task
        }
        for task in Task
    }
    return tuple(_section(analysis, task, legs) for task, legs in by_task.items() if legs)


def _section(analysis: Analysis, task: Task, legs: dict[Side, Result]) -> Section:
    gait = {side: r for side, r in legs.items() if isinstance(r, GaitTest)}
    return replace(
        section_of(task, legs, [d for d in analysis.comparisons if d.task is task]),
        gait=gait_part(analysis, task, gait) if gait else None,
        over_time=_over_time(analysis, task, legs),
    )


def section_of(
    task: Task,
    legs: Mapping[Side, Result],
    differences: Sequence[SideDifference],
    last: Mapping[Side, Measured] = MappingProxyType({}),
    marks: str = "last time",
) -> Section:
    """The section of one test without what only a recording tells: strides and angles over time.

    Parameters
    ----------
    last
        The same test measured earlier, for marks on the pictures.
    marks
        What those marks are.
    """
    spoken = tuple(d for d in differences if d.measure != "total_arc")
    ranges = _ranges(legs)
    rotation = any(isinstance(result, RotationTest) for result in legs.values())
    return Section(
        title=TEST_NAME[task],
        position=_POSITION[task],
        sentences=tuple(headline(result) for result in legs.values()),
        comparisons=tuple(comparison_sentence(d) for d in spoken),
        legs=_pictures(legs, last),
        legs_key=_legs_key(task, marks if rotation and last else ""),
        gait=None,
        repetitions=tuple(
            repetition_grid(side, repetitions_of(result))
            for side, result in legs.items()
            if repetitions_of(result)
        ),
        over_time=None,
        ranges=ranges,
        ranges_note=_ranges_note(legs) if rotation and ranges else "",
        left_right=comparison_grid(differences) if differences else None,
    )


def _legs_key(task: Task, marks: str) -> str:
    if task is Task.CROSS_LEGGED:
        return _SHIN_KEY
    return f"{_GAUGE_KEY} Thin dashed line: {marks}." if marks else _GAUGE_KEY


def _ranges_note(legs: Mapping[Side, Result]) -> str:
    return f"{_TARGET_NOTE} {_NORM_NOTE}" if has_norms(legs.values()) else _TARGET_NOTE


def _pictures(legs: Mapping[Side, Result], last: Mapping[Side, Measured]) -> tuple[LegPicture, ...]:
    pictures = []
    slopes = [r.shin_slope_deg or 0.0 for r in legs.values() if isinstance(r, CrossLeggedTest)]
    for side, result in legs.items():
        if isinstance(result, RotationTest):
            earlier = last.get(side)
            marks = earlier if isinstance(earlier, RotationTest) else None
            svg = rotation_gauge(result, marks)
            pictures.append(LegPicture(side, svg, _rotation_readings(result)))
        elif isinstance(result, CrossLeggedTest):
            slope = _reading(result.shin_slope_deg, "from horizontal", result.uncertainty.sem_deg)
            pictures.append(LegPicture(side, shin_picture(result, max(slopes)), (slope,)))
    return tuple(pictures)


def _rotation_readings(test: RotationTest) -> tuple[Reading, ...]:
    # In the order of the picture: inward turn is on the leg's own side.
    order = list(Direction) if test.side is Side.LEFT else list(reversed(Direction))
    return tuple(
        _reading(test.range(d).mean_deg, f"{TURN[d]} turn, {FOOT[d]}", test.uncertainty.sem_deg)
        for d in order
    )


def _reading(value_deg: float | None, words: str, sem_deg: float) -> Reading:
    if known(value_deg):
        return Reading(degrees(value_deg), f"{words} ({give_or_take(sem_deg)})")
    return Reading("–", f"{words}: {NOT_MEASURED}")


def _over_time(analysis: Analysis, task: Task, legs: dict[Side, Result]) -> Figure | None:
    quantity = "shin slope" if task is Task.CROSS_LEGGED else "femoral rotation"
    svg = repetitions_figure(
        traces_of(analysis.angles, quantity.replace(" ", "_")),
        {side: repetitions_of(result) for side, result in legs.items()},
        "rotation (°)" if task is not Task.CROSS_LEGGED else "shin slope (°)",
        f"{task}-time",
        f"{TEST_NAME[task]}: {quantity} over time",
    )
    key = _TIME_KEY if task is Task.CROSS_LEGGED else f"{_TIME_KEY} Dashed: target."
    return Figure(svg, key, "Over time") if svg else None


def _ranges(legs: Mapping[Side, Result]) -> Grid | None:
    rotation = {side: r for side, r in legs.items() if isinstance(r, RotationTest)}
    if rotation:
        measured = any(known(r.range(d).mean_deg) for r in rotation.values() for d in Direction)
        return ranges_grid(rotation) if measured else None
    crossed = {side: r for side, r in legs.items() if isinstance(r, CrossLeggedTest)}
    if crossed:
        measured = any(known(r.shin_slope_deg) for r in crossed.values())
        return crossing_grid(crossed) if measured else None
    return None
