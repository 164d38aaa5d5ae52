"""Results as a table for the terminal."""

from typing import TYPE_CHECKING

from imu_hip.analysis.results import Analysis, Result
from imu_hip.measures.comparison import SideDifference, task_of
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.gait_comparison import QuantityDifference
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.names import FOOT, TURN, Direction, Side, Task
from imu_hip.report.gait_wording import QUANTITY_WORDS
from imu_hip.report.wording import (
    NOT_MEASURED,
    TEST_NAME,
    decimals_apart,
    degrees,
    known,
    signed_degrees,
    with_error,
)

if TYPE_CHECKING:
    from rich.table import Table

Values = dict[str, str]
Difference = SideDifference | QuantityDifference

TOLD_OF_GAIT = (
    GaitQuantity.CYCLE_EXCURSION,
    GaitQuantity.STANCE_EXCURSION,
    GaitQuantity.SWING_EXCURSION,
)
"""What fits a terminal; the report has the rest."""


def results_table(analysis: Analysis) -> "Table":
    """One row a measure, left and right beside each other, with the difference judged."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    title = "Simulated recording" if analysis.recording.simulated else None
    table = Table(title=title, box=SIMPLE, pad_edge=False)
    table.add_column("Measure", overflow="fold", min_width=7)
    table.add_column("Left", justify="right", style="blue", overflow="fold")
    table.add_column("Right", justify="right", style="dark_orange3", overflow="fold")
    table.add_column("Right minus left", justify="right", overflow="fold")
    table.add_column("Error", justify="right", overflow="fold")
    for task in Task:
        legs = {result.side: result for result in analysis.results if task_of(result) is task}
        values = {side: _values(result) for side, result in legs.items()}
        differences: dict[str, Difference] = {
            d.measure: d for d in analysis.comparisons if d.task is task
        }
        for comparison in analysis.gait_comparisons:
            if comparison.task is task:
                differences |= {q.value: d for q, d in comparison.differences.items()}
        names = dict.fromkeys(name for value in values.values() for name in value)
        for name in names:
            cells = (values.get(side, {}).get(name, NOT_MEASURED) for side in Side)
            told = _difference(differences.get(name))
            table.add_row(f"{TEST_NAME[task]}: {_measure_words(name)}", *cells, *told)
    return table


def _values(result: Result) -> Values:
    error = result.uncertainty.sem_deg
    if isinstance(result, RotationTest):
        ranges = {d.value: with_error(result.range(d).mean_deg, error) for d in Direction}
        return ranges | {"total_arc": degrees(result.total_arc_deg)}
    if isinstance(result, CrossLeggedTest):
        return {"shin_slope": with_error(result.shin_slope_deg, error)}
    shown = {
        q.value: with_error(result.statistics[q].mean, result.uncertainty.sem_deg)
        for q in TOLD_OF_GAIT
    }
    return shown | {"strides": str(result.strides), "cadence": f"{result.cadence_spm:.0f}"}


def _difference(difference: Difference | None) -> tuple[str, str]:
    if difference is None:
        return "", ""
    if isinstance(difference, SideDifference):
        size_deg, error_deg = difference.difference_deg, difference.mdc95_deg
    else:
        size_deg, error_deg = difference.difference, difference.mdc95
    if not known(error_deg):
        return signed_degrees(size_deg), "too few strides"
    if not difference.measurable:
        return f"{signed_degrees(size_deg)} (not measurable)", degrees(error_deg)
    decimals = decimals_apart(size_deg, error_deg)
    return signed_degrees(size_deg, decimals), degrees(error_deg, decimals)


def _measure_words(name: str) -> str:
    if name in TURN:
        return f"{TURN[Direction(name)]} turn, {FOOT[Direction(name)]}"
    if name in set(GaitQuantity):
        return QUANTITY_WORDS[GaitQuantity(name)]
    told = {"shin_slope": "shin from horizontal", "cadence": "steps a minute"}
    return told.get(name, name.replace("_", " "))
