"""The part of the page that walking or running fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from imu_hip.analysis.results import Analysis
from imu_hip.measures.gait_comparison import GaitComparison
from imu_hip.measures.running import GaitTest
from imu_hip.measures.running_norm import runners_band
from imu_hip.names import Side, Task
from imu_hip.report.drawn import Figure
from imu_hip.report.gait_figures import difference_figure, hip_figure, stride_figure
from imu_hip.report.gait_sentences import (
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

ONE_LEG: Final = "Only one leg was measured, so left and right are not compared."
WITHOUT_PELVIS: Final = (
    "Without a sensor on the pelvis the femur's zero is not known: a femur that runs ten degrees "
    "further inward all the time looks the same. Nor can the turning of the pelvis be told from "
    "that of the hip. Shape, size and timing of the curve are what is measured."
)
WITH_PELVIS: Final = (
    "The curves are the femur's, against its mean heading. The hip angles besides are relative to "
    "the pelvis; the mean of the hip's rotation is not known, it is taken as zero."
)
EXPECTATION_NOTE: Final = (
    "Article: J. Uhan (iRunFar, 2019) expects the femur to turn outward while driving forward and "
    "inward on the ground and in push-off. Published runners turn the other way in push-off and in "
    "the air; both are shown, neither is a verdict."
)
QUANTITIES_NOTE: Final = (
    "Angles are relative to the mean of the stride, plus is inward. In brackets: 95 % interval "
    "from the strides. Error: the smallest difference that strides and method can tell."
)


@dataclass(frozen=True, slots=True)
class NotedGrid:
    """A table with a line below it."""

    grid: Grid
    note: str


@dataclass(frozen=True, slots=True)
class GaitPart:
    """Sentences, pictures and tables of walking or running; `folded` can be opened."""

    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    grids: tuple[NotedGrid, ...]
    notes: tuple[str, ...]
    folded: tuple[Grid, ...]


def gait_part(analysis: Analysis, task: Task, tests: Mapping[Side, GaitTest]) -> GaitPart:
    """Arrange the results of walking or running."""
    comparison = next((c for c in analysis.gait_comparisons if c.task is task), None)
    reserves = [r for r in analysis.reserves if r.task is task]
    grids = [
        NotedGrid(quantities_grid(tests, comparison), QUANTITIES_NOTE),
        NotedGrid(strides_grid(tests), ""),
        NotedGrid(expectation_grid(tests), EXPECTATION_NOTE),
    ]
    changes = changes_grid(tests)
    if changes is not None:
        grids.insert(2, NotedGrid(changes, ""))
    pelvis = any(curve.task is task for curve in analysis.hip_curves)
    notes = (WITH_PELVIS if pelvis else WITHOUT_PELVIS, flexion_sentence(list(tests.values())))
    return GaitPart(
        sentences=(
            verdict_sentence(comparison, tests) if comparison is not None else ONE_LEG,
            rhythm_sentence(tests),
            *(reserve_sentence(reserve) for reserve in reserves),
            *(sentence for test in tests.values() for sentence in change_sentences(test)),
        ),
        figures=_figures(analysis, task, tests, comparison),
        grids=tuple(grids),
        notes=tuple(note for note in notes if note),
        folded=rejected_grids(tests),
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
        key = "Femur in the pelvis. Light band: standard deviation between strides."
        drawn.append(Figure(svg, key, "Hip"))
    svg = strides_figure(legs, f"{task}-strides", f"{name}: every stride")
    key = "Dots: the turn of single strides. Line: mean of neighbouring strides."
    drawn.append(Figure(svg, key, "Stride by stride"))
    return tuple(drawn)


def _stride_key(tests: list[GaitTest]) -> str:
    key = "Line: mean of all strides."
    if all(test.enough for test in tests):
        key += " Band: holds the whole mean curve with 95 % confidence."
    if tests[0].task is Task.RUN:
        band = runners_band()
        key += (
            f" Grey: 90 % of published runners ({band.source}, {band.licence}); theirs is the "
            "hip's rotation against the pelvis, so it shows the usual shape, not a norm."
        )
    return key


def _difference_key(comparison: GaitComparison) -> str:
    return (
        f"Grey: the {degrees(comparison.healthy_deg)} by which healthy legs differ. Dashed: the "
        f"error of {degrees(comparison.curve_mdc95_deg)} that a difference must exceed anywhere in "
        "the stride. Band: 95 % confidence from the strides."
    )
