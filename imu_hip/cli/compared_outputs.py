"""Where comparisons and trends come from and go: the history, the terminal, page and files."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from imu_hip.cli.history_keeping import opened
from imu_hip.cli.outputs import require_free, say, write_document
from imu_hip.cli.targets import Targets, tell_where, write_pages
from imu_hip.history.records import Mode
from imu_hip.history.store import History
from imu_hip.names import Task
from imu_hip.report.comparands import comparand, parts_of
from imu_hip.report.compared import Comparison, compare
from imu_hip.report.compared_csv import write_comparison_csv, write_trends_csv
from imu_hip.report.compared_table import comparison_table, trend_table
from imu_hip.report.comparison_page import comparison_document, render_comparison
from imu_hip.report.trend_page import render_trends, trend_document
from imu_hip.report.trend_sentences import trend_sentences
from imu_hip.report.trends import TaskTrend, read_trend, read_trends


def compare_named(first: str, second: str, db: str | None, targets: Targets) -> Comparison:
    """Compare what two words name; the history is opened only where it is needed.

    Raises
    ------
    ImuHipError
        Where one of the two is not there, the two are not alike, or a result would be written over
        a recording.
    """
    for words in (first, second):
        named = Path(parts_of(words)[0])
        if named.exists():
            require_free(named, *targets.files)
    with ExitStack() as stack:
        found: list[History] = []

        def history() -> History:
            if not found:
                found.append(stack.enter_context(opened(db)))
            return found[0]

        return compare(comparand(first, history), comparand(second, history))


def trends_named(
    alias: str, task: Task | None, mode: Mode, db: str | None
) -> tuple[int, tuple[TaskTrend, ...]]:
    """The number of a person and their trends: of one test, or of every one."""
    with opened(db) as history:
        number = history.person(alias).id
        if task is None:
            return number, read_trends(history, alias, mode)
        return number, (read_trend(history, alias, task, mode),)


def write_comparison(comparison: Comparison, targets: Targets) -> None:
    """Print a comparison and write what is asked for."""
    if targets.csv is not None:
        write_comparison_csv(comparison, targets.csv)
    if targets.json is not None:
        write_document(comparison_document(comparison), targets.json)
    page = write_pages(lambda: render_comparison(comparison), _page_name(comparison), targets)
    console = Console()
    console.print(comparison_table(comparison))
    say(console, (*comparison.sentences, *comparison.balance_sentences))
    say(console, [f"Note: {note}" for note in comparison.notes])
    tell_where(console, page, targets)


def write_trends(person: int, trends: Sequence[TaskTrend], targets: Targets) -> None:
    """Print trends of one person and write what is asked for."""
    if targets.csv is not None:
        write_trends_csv(trends, targets.csv)
    if targets.json is not None:
        write_document({"trends": [trend_document(trend) for trend in trends]}, targets.json)
    page = write_pages(lambda: render_trends(trends), f"trend_person_{person}.html", targets)
    console = Console()
    for trend in trends:
        console.print(trend_table(trend))
        say(console, trend_sentences(trend))
    tell_where(console, page, targets)


def _page_name(comparison: Comparison) -> str:
    """A name without anybody's name in it."""
    sources = dict.fromkeys((comparison.first.source, comparison.second.source))
    words = "_".join(Path(source).stem for source in sources)
    part = "left_right" if comparison.of_legs else comparison.second.moment
    named = f"{words}_{comparison.first.side}" if comparison.first.side else words
    whole = f"comparison_{words if comparison.of_legs else named}_{part}"
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in whole) + ".html"
