"""A cohort on the screen: a bar while it runs, then what came of it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from imu_hip.cli.outputs import require_apart, say_whole, tell_report
from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.measure import measure_cohort
from imu_hip.cohort.people import read_people
from imu_hip.cohort.plan import CohortPlan, CohortResult, beside
from imu_hip.cohort.plan import Progress as Done
from imu_hip.cohort.reading import read_problems
from imu_hip.errors import NothingMeasuredError

STOPPED: Final = 130
"""Exit status after Ctrl-C, as of shells."""

MOST_PROBLEMS: Final = 10
MOST_GROUPS: Final = 12


def run_cohort(plan: CohortPlan, group: str | None, report: Path | None) -> None:
    """Measure a cohort, write its page and say what came of it.

    Raises
    ------
    NothingMeasuredError
        Where no recording could be measured.
    """
    page = beside(plan.table, "html") if report is None else report
    require_apart(plan.table, plan.problems, plan.journal, page, plan.people)
    if page.suffix.lower() not in {".html", ".htm"}:
        # Whatever else a page could replace may be a recording.
        raise CohortError(f"The page {page} does not end with .html.", "End its name with .html.")
    _require_group(plan, group)
    last = [Done(0, 0, 0, 0)]
    try:
        with _bar(last) as watch:
            result = measure_cohort(plan, watch)
    except KeyboardInterrupt:
        # It ends now; to ask again would only break off the tidying up.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say_whole(
            Console(),
            f"Stopped. {last[0].done} of {last[0].listed} recordings are done and kept; the same "
            "command goes on from there.",
        )
        sys.exit(STOPPED)
    from imu_hip.report.cohort_page import write_cohort_page  # noqa: PLC0415

    write_cohort_page(result, group, page)
    _tell(result, page)
    if result.failed == result.recordings:
        raise NothingMeasuredError(
            "No recording could be measured.", f"The reasons are in {result.problems}."
        )


def _require_group(plan: CohortPlan, group: str | None) -> None:
    """Refuse a group that is no column before anything is measured."""
    if group is None:
        return
    if plan.people is None:
        raise CohortError(
            f"It is not known which {group} each recording has.",
            f"Give a CSV with the columns recording and {group} with --people.",
        )
    people = read_people(plan.people)
    if group not in people.columns:
        raise CohortError(
            f"{plan.people.name} has no column {group}.",
            f"Its columns for --group are {', '.join(people.columns) or 'none'}.",
        )
    groups = len(people.values(group))
    if groups > MOST_GROUPS:
        raise CohortError(
            f"The column {group} of {plan.people.name} has {groups} different values.",
            f"A page compares up to {MOST_GROUPS} groups: put them together in another column.",
        )


class _Watch:
    """Moves the bar."""

    def __init__(self, bar: Progress, last: list[Done]) -> None:
        self._bar = bar
        self._last = last
        self._task = bar.add_task("", total=None)

    def __call__(self, done: Done) -> None:
        self._last[0] = done
        words = f"{done.kept} kept, " if done.kept else ""
        self._bar.update(
            self._task,
            total=done.listed,
            completed=done.done,
            description=f"{words}{done.failed} failed",
        )


@contextmanager
def _bar(last: list[Done]) -> Iterator[_Watch]:
    console = Console(stderr=True)
    columns = (
        TextColumn("Measuring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, refresh_per_second=2,
        disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        yield _Watch(bar, last)


def _tell(result: CohortResult, page: Path) -> None:
    console = Console()
    measured = result.recordings - result.failed
    kept = f" ({result.kept} kept from an earlier run)" if result.kept else ""
    done = f"{measured} of {result.recordings} recordings measured{kept}, {result.rows} values."
    say_whole(console, done)
    for note in result.notes:
        say_whole(console, f"Note: {note}")
    if result.failed:
        reasons = f"listed with their reasons in {result.problems}"
        say_whole(console, f"Not measured: {result.failed}, {reasons}.")
        for problem in read_problems(result.problems, MOST_PROBLEMS):
            say_whole(console, f"  {problem.recording}: {problem.reason}")
        if result.failed > MOST_PROBLEMS:
            say_whole(console, f"  and {result.failed - MOST_PROBLEMS} more.")
    say_whole(console, f"Table: {result.table.resolve()}")
    tell_report(console, page)
