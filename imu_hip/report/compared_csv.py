"""Comparisons and trends as tidy CSV: a row for each range, units in the names of columns."""

from collections.abc import Sequence
from pathlib import Path

from imu_hip.measures.repeated import Apart
from imu_hip.report.compared import Comparison
from imu_hip.report.comparison_page import range_document
from imu_hip.report.csv_rows import write_rows
from imu_hip.report.json_numbers import deg
from imu_hip.report.own_error_words import source_key
from imu_hip.report.trends import TaskTrend


def write_comparison_csv(comparison: Comparison, path: Path) -> None:
    """Write each measure of both, their difference and its error.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    both = {"first": comparison.first.words, "second": comparison.second.words}
    write_rows([both | range_document(one) for one in comparison.ranges], path)


def write_trends_csv(trends: Sequence[TaskTrend], path: Path) -> None:
    """Write each range of each session.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    rows = [
        {
            "task": trend.task,
            "mode": trend.mode,
            "side": series.side,
            "measure": series.measure,
            "session": point.session,
            "started_utc": point.started_utc.isoformat(),
            "value_deg": deg(point.range.value_deg),
            "sem_deg": deg(point.range.uncertainty.sem_deg),
            "repetitions": point.range.repetitions,
            "mdc95_between_days_deg": deg(series.mdc95_deg),
            "mdc95_source": source_key(Apart.DAYS, series.own),
            "simulated": trend.simulated,
        }
        for trend in trends
        for series in trend.series
        for point in series.points
    ]
    write_rows(rows, path)
