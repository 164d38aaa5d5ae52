"""The page of a cohort: groups side by side, left against right, and what failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

from imu_hip import __version__
from imu_hip.cohort.plan import CohortResult, Problem
from imu_hip.cohort.reading import read_problems
from imu_hip.measures.group_means import mean_of
from imu_hip.names import DEVICE_WORDING, RUNNING_WORDING, Direction, Side, Task
from imu_hip.report.cohort_figure import MOST_POINTS, difference_figure, spread_figure
from imu_hip.report.cohort_numbers import CohortNumbers, GroupValues, MeasureValues, read_numbers
from imu_hip.report.cohort_sentences import headline, task_sentences
from imu_hip.report.cohort_wording import (
    MAIN_MEASURES,
    differs_words,
    heading_of,
    mean_words,
    recordings_words,
    words_of,
)
from imu_hip.report.drawn import Figure
from imu_hip.report.html import render, write_html
from imu_hip.report.tables import Grid
from imu_hip.report.wording import TEST_NAME, capital

OPEN_PROBLEMS: Final = 10
MOST_PROBLEMS: Final = 200
_KEY: Final = (
    "Each point is a person, the mean of their recordings. Upright line: mean of the people. "
    "Band about it: its 95 % interval, from three people on."
)
_DENSE_KEY: Final = (
    f"Of more than {MOST_POINTS} people: the higher the shape, the more people lie there."
)


@dataclass(frozen=True, slots=True)
class CohortSection:
    """One test on the page; what it is done for is open, the rest folded away."""

    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]
    more_figures: tuple[Figure, ...]
    more_grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class CohortPage:
    """Everything on the page."""

    title: str
    facts: tuple[str, ...]
    simulated: bool
    headline: str
    notes: tuple[str, ...]
    sections: tuple[CohortSection, ...]
    problems: tuple[Problem, ...]
    folded_problems: tuple[Problem, ...]
    more_problems: str
    table: str
    version: str
    running_wording: str
    device_wording: str


def write_cohort_page(result: CohortResult, group: str | None, path: Path) -> None:
    """Write the page; an older one is replaced only by a whole new one.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    write_html(render("cohort.html.j2", cohort_page(result, group)), path)


def cohort_page(result: CohortResult, group: str | None) -> CohortPage:
    """Arrange a cohort for its page."""
    numbers = read_numbers(result.table, group)
    tasks = [task for task in Task if numbers.of(task)]
    groups = f"by {group}: {', '.join(numbers.groups)}" if group and numbers.groups else ""
    # A page of ten thousand reasons could not be opened any more.
    problems = read_problems(result.problems, MOST_PROBLEMS)
    more = result.failed - MOST_PROBLEMS
    return CohortPage(
        title=f"Cohort {result.table.stem}" if result.table.stem != "cohort" else "Cohort",
        facts=tuple(filter(None, (recordings_words(result.recordings), groups))),
        simulated=numbers.simulated,
        headline=headline(numbers, result.recordings, result.failed),
        notes=(*result.notes, *_remarks(numbers)),
        sections=tuple(_section(task, numbers) for task in tasks),
        problems=problems[:OPEN_PROBLEMS],
        folded_problems=problems[OPEN_PROBLEMS:],
        more_problems=f"{more} more are in {result.problems.name}." if more > 0 else "",
        table=result.table.name,
        version=__version__,
        running_wording=RUNNING_WORDING if {Task.WALK, Task.RUN} & set(tasks) else "",
        device_wording=DEVICE_WORDING,
    )


def _remarks(numbers: CohortNumbers) -> tuple[str, ...]:
    if not numbers.remarked:
        return ()
    have = "1 recording has" if numbers.remarked == 1 else f"{numbers.remarked} recordings have"
    return (f"{have} values whose quality is not good; they count, and the table says why.",)


def _section(task: Task, numbers: CohortNumbers) -> CohortSection:
    measures = numbers.of(task)
    main = [one for one in measures if one.measure in MAIN_MEASURES[task]]
    rest = [one for one in measures if one not in main]
    return CohortSection(
        title=TEST_NAME[task],
        sentences=task_sentences(measures, numbers),
        figures=tuple(
            figure
            for number, one in enumerate(main)
            for figure in (_spread(one, first=number == 0), *_difference(one))
        ),
        grids=_grids(main),
        more_figures=tuple(_spread(one, first=False) for one in rest),
        more_grids=_grids(rest),
    )


def _spread(values: MeasureValues, *, first: bool) -> Figure:
    """The picture of a measure; the first of a test explains what all of them show."""
    title = f"{heading_of(values.task, values.measure)}, by group and side"
    dense = any(len(group.sides[side]) > MOST_POINTS for group in values.groups for side in Side)
    target = "Dashed: target." if values.measure in set(Direction) else ""
    key = (_KEY if first else "", _DENSE_KEY if first and dense else "", target)
    return Figure(
        spread_figure(values, f"{values.task}-{values.measure}", title),
        " ".join(filter(None, key)),
        capital(words_of(values.measure)),
    )


def _difference(values: MeasureValues) -> tuple[Figure, ...]:
    heading = f"{capital(words_of(values.measure))}: right minus left"
    svg: Markup | None = difference_figure(
        values, f"{values.task}-{values.measure}-sides", f"{TEST_NAME[values.task]}, {heading}"
    )
    key = "Each point is a person. Grey band: what cannot be told from chance in one person."
    return (Figure(svg, key, heading),) if svg is not None else ()


def _grids(measures: Sequence[MeasureValues]) -> tuple[Grid, ...]:
    """A table for each measure, a row for each group; one for all where there is one group."""
    head = ("", "People", "Left", "Right", "Right minus left")
    if any(group.group for values in measures for group in values.groups):
        return tuple(
            Grid(
                capital(words_of(values.measure)),
                head,
                tuple((group.group, *_cells(values, group)) for group in values.groups),
            )
            for values in measures
        )
    rows = [
        (capital(words_of(values.measure)), *_cells(values, group))
        for values in measures
        for group in values.groups
    ]
    return (Grid("Means of the people", head, tuple(rows)),) if rows else ()


def _cells(values: MeasureValues, group: GroupValues) -> tuple[str, ...]:
    sides = (mean_words(values.measure, group.mean(side)) for side in Side)
    return str(group.people), *sides, _difference_cell(values, group)


def _difference_cell(values: MeasureValues, group: GroupValues) -> str:
    # The difference of two times in a stride may go either way round, so that it has no mean.
    if not len(group.difference) or values.timing:
        return "–"
    measurable = ""
    if values.measure in MAIN_MEASURES[values.task]:
        measurable = f"; measurable in {group.measurable} of {len(group.difference)}"
    return f"{differs_words(values.measure, mean_of(group.difference))}{measurable}"
