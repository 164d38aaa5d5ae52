"""Comparisons and trends in the form in which the page shows them."""

import threading
from typing import Any, Final

from imu_hip.history.records import Mode
from imu_hip.history.store import History
from imu_hip.names import Task
from imu_hip.report.compared import compare_sessions
from imu_hip.report.comparison_page import comparison_numbers, comparison_page
from imu_hip.report.drawn import Figure
from imu_hip.report.tables import Grid
from imu_hip.report.trend_page import trend_numbers, trend_page
from imu_hip.report.trends import read_trend

_drawing: Final = threading.Lock()
"""Figures share settings of matplotlib, so that only one may be drawn at a time."""


def comparison_finding(history: History, one: int, other: int) -> dict[str, Any]:
    """Two sessions compared: the numbers, and the pictures and tables for the page.

    Raises
    ------
    ImuHipError
        Where there is no such session, or they cannot be compared.
    """
    comparison = compare_sessions(history, one, other)
    with _drawing:
        page = comparison_page(comparison)
    figures = () if page.figure is None else (page.figure,)
    grids = tuple(grid for grid in (page.grid, page.balance_grid) if grid is not None)
    sentences = (*page.sentences, *page.percents, *page.balances, *page.notes)
    return comparison_numbers(comparison) | _shown(sentences, figures, grids)


def trend_finding(history: History, alias: str, task: Task, mode: Mode) -> dict[str, Any]:
    """One test of a person over time: the numbers, and the pictures and tables for the page.

    Raises
    ------
    ImuHipError
        Where there is no such person, or they have no such results.
    """
    trend = read_trend(history, alias, task, mode)
    with _drawing:
        (section,) = trend_page((trend,)).sections
    shown = _shown(section.sentences, section.figures, section.grids)
    return trend_numbers(trend) | shown


def _shown(
    sentences: tuple[str, ...], figures: tuple[Figure, ...], grids: tuple[Grid, ...]
) -> dict[str, Any]:
    return {
        "sentences": list(sentences),
        "pictures": [
            {"heading": figure.heading, "svg": _alone(figure.svg), "key": figure.key}
            for figure in figures
        ],
        "tables": [
            {"caption": grid.caption, "head": list(grid.head), "rows": [list(r) for r in grid.rows]}
            for grid in grids
        ],
    }


def _alone(svg: str) -> str:
    """A picture that is part of a page as a file of its own."""
    return str(svg).replace(
        "<svg ",
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ',
        1,
    )
