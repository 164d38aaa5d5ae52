"""Results as a table for the terminal."""

from typing import TYPE_CHECKING

from imu_hip.analysis.results import Analysis, Result
from imu_hip.measures.comparison import SideDifference, task_of
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.names import Direction, Side, Task
from imu_hip.report.wording import (
    FOOT,
    NOT_MEASURED,
    TEST_NAME,
    TURN,
    degrees,
    give_or_take,
    known,
    signed_degrees,
)

if TYPE_CHECKING:
    from rich.table import Table

Values = dict[str, str]


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
        differences = {d.measure: d for d in analysis.comparisons if d.task is task}
        names = dict.fromkeys(name for value in values.values() for name in value)
        for name in names:
            cells = (values.get(side, {}).get(name, NOT_MEASURED) for side in Side)
            told = _difference(differences.get(name))
            table.add_row(f"{TEST_NAME[task]}: {_measure_words(name)}", *cells, *told)
    return table


def _values(result: Result) -> Values:
    error = result.uncertainty.sem_deg
    if isinstance(result, RotationTest):
        ranges = {d.value: _value(result.range(d).mean_deg, error) for d in Direction}
        return ranges | {"total_arc": degrees(result.total_arc_deg)}
    if isinstance(result, CrossLeggedTest):
        return {"shin_slope": _value(result.shin_slope_deg, error)}
    return {"excursion": _value(result.excursion_deg, error), "strides": str(result.strides)}


def _value(value_deg: float | None, sem_deg: float) -> str:
    return f"{degrees(value_deg)} {give_or_take(sem_deg)}" if known(value_deg) else NOT_MEASURED


def _difference(difference: SideDifference | None) -> tuple[str, str]:
    if difference is None:
        return "", ""
    verdict = "" if difference.measurable else " (not measurable)"
    size = signed_degrees(difference.difference_deg)
    return f"{size}{verdict}", degrees(difference.mdc95_deg)


def _measure_words(name: str) -> str:
    if name in TURN:
        return f"{TURN[Direction(name)]} turn, {FOOT[Direction(name)]}"
    return {"shin_slope": "shin from horizontal", "excursion": "turn in a stride"}.get(
        name, name.replace("_", " ")
    )
