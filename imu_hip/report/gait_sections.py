"""The part of the page that walking or running fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from imu_hip.analysis.results import Analysis
from imu_hip.measures.gait_comparison import GaitComparison, Verdict
from imu_hip.measures.running import GaitTest
from imu_hip.measures.running_norm import runners_band
from imu_hip.names import Side, Task
from imu_hip.report.drawn import Figure
from imu_hip.report.gait_figures import difference_figure, hip_figure, stride_figure
from imu_hip.report.gait_sentences import (
    ONE_LEG,
    change_sentences,
    reserve_sentence,
    rhythm_sentence,
    verdict_sentence,
)
from imu_hip.report.gait_tables import (
    changes_grid,
    expectation_grid,
    flexion_sentence,
    quantities_grid,
    rejected_grids,
    strides_grid,
)
from imu_hip.report.strides_figure import strides_figure
from imu_hip.report.tables import Grid
from imu_hip.report.wording import TEST_NAME, degrees

WITHOUT_PELVIS: Final = (
    "Without a sensor on the pelvis the femur's zero is not known: a femur that runs ten degrees "
    "further inward all the time looks the same. Nor can the turning of the pelvis be told from "
    "that of the hip. Shape, size and timing of the curve are what is measured."
)
WITH_PELVIS: Final = (
    "Rotation through the stride is the femur's, against its mean heading. The hip angles are the "
    "femur's in the pelvis. The mean of the hip's rotation hangs on how the sensors sat while "
    "standing, or is taken as zero where they tell nothing of it: do not read it as a stance that "
    "is turned in or out. Shape, size and timing of the curves are what is measured."
)
EXPECTATION_NOTE: Final = (
    "Landing: foot strike to mid-stance. Push-off: mid-stance to toe-off. Driving forward: the "
    "foot in the air. Article: J. Uhan (iRunFar, 2019) expects the femur to turn outward while "
    "driving forward and inward on the ground and in push-off."
)
RUNNERS_NOTE: Final = (
    "Runners: mean of the published ones above, who turn the other way in push-off and in the air."
)
QUANTITIES_NOTE: Final = "Angles are relative to the mean of the stride, plus is inward."
INTERVALS_NOTE: Final = (
    "In brackets: 95 % interval from the strides, left out where it is narrower than what is "
    "shown. Error: the smallest difference that strides and method can tell."
)
FEW_NOTE: Final = "Too few strides for intervals and for what difference can be told."


@dataclass(frozen=True, slots=True)
class NotedGrid:
    """A table with a line below it."""

    grid: Grid
    note: str


@dataclass(frozen=True, slots=True)
class GaitPart:
    """Sentences, pictures and tables of walking or running.

    `unknown` says what the sensors cannot tell, `quality` belongs to the data's quality.
    """

    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    grids: tuple[NotedGrid, ...]
    unknown: str
    changes: Grid | None
    rejected: tuple[Grid, ...]
    quality: str


def gait_part(analysis: Analysis, task: Task, tests: Mapping[Side, GaitTest]) -> GaitPart:
    """Arrange the results of walking or running."""
    comparison = next((c for c in analysis.gait_comparisons if c.task is task), None)
    reserves = [r for r in analysis.reserves if r.task is task]
    enough = all(test.enough for test in tests.values())
    intervals_note = INTERVALS_NOTE if enough else FEW_NOTE
    grids = [
        NotedGrid(quantities_grid(tests, comparison), f"{QUANTITIES_NOTE} {intervals_note}"),
        NotedGrid(strides_grid(tests), ""),
        NotedGrid(expectation_grid(tests), _expectation_note(task)),
    ]
    pelvis = any(curve.task is task for curve in analysis.hip_curves)
    return GaitPart(
        sentences=(
            verdict_sentence(comparison, tests) if comparison is not None else ONE_LEG,
            rhythm_sentence(tests),
            *(reserve_sentence(reserve) for reserve in reserves),
            *change_sentences(tests),
        ),
        figures=_figures(analysis, task, tests, comparison),
        grids=tuple(grids),
        unknown=WITH_PELVIS if pelvis else WITHOUT_PELVIS,
        changes=changes_grid(tests),
        rejected=rejected_grids(tests),
        quality=flexion_sentence(list(tests.values())),
    )


def _figures(
    analysis: Analysis,
    task: Task,
    tests: Mapping[Side, GaitTest],
    comparison: GaitComparison | None,
) -> tuple[Figure, ...]:
    name, legs = TEST_NAME[task], list(tests.values())
    title = f"{name}: rotation through the stride"
    drawn = [
        Figure(
            stride_figure(legs, f"{task}-stride", title), _stride_key(legs), "Through the stride"
        )
    ]
    if comparison is not None:
        svg = difference_figure(comparison, f"{task}-difference", f"{name}: right minus left")
        drawn.append(Figure(svg, _difference_key(comparison), "Left and right"))
    hip = [curve for curve in analysis.hip_curves if curve.task is task]
    if hip:
        svg = hip_figure(hip, f"{task}-hip", f"{name}: angles of the hip")
        key = "The femur in the pelvis. Band: standard deviation between strides."
        drawn.append(Figure(svg, key, "Hip"))
    svg = strides_figure(legs, f"{task}-strides", f"{name}: every stride")
    drawn.append(Figure(svg, _strides_key(legs), "Stride by stride"))
    return tuple(drawn)


def _expectation_note(task: Task) -> str:
    runners = f" {RUNNERS_NOTE}" if task is Task.RUN else ""
    return f"{EXPECTATION_NOTE}{runners} This is to compare, not a verdict."


def _stride_key(tests: list[GaitTest]) -> str:
    key = "Line: mean of all strides, zero is its mean. Circle: the foot leaves the ground."
    if all(test.enough for test in tests):
        key += " Band: holds the whole mean curve with 95 % confidence."
    if tests[0].task is Task.RUN:
        band = runners_band()
        key += (
            f" Grey: 90 % of published runners ({band.source}, {band.licence}). Theirs is the "
            "hip's rotation against the pelvis, yours the femur's against its mean heading: the "
            "band shows the usual shape, it is no norm."
        )
    return key


def _strides_key(tests: list[GaitTest]) -> str:
    key = "Dots: the rotation in single strides."
    if any(test.enough for test in tests):
        key += " Line: mean of neighbouring strides."
    if any(test.rejected for test in tests):
        key += " Below: strides that were left out, and why."
    return key


def _difference_key(comparison: GaitComparison) -> str:
    few = comparison.verdict is Verdict.TOO_FEW
    band = "Too few strides for a band" if few else "Band: 95 % confidence from the strides"
    return (
        f"Grey: the {degrees(comparison.healthy_deg)} by which healthy legs differ. Dashed: the "
        f"error of {degrees(comparison.curve_mdc95_deg)} that a difference must exceed anywhere in "
        f"the stride. {band}."
    )
